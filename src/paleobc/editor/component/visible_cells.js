// Which cells the map shows, by blocks of cells, and how large they are on the screen.

/** @typedef {import("./cell_raster.js").CellRaster} CellRaster */

/** Rows and columns of cells in a block: 1 << SHIFT. */
const SHIFT = 4

/** Blocks of cells that have a pixel on the screen. */
export class VisibleCells {
  /**
   * @param {number} rows
   * @param {number} columns
   */
  constructor(rows, columns) {
    this.rows = rows
    this.columns = columns
    this.blockColumns = ((columns - 1) >> SHIFT) + 1
    this.blocks = new Uint8Array(this.blockColumns * (((rows - 1) >> SHIFT) + 1))
    /** Width of a cell on the screen, in the mean [CSS pixels]. */
    this.size = 0
  }

  /**
   * @param {CellRaster} raster
   * @param {number} typical width of a cell, about [CSS pixels]
   */
  mark(raster, typical) {
    const { cells } = raster
    this.blocks.fill(0)
    let shown = 0
    let runs = 0
    let last = -1
    for (let p = 0; p < cells.length; p++) {
      const cell = cells[p]
      if (cell < 0) {
        last = -1
        continue
      }
      shown++
      if (cell === last) continue
      last = cell
      runs++
      const row = (cell / this.columns) | 0
      this.blocks[(row >> SHIFT) * this.blockColumns + ((cell - row * this.columns) >> SHIFT)] = 1
    }
    const pixels = runs ? shown / runs : 0
    this.size = pixels * raster.step
    if (pixels <= 3) this.size = Math.min(this.size, typical) // too few pixels to tell
  }

  /**
   * Call with the cells of each visible block: the first and the last but one of each of its rows.
   * @param {(first: number, after: number) => void} visit
   */
  each(visit) {
    for (let block = 0; block < this.blocks.length; block++) {
      if (!this.blocks[block]) continue
      const blockRow = (block / this.blockColumns) | 0
      const column = (block - blockRow * this.blockColumns) << SHIFT
      const width = Math.min(1 << SHIFT, this.columns - column)
      const end = Math.min((blockRow + 1) << SHIFT, this.rows)
      for (let row = blockRow << SHIFT; row < end; row++) visit(row * this.columns + column, row * this.columns + column + width)
    }
  }
}
