// The grid's own view: columns to the right, rows upwards, every position a square.
import { vectorOf } from "./sphere.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./projections.js").Projection} Projection */

/** Plane whose unit is a cell; its middle is a column and a row. */
export class CellPlane {
  /**
   * @param {[number, number]} centre column and row, counted from the south-western corner
   * @param {AnyGrid} grid
   */
  constructor(centre, grid) {
    this.centre = centre
    this.grid = grid
  }

  /** @type {Projection["forward"]} */
  forward(longitude, latitude, out) {
    if (!this.grid.positionOf(longitude, latitude, out)) return false
    out[0] -= this.centre[0]
    out[1] -= this.centre[1]
    return true
  }

  /** @type {Projection["inverse"]} */
  inverse(x, y, out) {
    const column = x + this.centre[0]
    const row = y + this.centre[1]
    if (!(column >= 0 && row >= 0 && column < this.grid.columns && row < this.grid.rows)) return false
    const place = this.grid.placeAt(column, row)
    if (place === null) return false
    out[0] = place[0]
    out[1] = place[1]
    return true
  }

  /** @type {Projection["row"]} */
  row(y, x, step, vectors) {
    const out = new Float64Array(2)
    for (let i = 0; i < vectors.x.length; i++) {
      const found = this.inverse(x + i * step, y, out)
      const vector = found ? vectorOf(out[0], out[1]) : [NaN, NaN, NaN]
      vectors.x[i] = vector[0]
      vectors.y[i] = vector[1]
      vectors.z[i] = vector[2]
    }
  }
}

/**
 * Column and row at a point of the screen, the nearest on the grid; null in all other views.
 * @param {import("./view.js").View} view
 * @param {number} x
 * @param {number} y
 * @returns {[number, number] | null}
 */
export function positionAt(view, x, y) {
  if (view.kind !== "cells") return null
  const { centre, scale, width, height, grid } = view
  const column = Math.floor(centre[0] + (x - width / 2) / scale)
  const row = Math.floor(centre[1] + (height / 2 - y) / scale)
  return [Math.min(grid.columns - 1, Math.max(0, column)), Math.min(grid.rows - 1, Math.max(0, row))]
}

/**
 * Path around columns and rows on the screen.
 * @param {[number, number, number, number]} positions first column and row, and those behind the last
 * @param {import("./view.js").View} view
 */
export function positionsPath([left, bottom, right, top], view) {
  const { centre, scale, width, height } = view
  const path = new Path2D()
  path.rect(width / 2 + (left - centre[0]) * scale, height / 2 - (top - centre[1]) * scale, (right - left) * scale, (top - bottom) * scale)
  return path
}
