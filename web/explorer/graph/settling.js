/** The page's side of the layout: sends a scene to the worker, and moves the scene's nodes as positions come back. */

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Node} Node */

/** Whoever asked for less motion sees a layout when it is finished. */
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Settling {
  /** Started with the first scene: most who open the page look at no graph. @type {Worker | null} */
  #worker = null;
  #version = 0;
  /** @type {Scene | null} */
  #scene = null;
  /** @type {Node | null} */
  #held = null;
  #onMoved;
  #onError;

  /**
   * @param {(settled: boolean) => void} onMoved called when nodes were moved
   * @param {(error: unknown) => void} onError
   */
  constructor(onMoved, onError) {
    this.#onMoved = onMoved;
    this.#onError = onError;
  }

  #start() {
    const worker = new Worker(new URL("./layout.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => this.#moved(data));
    worker.addEventListener("error", (event) => {
      this.#onError(new Error(event.message || "The layout of the graph could not be started."));
    });
    return worker;
  }

  /** @param {Scene} scene whose nodes are given places; those that have one keep about where they are */
  settle(scene) {
    this.#scene = scene;
    this.#held = null;
    this.#version++;
    const positions = new Float32Array(2 * scene.nodes.length);
    for (const [i, { x, y }] of scene.nodes.entries()) {
      positions[2 * i] = x;
      positions[2 * i + 1] = y;
    }
    const links = linksOf(scene);
    const graph = { version: this.#version, links, positions, animate: !calm.matches };
    this.#worker ??= this.#start();
    this.#worker.postMessage({ graph }, [links.buffer, positions.buffer]);
  }

  /** @param {Node} node which stays where the pointer has it @param {number} x @param {number} y */
  hold(node, x, y) {
    this.#held = node;
    node.x = x;
    node.y = y;
    this.#worker?.postMessage({ hold: { node: node.index, x, y } });
  }

  release() {
    this.#held = null;
    this.#worker?.postMessage({ release: true });
  }

  /** @param {{version: number, positions: Float32Array, settled: boolean}} message */
  #moved({ version, positions, settled }) {
    if (version !== this.#version || !this.#scene) return;
    for (const [i, node] of this.#scene.nodes.entries()) {
      // The pointer is ahead of the worker.
      if (node === this.#held) continue;
      node.x = positions[2 * i];
      node.y = positions[2 * i + 1];
    }
    this.#onMoved(settled);
  }
}

/**
 * Each pair of terms that any edge links, once.
 * @param {Scene} scene
 */
function linksOf({ edges, nodes }) {
  const seen = new Set();
  /** @type {number[]} */
  const links = [];
  for (const { source, target } of edges) {
    const low = Math.min(source.index, target.index);
    const high = Math.max(source.index, target.index);
    const pair = low * nodes.length + high;
    if (low === high || seen.has(pair)) continue;
    seen.add(pair);
    links.push(low, high);
  }
  return Int32Array.from(links);
}
