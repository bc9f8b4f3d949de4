// The grid of a field: which cell holds a place, and where a cell lies.
import { AxisGrid } from "./axis_grid.js"
import { CurvilinearGrid } from "./curvilinear_grid.js"

/** @typedef {AxisGrid | CurvilinearGrid} AnyGrid */
/** @typedef {Float32Array | Float64Array | Int32Array | {values: any, shape?: number[]}} AnyArray */
/**
 * @typedef {object} GeometryData
 * @property {string} kind "regular", "rectilinear" or "curvilinear"
 * @property {number} rows
 * @property {number} columns
 * @property {number} [west]
 * @property {number} [longitude_step]
 * @property {number} [south]
 * @property {number} [latitude_step]
 */

/** Makes grids; cells are flat indices row * columns + column. */
export class Grid {
  /**
   * Grid of the answer of `geometry`.
   * @param {{data: GeometryData, arrays?: Record<string, AnyArray>}} geometry
   * @returns {AnyGrid}
   */
  static of({ data, arrays = {} }) {
    const { rows, columns } = data
    if (data.kind === "curvilinear") {
      const longitude = numbersOf(arrays, "corner_longitude")
      const latitude = numbersOf(arrays, "corner_latitude")
      return new CurvilinearGrid(rows, columns, longitude, latitude, Int32Array.from(numbersOf(arrays, "original")))
    }
    if (data.kind === "rectilinear") {
      const longitudes = Float64Array.from(numbersOf(arrays, "longitude_edges"))
      return new AxisGrid("rectilinear", longitudes, Float64Array.from(numbersOf(arrays, "latitude_edges")))
    }
    const { west = -180, south = -90, longitude_step = 360 / columns, latitude_step = 180 / rows } = data
    return new AxisGrid("regular", edges(west, longitude_step, columns), edges(south, latitude_step, rows))
  }
}

/**
 * @param {number} first
 * @param {number} step
 * @param {number} count
 */
function edges(first, step, count) {
  return Float64Array.from({ length: count + 1 }, (_, k) => first + k * step)
}

/**
 * @param {Record<string, AnyArray>} arrays
 * @param {string} name
 * @returns {Float32Array | Float64Array | Int32Array}
 */
function numbersOf(arrays, name) {
  const found = arrays[name]
  if (!found) throw new Error(`The geometry of the grid lacks ${name}.`)
  return "values" in found && !ArrayBuffer.isView(found) ? found.values : found
}
