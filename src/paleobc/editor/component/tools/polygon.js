// A polygon by its corners, or a lasso by one drag.

import { PathTool } from "./path.js";
import { pixelsBetween } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {import("../types.js").Place} Place */

/** A click so near the first corner closes the ring [px]. */
const CLOSES = 9;

/** Points of a lasso lie at least so far apart [px]. */
const SPACING = 4;

/** Sides are straight in longitude and latitude. */
export class PolygonTool extends PathTool {
  least = 3;
  /** @type {MapPoint | null} */
  #first = null;
  /** @type {MapPoint | null} */
  #last = null;

  /** @param {Place[]} corners */
  shapeOf(corners) {
    return { polygon: corners };
  }

  /** @param {MapPoint} point */
  corner(point) {
    const isClosing = this.isFinishable && this.#first !== null && pixelsBetween(point, this.#first) <= CLOSES;
    if (isClosing) return this.finish();
    if (this.corners.length === 0) this.#first = point;
    super.corner(point);
  }

  /** @param {MapPoint} point */
  beginDrag(point) {
    this.#last = point;
    this.corner(point);
  }

  /** @param {MapPoint} point */
  during(point) {
    if (this.#last && pixelsBetween(point, this.#last) < SPACING) return;
    this.#last = point;
    this.corners.push(this.placeOf(point));
    this.board.sketch(this.shapeOf(this.corners), { open: true });
  }

  endDrag() {
    if (this.isFinishable) this.finish();
    else this.cancel();
  }
}
