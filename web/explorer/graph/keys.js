/** The picture under the keyboard: from node to node along edges, zoom, expand. */

/** @typedef {import("./canvas.js").Picture} Picture */
/** @typedef {import("./scene.js").Node} Node */

const STEP = 1.25;
/** A neighbour lies in a direction if it is less than this off, in radians. */
const CONE = Math.PI / 2.2;
/** @type {Record<string, number>} */
const DIRECTIONS = { ArrowRight: 0, ArrowDown: Math.PI / 2, ArrowLeft: Math.PI, ArrowUp: -Math.PI / 2 };

/**
 * @param {HTMLElement} area that has the focus
 * @param {object} options
 * @param {Picture} options.picture
 * @param {(node: Node) => void} options.onFocus
 * @param {(node: Node) => void} options.onExpand
 * @param {(factor: number) => void} options.onZoom
 * @param {() => void} options.onFit
 * @param {() => void} options.onClear
 */
export function followKeys(area, { picture, onFocus, onExpand, onZoom, onFit, onClear }) {
  area.tabIndex = 0;
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!act(event.key)) return;
    event.preventDefault();
  });

  /** @param {string} key @returns {boolean} whether it means something here */
  function act(key) {
    if (key in DIRECTIONS) {
      const next = picture.focus ? towards(picture.focus, DIRECTIONS[key]) : middlemost();
      if (next) onFocus(next);
    } else if (key === "+" || key === "=") onZoom(STEP);
    else if (key === "-") onZoom(1 / STEP);
    else if (key === "0") onFit();
    else if (key === "Enter" && picture.focus) onExpand(picture.focus);
    else if (key === "Escape" && (picture.focus || picture.lit)) onClear();
    else return false;
    return true;
  }

  /** @param {Node} from @param {number} angle */
  function towards(from, angle) {
    /** @type {Node | undefined} */
    let best;
    let least = Number.POSITIVE_INFINITY;
    for (const node of picture.neighbours(from)) {
      const dx = node.x - from.x;
      const dy = node.y - from.y;
      const off = Math.abs(
        Math.atan2(Math.sin(Math.atan2(dy, dx) - angle), Math.cos(Math.atan2(dy, dx) - angle)),
      );
      const cost = off + Math.hypot(dx, dy) / 2_000;
      if (off < CONE && cost < least) {
        best = node;
        least = cost;
      }
    }
    return best;
  }

  /** Where one starts: the node with the most edges. */
  function middlemost() {
    return picture.visible.reduce(
      (/** @type {Node | undefined} */ best, node) =>
        best && best.edges.length >= node.edges.length ? best : node,
      undefined,
    );
  }
}
