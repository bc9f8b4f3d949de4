// Corner after corner: what lines, polygons and pairs of places have in common.

import { DRAG_FROM, Tool, near, pixelsBetween, rounded } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {import("../types.js").Place} Place */
/** @typedef {import("../types.js").Shape} Shape */

/** A click as soon as this after the last one, at the same place, ends the shape [ms]. */
const DOUBLE = 350;

/** Sets corners by clicks, or by one drag. */
export class PathTool extends Tool {
  /** @type {Place[]} */
  corners = [];
  /** @type {MapPoint | null} */
  pressed = null;
  isDragged = false;
  #lastClick = 0;
  /** @type {MapPoint | null} */
  #lastPoint = null;
  /** As few corners make a shape. */
  least = 2;

  get pending() {
    return this.corners.length;
  }

  get isFinishable() {
    return this.corners.length >= this.least;
  }

  /**
   * Corners as a shape.
   * @param {Place[]} _corners
   * @returns {Shape}
   */
  shapeOf(_corners) {
    throw new Error("each kind of path has its own shape");
  }

  /**
   * Corners while they are set.
   * @param {Place[]} corners
   */
  show(corners) {
    this.board.sketch(this.shapeOf(corners), { open: true, places: this.corners });
  }

  /**
   * The first press of a drag.
   * @param {MapPoint} _point
   */
  beginDrag(_point) {}

  /**
   * The end of a drag.
   * @param {MapPoint} _point
   */
  endDrag(_point) {}

  /** @param {MapPoint} point */
  down(point) {
    this.pressed = point;
    this.isDragged = false;
  }

  /** @param {MapPoint} point */
  drag(point) {
    if (!this.pressed) return;
    if (!this.isDragged && pixelsBetween(point, this.pressed) > DRAG_FROM) {
      this.isDragged = true;
      this.beginDrag(this.pressed);
    }
    if (this.isDragged) this.during(point);
  }

  /**
   * A drag goes on.
   * @param {MapPoint} point
   */
  during(point) {
    this.hover(point);
  }

  /** @param {MapPoint} point */
  up(point) {
    if (!this.pressed) return;
    this.pressed = null;
    if (this.isDragged) return this.endDrag(point);
    const isAgain = this.#lastPoint !== null && pixelsBetween(point, this.#lastPoint) <= DRAG_FROM;
    const isDouble = isAgain && performance.now() - this.#lastClick < DOUBLE;
    this.#lastClick = performance.now();
    this.#lastPoint = point;
    if (isDouble && this.isFinishable) this.finish();
    else if (!isDouble || this.corners.length === 0) this.corner(point);
  }

  /**
   * The keyboard sets a corner; at the same place once more, it ends the shape.
   * @param {MapPoint} point
   */
  set(point) {
    const last = this.corners.at(-1);
    const place = this.placeOf(point);
    if (last && last[0] === place[0] && last[1] === place[1]) {
      if (this.isFinishable) this.finish();
      else this.board.say(`A shape of this kind needs ${this.least} corners.`);
    } else this.corner(point);
  }

  /** @param {MapPoint} point */
  corner(point) {
    this.corners.push(this.placeOf(point));
    this.show(this.corners);
    this.board.say(`Corner ${this.corners.length}.`);
  }

  /** @param {MapPoint} point */
  hover(point) {
    if (this.corners.length > 0) this.show([...this.corners, this.placeOf(point)]);
  }

  finish() {
    if (!this.isFinishable) return;
    const shape = this.shapeOf(this.corners);
    this.cancel();
    this.board.take(shape);
  }

  back() {
    this.corners.pop();
    if (this.corners.length > 0) this.show(this.corners);
    else this.cancel();
  }

  cancel() {
    this.corners = [];
    this.pressed = null;
    this.isDragged = false;
    super.cancel();
  }

  /**
   * The place of a point, by the short way from the last corner.
   * @param {MapPoint} point
   * @returns {Place}
   */
  placeOf(point) {
    const last = this.corners.at(-1);
    const longitude = last ? near(point.longitude, last[0]) : point.longitude;
    return [rounded(longitude), rounded(point.latitude)];
  }
}
