// A grid whose cells have four corners anywhere on the globe, and great circles as sides.
import { fractions } from "./bilinear.js"
import { CellFinder } from "./cell_finder.js"
import { CellSides, ROUNDING, sharedSide } from "./cell_sides.js"
import { placeOf, RADIAN, vectorOf, wrapped } from "./sphere.js"

/** @typedef {import("./sphere.js").Place} Place */
/** @typedef {import("./sphere.js").Vector} Vector */

/** Tripolar and other curvilinear grids; copies of cells are never found. */
export class CurvilinearGrid {
  /**
   * @param {number} rows
   * @param {number} columns
   * @param {Float32Array | Float64Array | Int32Array} cornerLongitude four per cell, counterclockwise [degrees]
   * @param {Float32Array | Float64Array | Int32Array} cornerLatitude
   * @param {Int32Array} original cell of which a position is a copy, its own otherwise
   */
  constructor(rows, columns, cornerLongitude, cornerLatitude, original) {
    this.kind = /** @type {const} */ ("curvilinear")
    this.rows = rows
    this.columns = columns
    this.size = rows * columns
    this.cornerLongitude = cornerLongitude
    this.cornerLatitude = cornerLatitude
    this.original = original
    this.sides = new CellSides(this.size)
    this.finder = new CellFinder(this.size)
    const vectors = new Float64Array(12 * this.size)
    for (let cell = 0; cell < this.size; cell++) {
      if (original[cell] !== cell) continue
      const corners = this.corners(cell)
      corners.forEach((corner, k) => vectors.set(corner, 12 * cell + 3 * k))
      this.sides.enter(cell, corners)
    }
    const cells = Int32Array.from(original.keys()).filter((cell) => this.sides.has(cell))
    for (let pass = 0; pass < 2; pass++) {
      for (const cell of cells) this.finder.add(cell, vectors, pass)
      this.finder.next()
    }
    /** Length of the first sides of cells, in the mean [degrees]. */
    this.typicalSize = this.sides.meanLength() / RADIAN
    /** Cells over the four sides of each cell, -1 where there is none. */
    this.links = new Int32Array(4 * this.size).fill(-1)
    for (const cell of cells) this.link(cell, vectors)
  }

  /**
   * Corners of a position as unit vectors; not numbers where the file has none.
   * @param {number} cell
   * @returns {[Vector, Vector, Vector, Vector]}
   */
  corners(cell) {
    /** @param {number} k */
    const corner = (k) => {
      const latitude = this.cornerLatitude[4 * cell + k]
      return vectorOf(this.cornerLongitude[4 * cell + k], Math.abs(latitude) < 90.001 ? latitude : NaN)
    }
    return [corner(0), corner(1), corner(2), corner(3)]
  }

  /**
   * Note over which sides of a cell its neighbours lie: those by row and column, at the rim of the arrays also those
   * just over a side. Corners may begin anywhere.
   * @param {number} cell
   * @param {Float64Array} vectors four corners of three numbers for each position
   */
  link(cell, vectors) {
    const column = cell % this.columns
    const row = (cell - column) / this.columns
    for (const [right, up] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) {
      const i = column + right
      const j = row + up
      if (i < 0 || j < 0 || i >= this.columns || j >= this.rows) continue
      const next = this.original[j * this.columns + i]
      if (next === cell || next < 0 || !this.sides.has(next)) continue
      const side = sharedSide(vectors, cell, next)
      if (side >= 0 && this.links[4 * cell + side] < 0) this.links[4 * cell + side] = next
    }
    if (row > 0 && column > 0 && row < this.rows - 1 && column < this.columns - 1) return
    for (let side = 0; side < 4; side++) if (this.links[4 * cell + side] < 0) this.links[4 * cell + side] = this.over(cell, side)
  }

  /**
   * Cell just over a side; -1 where there is none.
   * @param {number} cell
   * @param {number} side
   */
  over(cell, side) {
    const corners = this.corners(cell)
    const a = corners[side]
    const b = corners[(side + 1) % 4]
    const k = 12 * cell + 3 * side
    const step = 1e-3 // of the length of the side, which is also that of its normal
    const v = [0, 1, 2].map((d) => (a[d] + b[d]) / 2 - step * this.sides.normals[k + d])
    const length = Math.hypot(v[0], v[1], v[2])
    const found = this.find(v[0] / length, v[1] / length, v[2] / length)
    return found === cell ? -1 : found // a side without a length leads nowhere
  }

  /**
   * Cell that holds a unit vector, by looking at all that are near; -1 where there is none.
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  find(x, y, z) {
    const { cells, first } = this.finder
    const box = this.finder.boxOf(x, y, z)
    for (let k = first[box]; k < first[box + 1]; k++) if (this.sides.hold(cells[k], x, y, z)) return cells[k]
    return -1
  }

  /**
   * Cell that holds a unit vector, by walking over sides from a cell that is near.
   * @param {number} start
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  walk(start, x, y, z) {
    const { normals: s, bent } = this.sides
    let cell = start
    for (let steps = 0; steps < 12 && cell >= 0; steps++) {
      const k = 12 * cell
      let side = 0
      let least = s[k] * x + s[k + 1] * y + s[k + 2] * z
      for (let other = 1; other < 4; other++) {
        const m = k + 3 * other
        const distance = s[m] * x + s[m + 1] * y + s[m + 2] * z
        if (distance < least) {
          least = distance
          side = other
        }
      }
      if (bent.has(cell)) break
      if (least >= -ROUNDING) return cell
      cell = this.links[4 * cell + side]
    }
    return this.find(x, y, z)
  }

  /**
   * @param {number} longitude
   * @param {number} latitude
   */
  cellAt(longitude, latitude) {
    if (!(Math.abs(latitude) <= 90)) return -1
    const [x, y, z] = vectorOf(longitude, latitude)
    return this.find(x, y, z)
  }

  /**
   * Middle of a cell [degrees].
   * @param {number} cell
   * @returns {Place}
   */
  centre(cell) {
    const [a, b, c, d] = this.corners(cell)
    return placeOf(a[0] + b[0] + c[0] + d[0], a[1] + b[1] + c[1] + d[1], a[2] + b[2] + c[2] + d[2])
  }

  /**
   * Corners, counterclockwise.
   * @param {number} cell
   * @returns {Place[]}
   */
  outline(cell) {
    return [0, 1, 2, 3].map((k) => [wrapped(this.cornerLongitude[4 * cell + k]), this.cornerLatitude[4 * cell + k]])
  }

  /** @param {number} cell */
  originalOf(cell) {
    return this.original[cell]
  }

  /**
   * Cell over a side, -1 where there is none; sides are the grid's south, east, north and west where corners begin in
   * the south-west.
   * @param {number} cell
   * @param {number} side
   */
  neighbour(cell, side) {
    return this.links[4 * this.original[cell] + side]
  }

  /**
   * Cells over the four sides.
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
    const [a, b, c, d] = this.corners(j * this.columns + i)
    const s = column - i
    const t = row - j
    const weights = [(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t]
    /** @param {number} k */
    const mean = (k) => weights[0] * a[k] + weights[1] * b[k] + weights[2] * c[k] + weights[3] * d[k]
    const place = placeOf(mean(0), mean(1), mean(2))
    return Number.isNaN(place[0]) ? null : place
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
    const [s, t] = fractions(this.corners(cell), vectorOf(longitude, latitude))
    out[0] = (cell % this.columns) + s
    out[1] = Math.floor(cell / this.columns) + t
    return true
  }
}
