/** From the layout's units to pixels of the canvas and back. */

const LEAST_ZOOM = 0.04;
const MOST_ZOOM = 6;
const MOST_FITTED = 1.4;

export class Camera {
  zoom = 1;
  /** Where the layout's origin lies, in CSS pixels. */
  x = 0;
  y = 0;

  /** @param {number} x @returns {number} */
  screenX(x) {
    return x * this.zoom + this.x;
  }

  /** @param {number} y */
  screenY(y) {
    return y * this.zoom + this.y;
  }

  /** @param {number} x @param {number} y in pixels */
  toLayout(x, y) {
    return { x: (x - this.x) / this.zoom, y: (y - this.y) / this.zoom };
  }

  /** How much larger than at a zoom of 1 nodes are drawn: less than the distances between them. */
  get scale() {
    return Math.min(1.7, Math.max(0.35, Math.sqrt(this.zoom)));
  }

  /** @param {number} dx @param {number} dy in pixels */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
  }

  /**
   * @param {number} factor
   * @param {number} x what stays where it is, in pixels
   * @param {number} y
   */
  zoomBy(factor, x, y) {
    const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.zoom * factor));
    this.x = x - ((x - this.x) * zoom) / this.zoom;
    this.y = y - ((y - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
  }

  /**
   * Show all of some nodes.
   * @param {readonly {x: number, y: number}[]} nodes
   * @param {number} width of the canvas, in CSS pixels
   * @param {number} height
   */
  fit(nodes, width, height) {
    const xs = nodes.map(({ x }) => x).filter(Number.isFinite);
    const ys = nodes.map(({ y }) => y).filter(Number.isFinite);
    if (!xs.length || !width || !height) return;
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    const margin = Math.min(70, width / 6, height / 6);
    const across = (width - 2 * margin) / Math.max(right - left, 1);
    const down = (height - 2 * margin) / Math.max(bottom - top, 1);
    this.zoom = Math.max(LEAST_ZOOM, Math.min(MOST_FITTED, across, down));
    this.x = width / 2 - ((left + right) / 2) * this.zoom;
    this.y = height / 2 - ((top + bottom) / 2) * this.zoom;
  }

  /**
   * Bring a node into sight, if it is not.
   * @param {{x: number, y: number}} node
   * @param {number} width
   * @param {number} height
   */
  reveal({ x, y }, width, height) {
    if (Number.isNaN(x)) return;
    const margin = 40;
    const [px, py] = [this.screenX(x), this.screenY(y)];
    this.pan(
      Math.max(0, margin - px) - Math.max(0, px - width + margin),
      Math.max(0, margin - py) - Math.max(0, py - height + margin),
    );
  }
}
