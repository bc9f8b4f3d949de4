// A box between two meridians and two parallels: dragged, or two corners.

import { wholeWords } from "../words.js";
import { DRAG_FROM, Tool, near, pixelsBetween, rounded } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {[number, number]} Corner */
/** @typedef {[number, number, number, number]} Rectangle - First column and row, and those behind the last. */

/** A list of cells is sent as it is; a longer one is not. */
const MOST_CELLS = 20_000;

/**
 * The longitude follows the pointer, so that a box may go the long way around: what counts is where the pointer went.
 */
export class BoxTool extends Tool {
  /** @type {MapPoint | null} */
  #first = null;
  /** @type {MapPoint | null} */
  #pressed = null;
  #longitude = 0;
  #isDragged = false;

  get pending() {
    return this.#first ? 1 : 0;
  }

  /** @param {MapPoint} point */
  down(point) {
    this.#pressed = point;
    this.#isDragged = false;
    if (this.#first) return;
    this.#first = point;
    this.#longitude = point.longitude;
  }

  /** @param {MapPoint} point */
  drag(point) {
    if (this.#pressed && pixelsBetween(point, this.#pressed) > DRAG_FROM) this.#isDragged = true;
    this.hover(point);
  }

  /** @param {MapPoint} point */
  up(point) {
    if (!this.#first || !this.#pressed) return;
    const isSecond = this.#pressed !== this.#first;
    this.#pressed = null;
    if (isSecond || this.#isDragged) this.#end(point);
    else {
      this.hover(point);
      this.board.say("First corner of the box. Set the opposite corner.");
    }
  }

  /** @param {MapPoint} point */
  hover(point) {
    if (!this.#first) return;
    this.#follow(point);
    this.board.sketch(this.#positions(point) ? { positions: this.#positions(point) } : this.#shape(point));
  }

  /** @param {MapPoint} point */
  #end(point) {
    this.#follow(point);
    const positions = this.#positions(point);
    const shape = this.#shape(point);
    this.cancel();
    if (positions) return this.#takeCells(positions);
    const [west, south, east, north] = shape.box;
    if (west === east || south === north) this.board.say("The box is empty; its corners need two longitudes and two latitudes.");
    else this.board.take(shape);
  }

  /** @param {Rectangle} positions */
  #takeCells([left, bottom, right, top]) {
    if ((right - left) * (top - bottom) > MOST_CELLS) {
      return this.board.tell(`In this view a box holds at most ${wholeWords(MOST_CELLS)} cells; draw a smaller one, or draw it in another view.`);
    }
    /** @type {Set<number>} */
    const cells = new Set();
    const { columns } = this.board;
    for (let row = bottom; row < top; row += 1) {
      for (let column = left; column < right; column += 1) cells.add(this.board.originalOf(row * columns + column));
    }
    this.board.take({ cells: [...cells].map((cell) => [Math.floor(cell / columns), cell % columns]) });
  }

  /** @param {MapPoint} point */
  #follow(point) {
    this.#longitude = near(point.longitude, this.#longitude);
  }

  /**
   * In the grid's own view a box is one of cells: all that it touches.
   * @param {MapPoint} point
   * @returns {Rectangle | null}
   */
  #positions(point) {
    const first = this.#first && this.board.positionAt(this.#first.x, this.#first.y);
    const second = this.board.positionAt(point.x, point.y);
    if (!first || !second) return null;
    return [Math.min(first[0], second[0]), Math.min(first[1], second[1]), Math.max(first[0], second[0]) + 1, Math.max(first[1], second[1]) + 1];
  }

  /** @param {MapPoint} point */
  #shape(point) {
    const first = /** @type {MapPoint} */ (this.#first);
    return { box: boxOf([first.longitude, first.latitude], [this.#longitude, point.latitude]) };
  }

  back() {
    this.cancel();
  }

  cancel() {
    this.#first = null;
    this.#pressed = null;
    super.cancel();
  }
}

/**
 * West, south, east, north of two corners; at most once around the globe.
 *
 * @param {Corner} first
 * @param {Corner} second
 */
export function boxOf(first, second) {
  const [south, north] = [Math.min(first[1], second[1]), Math.max(first[1], second[1])];
  let [west, east] = [Math.min(first[0], second[0]), Math.max(first[0], second[0])];
  if (east - west >= 360) [west, east] = [-180, 180];
  const turn = 360 * Math.floor((west + 180) / 360);
  return [west - turn, south, east - turn, north].map(rounded);
}
