// Sides of cells between two kinds of cells: the shore of the grid, the rim of a selection.
import { drawSide } from "./cell_edges.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./pen.js").Pen} Pen */
/** @typedef {import("./visible_cells.js").VisibleCells} VisibleCells */
/** @typedef {import("./colour_scale.js").Values} Values */

/** Smaller cells have no coast: it would be a plate of dots [CSS pixels]. */
export const SMALLEST_WITH_COAST = 2

/** Kinds of cells; a side between kinds 1 and 2 is a border, beside kind 0 there is none. */
export class Borders {
  /**
   * @param {AnyGrid} grid
   * @param {Uint8Array} kinds one per cell, kept by reference
   */
  constructor(grid, kinds) {
    this.grid = grid
    this.kinds = kinds
    /** Bit k of a cell: its side k is a border that this cell draws. */
    this.sides = new Uint8Array(grid.size)
    this.refresh(null)
  }

  /**
   * Find the borders of cells and their neighbours anew, of all where none are named.
   * @param {Int32Array | null} cells
   */
  refresh(cells) {
    if (!cells) {
      for (let cell = 0; cell < this.grid.size; cell++) this.sides[cell] = this.bordersOf(cell)
      return
    }
    for (const cell of cells) {
      this.sides[cell] = this.bordersOf(cell)
      for (const other of this.grid.neighbours(cell)) if (other >= 0) this.sides[other] = this.bordersOf(other)
    }
  }

  /**
   * Sides that are borders; each is drawn by the cell of kind 1.
   * @param {number} cell
   */
  bordersOf(cell) {
    if (this.kinds[cell] !== 1 || this.grid.originalOf(cell) !== cell) return 0
    let sides = 0
    for (let k = 0; k < 4; k++) {
      const other = this.grid.neighbour(cell, k)
      if (other >= 0 && this.kinds[other] === 2) sides |= 1 << k
    }
    return sides
  }

  /**
   * All borders as pairs of a cell and a side.
   * @returns {[number, number][]}
   */
  segments() {
    /** @type {[number, number][]} */
    const segments = []
    this.sides.forEach((sides, cell) => {
      for (let k = 0; k < 4; k++) if ((sides >> k) & 1) segments.push([cell, k])
    })
    return segments
  }

  /**
   * Put the borders of visible cells into the path of the canvas.
   * @param {Pen} pen
   * @param {VisibleCells} visible
   */
  draw(pen, visible) {
    const { sides, grid } = this
    visible.each((first, after) => {
      for (let cell = first; cell < after; cell++) {
        if (sides[cell] === 0) continue
        for (let k = 0; k < 4; k++) if ((sides[cell] >> k) & 1) drawSide(pen, grid, cell, k)
      }
    })
  }
}

/**
 * Kinds of cells for a coast: 1 land, 2 sea, 0 without a value.
 * @param {Values} values
 * @param {(value: number) => boolean} isSea
 * @param {Uint8Array} kinds filled
 * @param {Int32Array | null} cells only these
 */
export function landAndSea(values, isSea, kinds, cells = null) {
  const count = cells ? cells.length : values.length
  for (let k = 0; k < count; k++) {
    const cell = cells ? cells[k] : k
    const value = values[cell]
    kinds[cell] = value !== value ? 0 : isSea(value) ? 2 : 1
  }
}
