// Gentle hill shading: how much lighter or darker each cell is drawn.
import { landAndSea } from "./coast.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./colour_scale.js").Values} Values */

/** Strongest change of a colour, in hundredths. */
const STRONGEST = 28
/** The steepest cells are this many times as steep as a typical one. */
const STEEPEST = 2.2

/**
 * Shading of a field; land is compared with land and sea with sea, so that no shore is drawn as a cliff.
 * Light comes from the north-west of the grid.
 */
export class HillShade {
  /**
   * @param {AnyGrid} grid
   * @param {Values} values
   * @param {((value: number) => boolean) | null} isSea
   */
  constructor(grid, values, isSea) {
    this.grid = grid
    this.values = values
    this.isSea = isSea
    /** Land, sea or nothing: only cells of one kind are compared. */
    this.kinds = new Uint8Array(grid.size)
    this.tell(null)
    /** Hundredths by which each cell is lighter. */
    this.light = new Int8Array(grid.size)
    /** Positive numbers that are sea are depths: there the larger one is lower. */
    this.up = isSea?.(1) ? -1 : 1
    this.gain = STRONGEST / STEEPEST / this.typicalSlope()
    this.refresh(null)
  }

  /**
   * Note the kinds of cells.
   * @param {Int32Array | null} cells
   */
  tell(cells) {
    landAndSea(this.values, this.isSea ?? (() => false), this.kinds, cells)
  }

  /** Mean size of the slope over cells far apart. */
  typicalSlope() {
    let sum = 0
    let count = 0
    for (let cell = 0; cell < this.grid.size; cell += 1 + Math.floor(this.grid.size / 20_000)) {
      const slope = Math.abs(this.slope(cell))
      if (slope > 0) {
        sum += slope
        count++
      }
    }
    return count ? sum / count : 1
  }

  /**
   * How much the ground rises away from the light: such slopes face it.
   * @param {number} cell
   */
  slope(cell) {
    const { grid } = this
    const eastwards = this.step(cell, grid.neighbour(cell, 3)) - this.step(cell, grid.neighbour(cell, 1))
    const southwards = this.step(cell, grid.neighbour(cell, 2)) - this.step(cell, grid.neighbour(cell, 0))
    return this.up * (eastwards + southwards)
  }

  /**
   * How much smaller the value of a neighbour is; 0 over a shore.
   * @param {number} cell
   * @param {number} other
   */
  step(cell, other) {
    return other >= 0 && this.kinds[cell] === this.kinds[other] ? this.values[cell] - this.values[other] : 0
  }

  /**
   * Shade cells and their neighbours anew, all where none are named; gives the cells that were shaded.
   * @param {Int32Array | null} cells
   */
  refresh(cells) {
    if (!cells) {
      for (let cell = 0; cell < this.grid.size; cell++) this.shade(cell)
      return null
    }
    this.tell(cells)
    const around = new Set(cells)
    for (const cell of cells) for (const other of this.grid.neighbours(cell)) if (other >= 0) around.add(other)
    for (const cell of around) this.shade(cell)
    return Int32Array.from(around)
  }

  /** @param {number} cell */
  shade(cell) {
    const light = this.slope(cell) * this.gain
    this.light[cell] = light / (1 + Math.abs(light) / STRONGEST) // never stronger than the strongest
  }
}
