// A grid whose cells lie between meridians and parallels.
import { EdgeTable } from "./edge_table.js"
import { RADIAN, wrapped } from "./sphere.js"

/** @typedef {import("./sphere.js").Place} Place */

/** Regular and rectilinear grids: rows from south to north, columns from west to east. */
export class AxisGrid {
  /**
   * @param {"regular" | "rectilinear"} kind
   * @param {Float64Array} longitudeEdges rising [degrees], one more than columns
   * @param {Float64Array} latitudeEdges rising [degrees], one more than rows
   */
  constructor(kind, longitudeEdges, latitudeEdges) {
    this.kind = kind
    this.rows = latitudeEdges.length - 1
    this.columns = longitudeEdges.length - 1
    this.size = this.rows * this.columns
    this.latitudeEdges = latitudeEdges
    this.longitudeEdges = longitudeEdges
    this.west = longitudeEdges[0]
    /** Height of a row in the mean [degrees]. */
    this.typicalSize = (latitudeEdges[this.rows] - latitudeEdges[0]) / this.rows
    this.isPeriodic = longitudeEdges[this.columns] - this.west > 360 - 1e-6
    this.east = longitudeEdges.map((edge) => edge - this.west)
    if (this.isPeriodic) this.east[this.columns] = 360
    this.latitudeTable = new EdgeTable(closed(latitudeEdges, 90))
    this.longitudeTable = new EdgeTable(this.east)
    this.sineTable = new EdgeTable(closed(latitudeEdges.map((edge) => Math.sin(edge * RADIAN)), 1))
    this.turnTable = new EdgeTable(turnsOf(this.east))
  }

  /**
   * Row that holds a latitude [degrees], -1 outside; the north pole belongs to the last.
   * @param {number} latitude
   */
  rowAt(latitude) {
    return this.latitudeTable.find(latitude)
  }

  /**
   * Column that holds a longitude [degrees], -1 outside.
   * @param {number} longitude
   */
  columnAt(longitude) {
    const ahead = (((longitude - this.west) % 360) + 360) % 360
    return this.longitudeTable.find(ahead)
  }

  /**
   * @param {number} longitude
   * @param {number} latitude
   */
  cellAt(longitude, latitude) {
    const row = this.rowAt(latitude)
    const column = this.columnAt(longitude)
    return row < 0 || column < 0 ? -1 : row * this.columns + column
  }

  /**
   * Middle of a cell [degrees].
   * @param {number} cell
   * @returns {Place}
   */
  centre(cell) {
    const place = this.placeAt((cell % this.columns) + 0.5, Math.floor(cell / this.columns) + 0.5)
    return place ?? [NaN, NaN]
  }

  /**
   * Corners from the south-western one, counterclockwise; eastern longitudes may exceed 180.
   * @param {number} cell
   * @returns {Place[]}
   */
  outline(cell) {
    const row = Math.floor(cell / this.columns)
    const column = cell % this.columns
    const [west, east] = [this.longitudeEdges[column], this.longitudeEdges[column + 1]]
    const [south, north] = [this.latitudeEdges[row], this.latitudeEdges[row + 1]]
    return [[west, south], [east, south], [east, north], [west, north]]
  }

  /** @param {number} cell */
  originalOf(cell) {
    return cell
  }

  /**
   * Cell over a side: 0 south, 1 east, 2 north, 3 west; -1 where there is none.
   * @param {number} cell
   * @param {number} side
   */
  neighbour(cell, side) {
    const { columns } = this
    if (side === 0) return cell >= columns ? cell - columns : -1
    if (side === 2) return cell + columns < this.size ? cell + columns : -1
    const column = cell % columns
    if (side === 1) return column < columns - 1 ? cell + 1 : this.isPeriodic ? cell + 1 - columns : -1
    return column > 0 ? cell - 1 : this.isPeriodic ? cell - 1 + columns : -1
  }

  /**
   * Cells in the south, east, north and west; -1 where there is none.
   * @param {number} cell
   * @returns {[number, number, number, number]}
   */
  neighbours(cell) {
    return [this.neighbour(cell, 0), this.neighbour(cell, 1), this.neighbour(cell, 2), this.neighbour(cell, 3)]
  }

  /**
   * Place at a column and a row with their fractions; null outside.
   * @param {number} column
   * @param {number} row
   * @returns {Place | null}
   */
  placeAt(column, row) {
    const i = Math.floor(column)
    const j = Math.floor(row)
    if (!(i >= 0 && j >= 0 && i < this.columns && j < this.rows)) return null
    const { longitudeEdges, latitudeEdges } = this
    const longitude = longitudeEdges[i] + (column - i) * (longitudeEdges[i + 1] - longitudeEdges[i])
    return [wrapped(longitude), latitudeEdges[j] + (row - j) * (latitudeEdges[j + 1] - latitudeEdges[j])]
  }

  /**
   * Column and row of a place with their fractions in `out`; false outside.
   * @param {number} longitude
   * @param {number} latitude
   * @param {Float64Array} out
   */
  positionOf(longitude, latitude, out) {
    const cell = this.cellAt(longitude, latitude)
    if (cell < 0) return false
    const column = cell % this.columns
    const row = Math.floor(cell / this.columns)
    const ahead = (((longitude - this.west) % 360) + 360) % 360
    out[0] = column + (ahead - this.east[column]) / (this.east[column + 1] - this.east[column])
    const south = this.latitudeEdges[row]
    out[1] = row + (latitude - south) / (this.latitudeEdges[row + 1] - south)
    return true
  }
}

/**
 * Measure of the angle of a direction, rising from 0 to 4 around the circle, by one division.
 * @param {number} x
 * @param {number} y
 */
function turn(x, y) {
  if (y >= 0) return x >= 0 ? y / (x + y) : 1 - x / (y - x)
  return x < 0 ? 2 - y / (-x - y) : 3 + x / (x - y)
}

/**
 * The measure `turn` of rising angles [degrees], the last up to 360.
 * @param {Float64Array} angles
 */
function turnsOf(angles) {
  return angles.map((angle, k) => {
    if (k === 0) return 0
    return angle >= 360 ? 4 + 1e-9 : turn(Math.cos(angle * RADIAN), Math.sin(angle * RADIAN))
  })
}

/**
 * Edges whose ends reach a little beyond the poles, so that rounding loses no point there.
 * @param {Float64Array} edges
 * @param {number} end
 */
function closed(edges, end) {
  const copy = edges.slice()
  const last = copy.length - 1
  if (copy[0] <= -end + 1e-12 * end) copy[0] = -end - 1e-9
  if (copy[last] >= end - 1e-12 * end) copy[last] = end + 1e-9
  return copy
}
