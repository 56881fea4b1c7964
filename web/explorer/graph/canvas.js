/** The picture: one canvas, drawn anew when something changed, at most once a frame. */

import { figure } from "../format.js";
import { Camera } from "./camera.js";
import { distanceTo, middle, trace } from "./curve.js";
import { drawEdges } from "./edges.js";
import { drawLabels, drawPredicate, drawTag } from "./labels.js";
import { followPalette } from "./palette.js";
import { otherEnd } from "./scene.js";

/** @typedef {import("./scene.js").Edge} Edge */
/** @typedef {import("./scene.js").Node} Node */
/** @typedef {import("./scene.js").Scene} Scene */

/** How near a pointer has to be, in CSS pixels. */
const NEAR = 6;
const DIMMED = 0.55;
const HIDDEN = 0.12;
/** Edges that stand out and say their predicate: more would cover each other. */
const MOST_SPOKEN = 14;
const LEAST_SPOKEN = 40;

export class Picture {
  camera = new Camera();
  /** @type {Scene} */
  scene = { nodes: [], edges: [], node: () => undefined };
  /** @type {Node | null} */
  focus = null;
  /** @type {{node: Node | null, edge: Edge | null}} */
  hover = { node: null, edge: null };
  /** Edges that are lit while the rest is dimmed, by their keys. @type {Set<string> | null} */
  lit = null;
  width = 0;
  height = 0;

  #canvas;
  #context;
  #palette;
  #waiting = false;
  /** Nodes by how many edges they have, most first: in this order they are given their labels. @type {Node[]} */
  #ranked = [];
  /** @type {Scene | null} */
  #rankedOf = null;

  #onDrawn;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} options
   * @param {() => void} options.onResized
   * @param {() => void} options.onDrawn
   */
  constructor(canvas, { onResized, onDrawn }) {
    this.#onDrawn = onDrawn;
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#palette = followPalette(canvas.parentElement ?? document.body, () => this.invalidate());
    new ResizeObserver(() => {
      this.#resize();
      onResized();
    }).observe(canvas);
  }

  /** Draw before the next frame is shown. */
  invalidate() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  /** @returns {Node[]} that can be seen */
  get visible() {
    return this.scene.nodes.filter((node) => node.visible);
  }

  /**
   * @param {number} x in CSS pixels of the canvas
   * @param {number} y
   * @returns {{node: Node | null, edge: Edge | null}} what lies there
   */
  at(x, y) {
    const { camera } = this;
    let nearest = { node: /** @type {Node | null} */ (null), distance: Number.POSITIVE_INFINITY };
    for (const node of this.scene.nodes) {
      if (!node.visible) continue;
      const distance =
        Math.hypot(camera.screenX(node.x) - x, camera.screenY(node.y) - y) - node.radius * camera.scale;
      if (distance < NEAR && distance < nearest.distance) nearest = { node, distance };
    }
    if (nearest.node) return { node: nearest.node, edge: null };
    let closest = { edge: /** @type {Edge | null} */ (null), distance: NEAR };
    for (const edge of this.scene.edges) {
      if (!edge.visible) continue;
      trace(edge, camera);
      const distance = distanceTo(x, y);
      if (distance < closest.distance) closest = { edge, distance };
    }
    return { node: null, edge: closest.edge };
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (!clientWidth) return; // another view is shown
    const ratio = devicePixelRatio || 1;
    // What was in the middle stays there.
    if (this.width) this.camera.pan((clientWidth - this.width) / 2, (clientHeight - this.height) / 2);
    this.width = clientWidth;
    this.height = clientHeight;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#draw(); // a canvas is blank after its size was set
  }

  #draw() {
    const context = this.#context;
    const { camera, width, height } = this;
    const ratio = this.#canvas.width / Math.max(1, width);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const palette = this.#palette();
    const view = { camera, palette, width, height };
    const { lit, rest } = this.#parted();
    const dim = this.lit ? HIDDEN : this.focus ? DIMMED : 1;
    drawEdges(context, rest, { ...view, lit: false, dim });
    drawEdges(context, lit, { ...view, lit: true, dim: 1 });
    const bright = new Set(lit.flatMap(({ source, target }) => [source, target]));
    if (this.focus) bright.add(this.focus);
    const faint = (/** @type {Node} */ node) => this.lit !== null && !bright.has(node);
    this.#drawNodes(palette, bright, faint);
    const { node, edge } = this.hover;
    const first = [this.focus, node].filter((one) => one !== null);
    const rows = drawLabels(context, new Set([...first, ...bright, ...this.#order()]), {
      ...view,
      faint,
      first: (one) => first.includes(one),
      strong: (one) => bright.has(one) || one === node,
    });
    if (lit.length <= MOST_SPOKEN) for (const one of lit) if (one !== edge) this.#speak(one, palette, rows);
    if (edge?.visible) {
      trace(edge, camera);
      const { x, y } = middle();
      drawTag(context, describe(edge), x, y, palette);
    }
    this.#onDrawn();
  }

