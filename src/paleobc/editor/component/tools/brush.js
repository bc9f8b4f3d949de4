// A stroke with a radius.

import { Tool, pixelsBetween, rounded } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {import("../types.js").Place} Place */

/** Points of a stroke lie at least so far apart [px]. */
const SPACING = 3;

/** Takes what lies under a stroke; shows its round before it is pressed. */
export class BrushTool extends Tool {
  /** @type {Place[]} */
  #stroke = [];
  /** @type {MapPoint | null} */
  #last = null;

  get pending() {
    return this.#stroke.length;
  }

  /** @param {MapPoint} point */
  down(point) {
    this.#stroke = [placeOf(point)];
    this.#last = point;
    this.#show();
  }

  /** @param {MapPoint} point */
  drag(point) {
    if (!this.#last || pixelsBetween(point, this.#last) < SPACING) return;
    this.#stroke.push(placeOf(point));
    this.#last = point;
    this.#show();
  }

  up() {
    const stroke = this.#stroke;
    this.cancel();
    if (stroke.length > 0) this.board.take({ brush: stroke, radius_km: this.board.radius() });
  }

  /** @param {MapPoint} point */
  hover(point) {
    this.board.sketch({ brush: [placeOf(point)], radius_km: this.board.radius() });
  }

  cancel() {
    this.#stroke = [];
    this.#last = null;
    super.cancel();
  }

  #show() {
    this.board.sketch({ brush: this.#stroke, radius_km: this.board.radius() });
  }
}

/** @param {MapPoint} point @returns {Place} */
function placeOf(point) {
  return [rounded(point.longitude), rounded(point.latitude)];
}
