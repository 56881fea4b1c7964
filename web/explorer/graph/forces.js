/**
 * A force-directed layout: linked nodes attract, all nodes repel, and all are drawn gently to the middle.
 *
 * The model is T. Fruchterman and E. Reingold's, "Graph drawing by force-directed placement" (1991), integrated by
 * velocity Verlet (L. Verlet, Phys. Rev. 159, 1967) while it cools. Nothing is random: the same nodes and links from
 * the same places end in the same places.
 */

import { Quadtree } from "./quadtree.js";

/** How far apart linked nodes like to be. */
const DISTANCE = 80;
const REPULSION = 320;
/** Pictures are wider than high. */
const GRAVITY = { x: 0.045, y: 0.08 };
/** What is left of a velocity after a step. */
const GLIDE = 0.6;
const COLD = 0.001;
const STEPS = 300;
const COOLING = 1 - COLD ** (1 / STEPS);
/** How warm it is while a node is dragged. */
const DRAGGED = 0.25;
/** How warm it gets when nodes come to those that are placed, and how much these then move. */
const REHEATED = 0.5;
const RELUCTANCE = 0.08;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

export class ForceLayout {
  #links;
  #bias;
  #pull;
  #vx;
  #vy;
  #mobility;
  #tree = new Quadtree();
  #heat;
  #rest = 0;
  #held = -1;

  /**
   * @param {Int32Array} links pairs of nodes; a pair at most once, and none of a node with itself
   * @param {Float32Array} positions x and y of each node, NaN where it has no place yet
   * @param {number} [heat] of an unfinished layout, which this one goes on with
   */
  constructor(links, positions, heat = 0) {
    const count = positions.length / 2;
    /** In the layout's own units; read-only for others. */
    this.x = Float64Array.from({ length: count }, (_, i) => positions[2 * i]);
    this.y = Float64Array.from({ length: count }, (_, i) => positions[2 * i + 1]);
    const fresh = this.x.map((x) => (Number.isNaN(x) ? 1 : 0));
    const placed = fresh.filter((one) => !one).length;
    const settled = heat < COLD;
    this.#heat = Math.max(heat, placed === count ? 0 : placed === 0 ? 1 : REHEATED);
    this.#mobility = fresh.map((one) => (one || !settled ? 1 : RELUCTANCE));
    this.#vx = new Float64Array(count);
    this.#vy = new Float64Array(count);
    this.#links = links;
    const degrees = new Uint32Array(count);
    for (const node of links) degrees[node]++;
    this.#bias = new Float64Array(links.length / 2);
    this.#pull = new Float64Array(links.length / 2);
    for (let link = 0; link < this.#bias.length; link++) {
      const from = degrees[links[2 * link]];
      const to = degrees[links[2 * link + 1]];
      // The node with fewer links does the walking; a hub is not torn about by its many.
      this.#bias[link] = from / (from + to);
      this.#pull[link] = 1 / Math.min(from, to);
    }
    if (placed < count) place(links, this.x, this.y, degrees);
  }

  /** From 1 down to 0. */
  get heat() {
    return this.#heat;
  }

  /** Whether a node is held. */
  get holds() {
    return this.#held >= 0;
  }

  get settled() {
    return this.#heat < COLD && this.#rest < COLD;
  }

  /** One step. */
  step() {
    this.#heat += (this.#rest - this.#heat) * COOLING;
    this.#attract();
    const strength = REPULSION * this.#heat;
    this.#tree.build(this.x, this.y);
    for (let i = 0; i < this.x.length; i++) this.#tree.repel(i, this.x, this.y, strength, this.#vx, this.#vy);
    const [gravityX, gravityY] = [GRAVITY.x * this.#heat, GRAVITY.y * this.#heat];
    for (let i = 0; i < this.x.length; i++) {
      if (i === this.#held) continue;
      this.#vx[i] = (this.#vx[i] - this.x[i] * gravityX) * GLIDE;
      this.#vy[i] = (this.#vy[i] - this.y[i] * gravityY) * GLIDE;
      this.x[i] += this.#vx[i] * this.#mobility[i];
      this.y[i] += this.#vy[i] * this.#mobility[i];
    }
  }

  /** @param {number} node which is held at a place, and the others give way @param {number} x @param {number} y */
  hold(node, x, y) {
    this.#held = node;
    this.x[node] = x;
    this.y[node] = y;
    this.#vx[node] = 0;
    this.#vy[node] = 0;
    this.#mobility.fill(1);
    this.#rest = DRAGGED;
    this.#heat = Math.max(this.#heat, DRAGGED / 2);
  }

  /** Let the node go that is held. */
  release() {
    this.#held = -1;
    this.#rest = 0;
  }

  #attract() {
    const { x, y } = this;
    for (let link = 0; link < this.#bias.length; link++) {
      const from = this.#links[2 * link];
      const to = this.#links[2 * link + 1];
      const dx = x[to] + this.#vx[to] - x[from] - this.#vx[from];
      const dy = y[to] + this.#vy[to] - y[from] - this.#vy[from];
      const length = Math.max(Math.hypot(dx, dy), 1e-6);
      const force = ((length - DISTANCE) / length) * this.#heat * this.#pull[link];
      const bias = this.#bias[link];
      this.#vx[to] -= dx * force * bias;
      this.#vy[to] -= dy * force * bias;
      this.#vx[from] += dx * force * (1 - bias);
      this.#vy[from] += dy * force * (1 - bias);
    }
  }
}

/**
 * Give the nodes without a place one: beside a neighbour that has one, else on a sunflower's spiral, the nodes of a
 * component one after the other and the one with the most links first.
 * @param {Int32Array} links
 * @param {Float64Array} x changed
 * @param {Float64Array} y changed
 * @param {Uint32Array} degrees
 */
function place(links, x, y, degrees) {
  const near = neighbours(links, degrees);
  const queue = [...x.keys()].filter((node) => !Number.isNaN(x[node]));
  const known = new Uint8Array(x.length);
  for (const node of queue) known[node] = 1;
  for (let at = 0; at < queue.length; at++) {
    for (const node of near[queue[at]]) {
      if (known[node]) continue;
      known[node] = 1;
      x[node] = x[queue[at]] + DISTANCE * Math.cos(queue.length * GOLDEN_ANGLE);
      y[node] = y[queue[at]] + DISTANCE * Math.sin(queue.length * GOLDEN_ANGLE);
      queue.push(node);
    }
  }
  const starts = [...x.keys()].sort((one, other) => degrees[other] - degrees[one] || one - other);
  for (const start of starts) {
    if (known[start]) continue;
    known[start] = 1;
    let at = queue.push(start) - 1;
    for (; at < queue.length; at++) {
      const radius = (DISTANCE / 2) * Math.sqrt(at);
      x[queue[at]] = radius * Math.cos(at * GOLDEN_ANGLE);
      y[queue[at]] = radius * Math.sin(at * GOLDEN_ANGLE);
      for (const node of near[queue[at]]) {
        if (!known[node]) queue.push(node);
        known[node] = 1;
      }
    }
  }
}

/** @param {Int32Array} links @param {Uint32Array} degrees */
function neighbours(links, degrees) {
  const near = Array.from(degrees, () => /** @type {number[]} */ ([]));
  for (let i = 0; i < links.length; i += 2) {
    near[links[i]].push(links[i + 1]);
    near[links[i + 1]].push(links[i]);
  }
  return near;
}