  /**
   * @param {Edge} edge which says its predicate, if it is long enough
   * @param {import("./palette.js").Palette} palette
   * @param {import("./labels.js").Rows} rows
   */
  #speak(edge, palette, rows) {
    const { length, loop } = trace(edge, this.camera);
    if (length < LEAST_SPOKEN && !loop) return;
    const { x, y } = middle();
    drawPredicate(this.#context, words(edge), x, y, palette, rows);
  }

  /** Edges that stand out, and the others. */
  #parted() {
    const touched = this.hover.node ?? (this.lit ? null : this.focus);
    const lit = [];
    const rest = [];
    for (const edge of this.scene.edges) {
      const bright =
        edge === this.hover.edge ||
        this.lit?.has(edge.key) ||
        (touched && (edge.source === touched || edge.target === touched));
      if (bright) lit.push(edge);
      else rest.push(edge);
    }
    return { lit: lit.filter(({ visible }) => visible), rest };
  }

  /**
   * @param {import("./palette.js").Palette} palette
   * @param {Set<Node>} bright
   * @param {(node: Node) => boolean} faint
   */
  #drawNodes(palette, bright, faint) {
    const shown = this.visible;
    const dimmed = shown.filter((node) => faint(node));
    const plain = shown.filter((node) => !faint(node) && !bright.has(node));
    this.#drawHalo(this.hover.node, palette.second);
    this.#drawHalo(this.focus, palette.accent);
    this.#drawDiscs(dimmed, palette.second, palette.surface, 0.25);
    this.#drawDiscs(plain, palette.second, palette.surface, 1);
    this.#drawDiscs([...bright], palette.accent, palette.surface, 1);
    if (this.focus?.visible) this.#drawDiscs([this.focus], palette["accent-strong"], palette.surface, 1);
  }

  /** @param {Node | null} node @param {string} colour */
  #drawHalo(node, colour) {
    if (!node?.visible) return;
    const { camera } = this;
    const context = this.#context;
    context.globalAlpha = 0.3;
    context.fillStyle = colour;
    context.beginPath();
    const radius = node.radius * camera.scale + 7;
    context.arc(camera.screenX(node.x), camera.screenY(node.y), radius, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }

  /**
   * @param {Node[]} nodes
   * @param {string} fill
   * @param {string} rim
   * @param {number} alpha
   */
  #drawDiscs(nodes, fill, rim, alpha) {
    const { camera, width, height } = this;
    const context = this.#context;
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.strokeStyle = rim;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const node of nodes) {
      const x = camera.screenX(node.x);
      const y = camera.screenY(node.y);
      const radius = node.radius * camera.scale;
      if (!(x > -radius && x < width + radius && y > -radius && y < height + radius)) continue;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
    if (camera.zoom > 0.25) context.stroke();
    context.globalAlpha = 1;
  }

  #order() {
    if (this.#rankedOf !== this.scene) {
      this.#rankedOf = this.scene;
      this.#ranked = [...this.scene.nodes].sort((one, other) => other.edges.length - one.edges.length);
    }
    return this.#ranked;
  }

  /** @param {Node} node @returns {Node[]} over edges that can be seen */
  neighbours(node) {
    return [...new Set(node.edges.filter((edge) => edge.visible).map((edge) => otherEnd(edge, node)))].filter(
      (other) => other !== node,
    );
  }
}

/** @param {Edge} edge */
function words({ predicate, negated }) {
  return `${negated ? "not " : ""}${predicate.replaceAll("_", " ")}`;
}

/** @param {Edge} edge */
function describe(edge) {
  return `${words(edge)} · ${figure(edge.confidence)}${edge.derived ? " · follows" : ""}`;
}
