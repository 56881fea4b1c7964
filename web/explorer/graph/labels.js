/** Names under nodes, as many as there is room for: the first that takes a place has it. */

import { excerpt } from "../format.js";

/** @typedef {import("./scene.js").Node} Node */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {{left: number, right: number, middle: number}} Box */
/** @typedef {Map<number, Box[]>} Rows boxes by the row of the canvas that their middle lies in */

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const HEIGHT = 15;
const MOST_CHARACTERS = 32;
/** In one frame. */
const MOST = 110;

/** How a term is written, and how wide that is; terms come again in every frame. @type {Map<string, {text: string, width: number}>} */
const measured = new Map();
const MOST_MEASURED = 20_000;

/**
 * Draw the names of nodes, the earlier ones first.
 * @param {CanvasRenderingContext2D} context
 * @param {Iterable<Node>} nodes
 * @param {{camera: Camera, palette: Palette, width: number, height: number, first: (node: Node) => boolean,
 *   strong: (node: Node) => boolean, faint: (node: Node) => boolean}} view `first` ones are named in any case
 * @returns {Rows} where they stand
 */
export function drawLabels(context, nodes, { camera, palette, width, height, first, strong, faint }) {
  let drawn = 0;
  /** @type {Rows} */
  const rows = new Map();
  context.font = FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.strokeStyle = palette.surface;
  context.lineWidth = 3;
  for (const node of nodes) {
    if (drawn >= MOST) break;
    if (!node.visible) continue;
    const label = measure(context, node.label);
    const x = camera.screenX(node.x) - label.width / 2;
    const y = camera.screenY(node.y) + node.radius * camera.scale + HEIGHT / 2 + 2;
    if (!(x < width && x + label.width > 0 && y > -HEIGHT && y < height + HEIGHT)) continue;
    if (!first(node) && !free(rows, x, y, label.width)) continue;
    drawn++;
    take(rows, { left: x, right: x + label.width, middle: y });
    context.globalAlpha = faint(node) ? 0.35 : 1;
    context.strokeText(label.text, x, y);
    context.fillStyle = strong(node) ? palette.text : palette.muted;
    context.fillText(label.text, x, y);
  }
  context.globalAlpha = 1;
  return rows;
}

/**
 * What an edge says, at its middle, if there is room for it.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x of its middle
 * @param {number} y
 * @param {Palette} palette
 * @param {Rows} rows where other texts stand; added to
 */
export function drawPredicate(context, text, x, y, palette, rows) {
  context.font = FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = palette.surface;
  context.fillStyle = palette.accent;
  const label = measure(context, text);
  const left = x - label.width / 2;
  if (!free(rows, left, y, label.width)) return;
  take(rows, { left, right: left + label.width, middle: y });
  context.strokeText(label.text, left, y);
  context.fillText(label.text, left, y);
}

/**
 * A text on a ground of its own, such as the predicate of the edge under the pointer.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x of its middle
 * @param {number} y
 * @param {Palette} palette
 */
export function drawTag(context, text, x, y, palette) {
  context.font = FONT;
  context.textBaseline = "middle";
  const label = measure(context, text);
  context.fillStyle = palette.raised;
  context.strokeStyle = palette.control;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - label.width / 2 - 6, y - 10, label.width + 12, 20, 6);
  context.fill();
  context.stroke();
  context.fillStyle = palette.text;
  context.fillText(label.text, x - label.width / 2, y + 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {string} term */
function measure(context, term) {
  const known = measured.get(term);
  if (known) return known;
  if (measured.size >= MOST_MEASURED) measured.clear();
  const text = excerpt(term, MOST_CHARACTERS);
  const made = { text, width: context.measureText(text).width };
  measured.set(term, made);
  return made;
}

/**
 * @param {Rows} rows
 * @param {number} x
 * @param {number} y
 * @param {number} width
 */
function free(rows, x, y, width) {
  const row = Math.floor(y / HEIGHT);
  for (let at = row - 1; at <= row + 1; at++) {
    for (const { left, right, middle } of rows.get(at) ?? []) {
      if (x < right + 4 && x + width + 4 > left && Math.abs(y - middle) < HEIGHT) return false;
    }
  }
  return true;
}

/** @param {Rows} rows @param {Box} box */
function take(rows, box) {
  const row = Math.floor(box.middle / HEIGHT);
  const others = rows.get(row);
  if (others) others.push(box);
  else rows.set(row, [box]);
}
