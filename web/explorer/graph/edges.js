/** Drawing edges: all of one style in one path, since a stroke of its own for each is what would be slow. */

import { curve, middle, trace } from "./curve.js";

/** @typedef {import("./scene.js").Edge} Edge */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./palette.js").Palette} Palette */
/**
 * @typedef {object} Look
 * @property {string} colour
 * @property {number} alpha
 * @property {number} width
 * @property {number[]} dash
 */

/** Steps in which confidence shows as opacity: each is a style. */
const OPACITIES = 4;
const ARROW = 6.5;
/** Shorter edges on the canvas carry no arrow and no mark. */
const LEAST_MARKED = 16;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Iterable<Edge>} edges
 * @param {{camera: Camera, palette: Palette, width: number, height: number, lit: boolean, dim: number}} view `lit` ones
 *   stand out; `dim` is what is left of the opacity of the others
 */
export function drawEdges(context, edges, view) {
  /** @type {Map<number, Edge[]>} */
  const styles = new Map();
  for (const edge of edges) {
    if (!edge.visible || outside(edge, view)) continue;
    const style = styleOf(edge);
    const same = styles.get(style);
    if (same) same.push(edge);
    else styles.set(style, [edge]);
  }
  context.lineCap = "butt";
  for (const [style, same] of styles) {
    const look = lookOf(style, view);
    context.globalAlpha = look.alpha;
    context.strokeStyle = look.colour;
    context.fillStyle = look.colour;
    context.lineWidth = look.width;
    context.setLineDash(look.dash);
    drawLines(context, same, view.camera);
    context.setLineDash([]);
    drawArrows(context, same, view);
    if (same[0].negated) drawBars(context, same, view.camera);
  }
  context.globalAlpha = 1;
}

/**
 * @param {Edge} edge
 * @param {{camera: Camera, width: number, height: number}} view
 */
function outside({ source, target }, { camera, width, height }) {
  const margin = 60;
  const x1 = camera.screenX(source.x);
  const x2 = camera.screenX(target.x);
  const y1 = camera.screenY(source.y);
  const y2 = camera.screenY(target.y);
  return (
    !(Math.max(x1, x2) > -margin && Math.min(x1, x2) < width + margin) ||
    !(Math.max(y1, y2) > -margin && Math.min(y1, y2) < height + margin)
  );
}

/** @param {Edge} edge */
function styleOf({ confidence, derived, negated }) {
  const opacity = Math.min(OPACITIES - 1, Math.floor(confidence * OPACITIES));
  return opacity * 4 + (derived ? 2 : 0) + (negated ? 1 : 0);
}

/**
 * @param {number} style
 * @param {{palette: Palette, lit: boolean, dim: number}} view
 * @returns {Look}
 */
function lookOf(style, { palette, lit, dim }) {
  const opacity = 0.28 + 0.62 * (Math.floor(style / 4) / (OPACITIES - 1));
  const colour = style & 1 ? palette.bad : lit || style & 2 ? palette.accent : palette.second;
  return {
    colour,
    alpha: lit ? Math.max(opacity, 0.75) : opacity * dim,
    width: lit ? 2.2 : 1.1,
    dash: style & 2 ? [5, 4] : [],
  };
}

/** @param {CanvasRenderingContext2D} context @param {Edge[]} edges @param {Camera} camera */
function drawLines(context, edges, camera) {
  context.beginPath();
  for (const edge of edges) {
    const { x1, y1, cx, cy, x2, y2, bent, loop } = trace(edge, camera);
    if (loop) {
      context.moveTo(cx + loop, cy);
      context.arc(cx, cy, loop, 0, 2 * Math.PI);
      continue;
    }
    context.moveTo(x1, y1);
    if (bent) context.quadraticCurveTo(cx, cy, x2, y2);
    else context.lineTo(x2, y2);
  }
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Edge[]} edges @param {{camera: Camera, lit: boolean}} view */
function drawArrows(context, edges, { camera, lit }) {
  const size = ARROW * (lit ? 1.3 : 1) * Math.min(1, camera.scale);
  context.beginPath();
  for (const edge of edges) {
    const { cx, cy, x2, y2, length } = trace(edge, camera);
    if (length < LEAST_MARKED) continue;
    const out = Math.hypot(x2 - cx, y2 - cy) || 1;
    const ux = (x2 - cx) / out;
    const uy = (y2 - cy) / out;
    context.moveTo(x2, y2);
    context.lineTo(x2 - ux * size - uy * size * 0.45, y2 - uy * size + ux * size * 0.45);
    context.lineTo(x2 - ux * size + uy * size * 0.45, y2 - uy * size - ux * size * 0.45);
    context.closePath();
  }
  context.fill();
}

/** What is stated not to be so is crossed. @param {CanvasRenderingContext2D} context @param {Edge[]} edges @param {Camera} camera */
function drawBars(context, edges, camera) {
  context.beginPath();
  for (const edge of edges) {
    trace(edge, camera);
    if (curve.length < LEAST_MARKED) continue;
    const { x, y } = middle();
    const length = Math.hypot(curve.x2 - curve.x1, curve.y2 - curve.y1) || 1;
    const ux = (curve.x2 - curve.x1) / length;
    const uy = (curve.y2 - curve.y1) / length;
    context.moveTo(x - uy * 5 - ux * 2.5, y + ux * 5 - uy * 2.5);
    context.lineTo(x + uy * 5 + ux * 2.5, y - ux * 5 + uy * 2.5);
  }
  context.stroke();
}
