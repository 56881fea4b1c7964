/** Mouse, pen and fingers on the canvas: move the picture, zoom it, drag a node, point at things. */

/** @typedef {import("./canvas.js").Picture} Picture */
/** @typedef {import("./scene.js").Node} Node */
/** @typedef {import("./settling.js").Settling} Settling */

/** A press that moves less is a click, in CSS pixels. */
const CLICK = 4;
const TWICE_MS = 450;
/** How far a turn of the wheel zooms, per pixel of scrolling. */
const WHEEL = 0.0016;
const LINE_PX = 18;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {object} options
 * @param {Picture} options.picture
 * @param {Settling} options.settling
 * @param {(node: Node | null) => void} options.onChoose
 * @param {(node: Node) => void} options.onExpand
 * @param {() => void} options.onMoved called when the person moved the picture
 */
export function followPointers(canvas, { picture, settling, onChoose, onExpand, onMoved }) {
  const { camera } = picture;
  /** @type {Map<number, {x: number, y: number}>} */
  const pressed = new Map();
  /** @type {Node | null} */
  let dragged = null;
  let travelled = 0;
  let last = { node: /** @type {Node | null} */ (null), time: 0 };

  /** @param {MouseEvent} event */
  function place({ clientX, clientY }) {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  /** @param {{x: number, y: number}} at */
  function point(at) {
    const found = picture.at(at.x, at.y);
    if (found.node === picture.hover.node && found.edge === picture.hover.edge) return;
    picture.hover = found;
    canvas.style.cursor = found.node ? "pointer" : "";
    picture.invalidate();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, at);
    if (pressed.size === 1) {
      travelled = 0;
      dragged = picture.at(at.x, at.y).node;
    } else if (dragged) {
      drop();
    }
  });

  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = pressed.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") point(at);
      return;
    }
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (pressed.size === 1 && travelled < CLICK) return;
    if (pressed.size === 2) pinch(event.pointerId, before, at);
    else if (dragged) drag(dragged, at);
    else if (pressed.size === 1) camera.pan(at.x - before.x, at.y - before.y);
    pressed.set(event.pointerId, at);
    onMoved();
    picture.invalidate();
  });

  /** @param {number} id @param {{x: number, y: number}} before @param {{x: number, y: number}} at */
  function pinch(id, before, at) {
    const [other] = [...pressed].filter(([key]) => key !== id).map(([, place]) => place);
    const apart = Math.hypot(before.x - other.x, before.y - other.y) || 1;
    const now = Math.hypot(at.x - other.x, at.y - other.y) || 1;
    camera.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    camera.zoomBy(now / apart, (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  /** @param {Node} node @param {{x: number, y: number}} at */
  function drag(node, at) {
    const { x, y } = camera.toLayout(at.x, at.y);
    settling.hold(node, x, y);
  }

  function drop() {
    if (dragged && travelled >= CLICK) settling.release();
    dragged = null;
  }

  /** @param {Node | null} node @param {number} time in milliseconds */
  function click(node, time) {
    // Not the browser's own double click, which fingers do not make where they move the picture.
    const twice = node !== null && node === last.node && time - last.time < TWICE_MS;
    last = { node: twice ? null : node, time };
    if (node && twice) onExpand(node);
    else onChoose(node);
  }

  canvas.addEventListener("pointerup", (event) => {
    if (!pressed.delete(event.pointerId)) return;
    const clicked = travelled < CLICK && pressed.size === 0;
    const node = dragged;
    drop();
    if (clicked) click(node, event.timeStamp);
  });
  canvas.addEventListener("pointercancel", ({ pointerId }) => {
    pressed.delete(pointerId);
    drop();
  });
  canvas.addEventListener("pointerleave", () => {
    picture.hover = { node: null, edge: null };
    picture.invalidate();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = place(event);
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
      // A pinch on a touchpad comes as a wheel with small steps and the control key.
      camera.zoomBy(Math.exp(-pixels * WHEEL * (event.ctrlKey ? 6 : 1)), x, y);
      onMoved();
      picture.invalidate();
    },
    { passive: false },
  );
}
