// The sides of cells as great circles: which cell holds a point of the globe.
import { cross, dot } from "./sphere.js"

/** @typedef {import("./sphere.js").Vector} Vector */

/** A point so little outside a side still belongs to the cell: rounding leaves no gaps. */
export const ROUNDING = 1e-14
/** Less than this is no area [square radians]. */
const NO_AREA = 1e-15

/** Corners closer than this are one [square radians]. */
const NO_LENGTH = 1e-20
/** Neighbours may lie this part of their side apart, squared. */
const TOUCHING = 0.01

/** Four sides of each cell; positions that are not entered hold nothing. */
export class CellSides {
  /** @param {number} size number of positions */
  constructor(size) {
    /** Normals of the planes of the sides, as long as the sides and pointing inwards; zero in no cells. */
    this.normals = new Float64Array(12 * size)
    /**
     * Cells with a corner that points inwards, and the plane that cuts them in two there.
     * @type {Map<number, {corner: number, normal: Vector}>}
     */
    this.bent = new Map()
  }

  /**
   * @param {number} cell
   * @param {Vector[]} corners in turn, one way or the other
   */
  enter(cell, corners) {
    const area = dot(cross(corners[0], corners[1]), corners[2]) + dot(cross(corners[0], corners[2]), corners[3])
    if (!(Math.abs(area) > NO_AREA)) return // also where a corner is not a number
    const sign = Math.sign(area)
    for (let k = 0; k < 4; k++) {
      const normal = cross(corners[k], corners[(k + 1) % 4])
      for (let d = 0; d < 3; d++) this.normals[12 * cell + 3 * k + d] = sign * normal[d]
    }
    const corner = corners.findIndex((v, k) => sign * dot(cross(corners[(k + 3) % 4], v), corners[(k + 1) % 4]) < -ROUNDING)
    if (corner < 0) return
    const cut = cross(corners[corner], corners[(corner + 2) % 4])
    this.bent.set(cell, { corner, normal: [sign * cut[0], sign * cut[1], sign * cut[2]] })
  }

  /**
   * Whether a position is a cell with an area of its own.
   * @param {number} cell
   */
  has(cell) {
    for (let k = 12 * cell; k < 12 * cell + 12; k++) if (this.normals[k] !== 0) return true
    return false
  }

  /** Length of the first side of cells, in the mean [radians]. */
  meanLength() {
    let sum = 0
    let count = 0
    for (let k = 0; k < this.normals.length; k += 12) {
      const length = Math.hypot(this.normals[k], this.normals[k + 1], this.normals[k + 2])
      sum += length
      if (length > 0) count++
    }
    return count ? sum / count : 1
  }

  /**
   * Whether a cell that was entered holds a unit vector.
   * @param {number} cell
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  hold(cell, x, y, z) {
    const s = this.normals
    const k = 12 * cell
    const a = s[k] * x + s[k + 1] * y + s[k + 2] * z >= -ROUNDING
    const b = s[k + 3] * x + s[k + 4] * y + s[k + 5] * z >= -ROUNDING
    const c = s[k + 6] * x + s[k + 7] * y + s[k + 8] * z >= -ROUNDING
    const d = s[k + 9] * x + s[k + 10] * y + s[k + 11] * z >= -ROUNDING
    const bent = this.bent.size ? this.bent.get(cell) : undefined
    if (!bent) return a && b && c && d
    const inside = [a, b, c, d]
    const [first, second] = [bent.corner, bent.corner + 2]
    const side = bent.normal[0] * x + bent.normal[1] * y + bent.normal[2] * z
    if (side <= 0 && inside[first % 4] && inside[(first + 1) % 4]) return true
    return side >= 0 && inside[second % 4] && inside[(second + 1) % 4]
  }
}

/**
 * The side of a cell whose ends lie at corners of another; -1 where they share none, or no more than a corner.
 * @param {Float64Array} vectors four corners of three numbers for each position
 * @param {number} cell
 * @param {number} other
 */
export function sharedSide(vectors, cell, other) {
  let found = -1
  let least = TOUCHING
  for (let side = 0; side < 4; side++) {
    const from = 12 * cell + 3 * side
    const to = 12 * cell + 3 * ((side + 1) % 4)
    const square = squareBetween(vectors, from, to)
    if (square < NO_LENGTH) continue
    const apart = (nearestCorner(vectors, from, other) + nearestCorner(vectors, to, other)) / square
    if (apart >= least) continue
    least = apart
    found = side
  }
  return found
}

/**
 * @param {Float64Array} vectors
 * @param {number} corner
 * @param {number} other
 */
function nearestCorner(vectors, corner, other) {
  let least = Infinity
  for (let k = 0; k < 4; k++) least = Math.min(least, squareBetween(vectors, corner, 12 * other + 3 * k))
  return least
}

/**
 * Square of the distance between two corners.
 * @param {Float64Array} v
 * @param {number} a
 * @param {number} b
 */
function squareBetween(v, a, b) {
  return (v[a] - v[b]) ** 2 + (v[a + 1] - v[b + 1]) ** 2 + (v[a + 2] - v[b + 2]) ** 2
}
