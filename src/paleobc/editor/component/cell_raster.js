// Which cell of a regular or rectilinear grid each pixel shows.
import { fillCurvilinear } from "./curvilinear_raster.js"
import { RADIAN } from "./sphere.js"

/** @typedef {import("./axis_grid.js").AxisGrid} AxisGrid */
/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./view.js").View} View */

/** Cells of pixels, row by row from the top, -1 where there is none; a pixel shows the cell at its middle. */
export class CellRaster {
  constructor() {
    this.width = 0
    this.height = 0
    /** Size of a pixel of the raster [CSS pixels]. */
    this.step = 1
    this.cells = new Int32Array(0)
  }

  /**
   * @param {View} view
   * @param {number} step size of its pixels [CSS pixels]
   */
  fill(view, step) {
    this.step = step
    this.width = Math.max(1, Math.round(view.width / step))
    this.height = Math.max(1, Math.round(view.height / step))
    const count = this.width * this.height
    if (this.cells.length !== count) this.cells = new Int32Array(count)
    const { grid, kind } = view
    if (kind === "cells") fillPositions(view, this)
    else if (grid.kind === "curvilinear") fillCurvilinear(/** @type {import("./curvilinear_grid.js").CurvilinearGrid} */ (grid), view, this)
    else if (kind === "plate") fillPlate(/** @type {AxisGrid} */ (grid), view, this)
    else fillRound(/** @type {AxisGrid} */ (grid), view, this)
  }
}

/**
 * Rows and columns of pixels are rows and columns of cells.
 * @param {Int32Array} columnOf column of each column of pixels
 * @param {Int32Array} rowOf row of each row of pixels
 * @param {number} columns
 * @param {CellRaster} raster
 */
function cross(columnOf, rowOf, columns, raster) {
  const { width, height, cells } = raster
  for (let y = 0, p = 0; y < height; y++, p += width) {
    if (rowOf[y] < 0) cells.fill(-1, p, p + width)
    else if (y > 0 && rowOf[y] === rowOf[y - 1]) cells.copyWithin(p, p - width, p)
    else {
      const start = rowOf[y] * columns
      for (let x = 0; x < width; x++) cells[p + x] = columnOf[x] < 0 ? -1 : start + columnOf[x]
    }
  }
}

/**
 * @param {AxisGrid} grid
 * @param {View} view
 * @param {CellRaster} raster
 */
function fillPlate(grid, view, raster) {
  const plane = view.plane(raster.step)
  const columnOf = Int32Array.from({ length: raster.width }, (_, k) => {
    const x = plane.x + k * plane.step
    return Math.abs(x) <= 180 ? grid.columnAt(view.centre[0] + x) : -1
  })
  const rowOf = Int32Array.from({ length: raster.height }, (_, k) => grid.rowAt(view.centre[1] + plane.y - k * plane.step))
  cross(columnOf, rowOf, grid.columns, raster)
}

/**
 * @param {View} view
 * @param {CellRaster} raster
 */
function fillPositions(view, raster) {
  const { grid } = view
  const plane = view.plane(raster.step)
  /**
   * @param {number} value
   * @param {number} count
   */
  const within = (value, count) => (value >= 0 && value < count ? Math.floor(value) : -1)
  const columnOf = Int32Array.from({ length: raster.width }, (_, k) => within(view.centre[0] + plane.x + k * plane.step, grid.columns))
  const rowOf = Int32Array.from({ length: raster.height }, (_, k) => within(view.centre[1] + plane.y - k * plane.step, grid.rows))
  cross(columnOf, rowOf, grid.columns, raster)
  if (grid.kind !== "curvilinear") return
  const { cells } = raster
  for (let p = 0; p < cells.length; p++) if (cells[p] >= 0) cells[p] = grid.originalOf(cells[p])
}

/**
 * Globe and polar views: the sine of latitude tells the row, the direction around the axis the column.
 * @param {AxisGrid} grid
 * @param {View} view
 * @param {CellRaster} raster
 */
function fillRound(grid, view, raster) {
  const { width, height, cells } = raster
  const plane = view.plane(raster.step)
  const rows = { x: new Float64Array(width), y: new Float64Array(width), z: new Float64Array(width) }
  const c = Math.cos(grid.west * RADIAN)
  const s = Math.sin(grid.west * RADIAN)
  const sines = grid.sineTable
  const turns = grid.turnTable
  for (let y = 0, p = 0; y < height; y++) {
    view.projection.row(plane.y - y * plane.step, plane.x, plane.step, rows)
    for (let x = 0; x < width; x++, p++) {
      const z = rows.z[x]
      if (z !== z) {
        cells[p] = -1
        continue
      }
      const a = rows.x[x] * c + rows.y[x] * s
      const b = rows.y[x] * c - rows.x[x] * s
      const turn = b >= 0 ? (a >= 0 ? b / (a + b) : 1 - a / (b - a)) : a < 0 ? 2 - b / (-a - b) : 3 + a / (a - b)
      const row = sines.find(z)
      const column = turns.find(turn)
      cells[p] = row < 0 || column < 0 ? -1 : row * grid.columns + column
    }
  }
}
