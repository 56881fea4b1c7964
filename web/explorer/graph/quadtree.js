/**
 * Repulsion between all points in O(n log n): a distant cell of a quadtree acts as one body at its centre of mass.
 *
 * J. Barnes and P. Hut, "A hierarchical O(N log N) force-calculation algorithm", Nature 324 (1986).
 */

/** A cell acts as one body where its width is less than this share of its distance. */
const THETA = 0.9;
/** Points that still share a cell so deep down lie on each other: they stay one body. */
const MOST_LEVELS = 24;
/** Nearer points repel as if they were this far apart, so that no velocity explodes. */
const LEAST_DISTANCE = 1;
const EMPTY = -1;

export class Quadtree {
  /** Four to a cell: EMPTY, another cell (from 1, the root is no child), or a point p as -2 - p. */
  #children = new Int32Array(0);
  #mass = new Float64Array(0);
  #sumX = new Float64Array(0);
  #sumY = new Float64Array(0);
  #cells = 0;
  #width = 0;
  #stack = new Int32Array(4 * (MOST_LEVELS + 2));
  #widths = new Float64Array(4 * (MOST_LEVELS + 2));

  /**
   * Build the tree of all points anew.
   * @param {Float64Array} x
   * @param {Float64Array} y
   */
  build(x, y) {
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < x.length; i++) {
      left = Math.min(left, x[i]);
      right = Math.max(right, x[i]);
      top = Math.min(top, y[i]);
      bottom = Math.max(bottom, y[i]);
    }
    this.#width = Math.max(right - left, bottom - top, LEAST_DISTANCE);
    this.#cells = 0;
    this.#newCell();
    const middleX = (left + right) / 2;
    const middleY = (top + bottom) / 2;
    for (let i = 0; i < x.length; i++) this.#insert(i, x, y, middleX, middleY);
  }

  /**
   * Add to a velocity what all other points do to a point; proportional to 1 / distance.
   * @param {number} point
   * @param {Float64Array} x
   * @param {Float64Array} y
   * @param {number} strength
   * @param {Float64Array} vx
   * @param {Float64Array} vy
   */
  repel(point, x, y, strength, vx, vy) {
    const stack = this.#stack;
    const widths = this.#widths;
    const px = x[point];
    const py = y[point];
    let depth = 0;
    let addX = 0;
    let addY = 0;
    stack[depth] = 0;
    widths[depth++] = this.#width;
    while (depth) {
      const cell = stack[--depth];
      const width = widths[depth];
      const mass = this.#mass[cell];
      const dx = px - this.#sumX[cell] / mass;
      const dy = py - this.#sumY[cell] / mass;
      const squared = dx * dx + dy * dy;
      if (width * width < THETA * THETA * squared) {
        addX += (dx * mass) / squared;
        addY += (dy * mass) / squared;
        continue;
      }
      for (let quarter = 4 * cell; quarter < 4 * cell + 4; quarter++) {
        const child = this.#children[quarter];
        if (child >= 0) {
          stack[depth] = child;
          widths[depth++] = width / 2;
        } else if (child !== EMPTY && child !== -2 - point) {
          const other = -2 - child;
          const ox = px - x[other];
          const oy = py - y[other];
          const near = Math.max(ox * ox + oy * oy, LEAST_DISTANCE * LEAST_DISTANCE);
          addX += ox / near;
          addY += oy / near;
        }
      }
    }
    vx[point] += addX * strength;
    vy[point] += addY * strength;
  }

  /**
   * @param {number} point
   * @param {Float64Array} x
   * @param {Float64Array} y
   * @param {number} middleX of the root
   * @param {number} middleY
   */
  #insert(point, x, y, middleX, middleY) {
    const px = x[point];
    const py = y[point];
    let cell = 0;
    let cx = middleX;
    let cy = middleY;
    let half = this.#width / 4;
    for (let level = 0; ; level++) {
      this.#weigh(cell, px, py);
      const at = 4 * cell + (px > cx ? 1 : 0) + (py > cy ? 2 : 0);
      const child = this.#children[at];
      if (child === EMPTY) {
        this.#children[at] = -2 - point;
        return;
      }
      cx += px > cx ? half : -half;
      cy += py > cy ? half : -half;
      half /= 2;
      if (child >= 0) {
        cell = child;
        continue;
      }
      if (level >= MOST_LEVELS) return;
      const other = -2 - child;
      cell = this.#newCell();
      this.#children[at] = cell;
      this.#weigh(cell, x[other], y[other]);
      this.#children[4 * cell + (x[other] > cx ? 1 : 0) + (y[other] > cy ? 2 : 0)] = child;
    }
  }

  /** @param {number} cell @param {number} px @param {number} py */
  #weigh(cell, px, py) {
    this.#mass[cell] += 1;
    this.#sumX[cell] += px;
    this.#sumY[cell] += py;
  }

  #newCell() {
    const cell = this.#cells++;
    if (cell >= this.#mass.length) this.#grow();
    this.#children.fill(EMPTY, 4 * cell, 4 * cell + 4);
    this.#mass[cell] = 0;
    this.#sumX[cell] = 0;
    this.#sumY[cell] = 0;
    return cell;
  }

  #grow() {
    const cells = Math.max(256, 2 * this.#mass.length);
    const children = new Int32Array(4 * cells);
    children.set(this.#children);
    this.#children = children;
    const grown = [this.#mass, this.#sumX, this.#sumY].map((old) => {
      const column = new Float64Array(cells);
      column.set(old);
      return column;
    });
    [this.#mass, this.#sumX, this.#sumY] = grown;
  }
}
