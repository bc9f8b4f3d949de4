// Single cells, one by one or along a drag.

import { Tool } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */

/** Takes the cells over which the pointer goes while pressed. */
export class CellTool extends Tool {
  /** @type {Set<number>} */
  #cells = new Set();
  /** @type {MapPoint | null} */
  #last = null;

  get pending() {
    return this.#cells.size;
  }

  /** @param {MapPoint} point */
  down(point) {
    this.#cells = new Set();
    this.#last = null;
    this.drag(point);
  }

  /** @param {MapPoint} point */
  drag(point) {
    const from = this.#last ?? point;
    const steps = Math.max(1, Math.ceil(Math.hypot(point.x - from.x, point.y - from.y) / 2));
    for (let step = 1; step < steps; step += 1) {
      const share = step / steps;
      this.#add(this.board.cellAt(from.x + share * (point.x - from.x), from.y + share * (point.y - from.y)));
    }
    this.#add(point.cell);
    this.#last = point;
    this.board.sketch(this.#shape());
  }

  up() {
    const shape = this.#cells.size > 0 ? this.#shape() : null;
    this.cancel();
    if (shape) this.board.take(shape);
  }

  cancel() {
    this.#cells = new Set();
    this.#last = null;
    super.cancel();
  }

  /** @param {number} cell */
  #add(cell) {
    if (cell >= 0) this.#cells.add(cell);
  }

  #shape() {
    const { columns } = this.board;
    return { cells: [...this.#cells].map((cell) => [Math.floor(cell / columns), cell % columns]) };
  }
}
