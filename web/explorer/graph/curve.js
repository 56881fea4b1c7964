/** How an edge runs on the canvas, from the rim of one node to the rim of the other. */

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./scene.js").Edge} Edge */

/** Where a curve starts, its control point, where it ends; in CSS pixels. A straight line has `bent` false. */
export const curve = { x1: 0, y1: 0, cx: 0, cy: 0, x2: 0, y2: 0, bent: false, loop: 0, length: 0 };

/**
 * Work out the curve of an edge, in `curve`: one object, since there are thousands of edges in a frame.
 * @param {Edge} edge
 * @param {Camera} camera
 */
export function trace({ source, target, bend }, camera) {
  const x1 = camera.screenX(source.x);
  const y1 = camera.screenY(source.y);
  if (source === target) {
    const radius = source.radius * camera.scale;
    curve.loop = radius + (6 + bend / 2) * camera.scale;
    curve.cx = x1;
    curve.cy = y1 - radius - curve.loop * 0.6;
    curve.length = 0;
    return curve;
  }
  const x2 = camera.screenX(target.x);
  const y2 = camera.screenY(target.y);
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = Math.hypot(dx, dy) || 1;
  const away = bend * camera.scale;
  curve.loop = 0;
  curve.bent = bend !== 0;
  curve.cx = (x1 + x2) / 2 - (dy / length) * away * 2;
  curve.cy = (y1 + y2) / 2 + (dx / length) * away * 2;
  const from = source.radius * camera.scale;
  const to = target.radius * camera.scale + 1;
  if (curve.bent) {
    const out = Math.hypot(curve.cx - x1, curve.cy - y1) || 1;
    const back = Math.hypot(curve.cx - x2, curve.cy - y2) || 1;
    curve.x1 = x1 + ((curve.cx - x1) / out) * from;
    curve.y1 = y1 + ((curve.cy - y1) / out) * from;
    curve.x2 = x2 + ((curve.cx - x2) / back) * to;
    curve.y2 = y2 + ((curve.cy - y2) / back) * to;
  } else {
    curve.x1 = x1 + (dx / length) * from;
    curve.y1 = y1 + (dy / length) * from;
    curve.x2 = x2 - (dx / length) * to;
    curve.y2 = y2 - (dy / length) * to;
  }
  curve.length = length - from - to;
  return curve;
}

/** The middle of the curve that was traced last. */
export function middle() {
  const { x1, y1, cx, cy, x2, y2, bent, loop } = curve;
  if (loop) return { x: cx, y: cy - loop };
  return bent
    ? { x: (x1 + 2 * cx + x2) / 4, y: (y1 + 2 * cy + y2) / 4 }
    : { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

/**
 * How far a point is from the curve that was traced last, about.
 * @param {number} x
 * @param {number} y
 */
export function distanceTo(x, y) {
  const { x1, y1, cx, cy, x2, y2, bent, loop } = curve;
  if (loop) return Math.abs(Math.hypot(x - cx, y - cy) - loop);
  if (!bent) return toSegment(x, y, x1, y1, x2, y2);
  const { x: mx, y: my } = middle();
  return Math.min(toSegment(x, y, x1, y1, mx, my), toSegment(x, y, mx, my, x2, y2));
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function toSegment(x, y, x1, y1, x2, y2) {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - at * dx, y - y1 - at * dy);
}
