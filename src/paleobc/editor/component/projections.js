// Map projections: places on the globe to a plane [degrees at its middle] and back, one by one and in rows of pixels.
import { RADIAN, wrapped } from "./sphere.js"
import { CellPlane } from "./cell_plane.js"

/** @typedef {"plate" | "globe" | "north" | "south" | "cells"} ViewKind */
/** @typedef {import("./grid.js").AnyGrid} AnyGrid */

/**
 * What every projection does; plane coordinates grow to the right and upwards, the middle of the screen is (0, 0).
 * @typedef {object} Projection
 * @property {(longitude: number, latitude: number, out: Float64Array) => boolean} forward
 *   plane coordinates of a place in `out`; false where it is not on the map
 * @property {(x: number, y: number, out: Float64Array) => boolean} inverse
 *   longitude and latitude in `out`; false off the map
 * @property {(y: number, x: number, step: number, vectors: Rows) => void} row
 *   unit vectors of a row of points, the first at x; not a number off the map
 */
/** @typedef {{x: Float64Array, y: Float64Array, z: Float64Array}} Rows unit vectors of a row of pixels */

/** Polar views end at this latitude of the other hemisphere [degrees]. */
const POLAR_END = -30

/** Longitude to the right, latitude upwards; the map ends half way around from its middle. */
class Plate {
  /** @param {[number, number]} centre */
  constructor(centre) {
    this.centre = centre
    this.key = NaN
    this.cosine = new Float64Array(0)
    this.sine = new Float64Array(0)
  }

  /** @type {Projection["forward"]} */
  forward(longitude, latitude, out) {
    out[0] = wrapped(longitude - this.centre[0])
    out[1] = latitude - this.centre[1]
    return true
  }

  /** @type {Projection["inverse"]} */
  inverse(x, y, out) {
    const latitude = y + this.centre[1]
    if (!(x >= -180 && x <= 180 && latitude >= -90 && latitude <= 90)) return false
    out[0] = wrapped(x + this.centre[0])
    out[1] = latitude
    return true
  }

  /** @type {Projection["row"]} */
  row(y, x, step, vectors) {
    const count = vectors.x.length
    if (this.cosine.length !== count || this.key !== x + 1000 * step) this.columns(x, step, count)
    const latitude = (y + this.centre[1]) * RADIAN
    const c = Math.abs(latitude) <= Math.PI / 2 ? Math.cos(latitude) : NaN
    const s = Math.sin(latitude)
    for (let i = 0; i < count; i++) {
      vectors.x[i] = c * this.cosine[i]
      vectors.y[i] = c * this.sine[i]
      vectors.z[i] = s
    }
  }

  /**
   * Directions of the columns of pixels, the same in every row.
   * @param {number} x
   * @param {number} step
   * @param {number} count
   */
  columns(x, step, count) {
    this.key = x + 1000 * step
    this.cosine = new Float64Array(count)
    this.sine = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const ahead = x + i * step
      const longitude = Math.abs(ahead) <= 180 ? (this.centre[0] + ahead) * RADIAN : NaN
      this.cosine[i] = Math.cos(longitude)
      this.sine[i] = Math.sin(longitude)
    }
  }
}

/** The globe as seen from far away (orthographic). */
class Globe {
  /** @param {[number, number]} centre */
  constructor(centre) {
    this.centre = centre
    this.c = Math.cos(centre[1] * RADIAN)
    this.s = Math.sin(centre[1] * RADIAN)
    this.turnCosine = Math.cos(centre[0] * RADIAN)
    this.turnSine = Math.sin(centre[0] * RADIAN)
  }

  /** @type {Projection["forward"]} */
  forward(longitude, latitude, out) {
    const a = (longitude - this.centre[0]) * RADIAN
    const cosine = Math.cos(latitude * RADIAN)
    const sine = Math.sin(latitude * RADIAN)
    const ahead = cosine * Math.cos(a)
    out[0] = cosine * Math.sin(a) / RADIAN
    out[1] = (this.c * sine - this.s * ahead) / RADIAN
    return this.s * sine + this.c * ahead >= 0
  }

  /** @type {Projection["inverse"]} */
  inverse(x, y, out) {
    const right = x * RADIAN
    const up = y * RADIAN
    const square = 1 - right * right - up * up
    if (!(square >= 0)) return false
    const near = Math.sqrt(square)
    const ahead = near * this.c - up * this.s
    out[0] = wrapped(this.centre[0] + Math.atan2(right, ahead) / RADIAN)
    out[1] = Math.atan2(up * this.c + near * this.s, Math.hypot(right, ahead)) / RADIAN
    return true
  }

  /** @type {Projection["row"]} */
  row(y, x, step, vectors) {
    const { c, s, turnCosine, turnSine } = this
    const up = y * RADIAN
    for (let i = 0; i < vectors.x.length; i++) {
      const right = (x + i * step) * RADIAN
      const near = Math.sqrt(1 - right * right - up * up) // not a number beside the globe
      const ahead = near * c - up * s
      vectors.x[i] = ahead * turnCosine - right * turnSine
      vectors.y[i] = ahead * turnSine + right * turnCosine
      vectors.z[i] = up * c + near * s
    }
  }
}

/**
 * Middle of the globe with which a place lies at a point of the plane, as nearly as can be; north stays up.
 * @param {[number, number]} place
 * @param {number} x
 * @param {number} y
 * @param {number} tilt latitude of the middle before; of two ways the nearer one is taken
 * @returns {[number, number]}
 */
export function turnedGlobe(place, x, y, tilt) {
  const right = x * RADIAN
  const up = y * RADIAN
  const near = Math.sqrt(Math.max(0, 1 - right * right - up * up))
  const sine = Math.sin(place[1] * RADIAN) / (Math.hypot(up, near) || 1)
  const angle = Math.asin(Math.max(-1, Math.min(1, sine)))
  const ways = [angle, Math.PI - angle].map((way) => wrapped((way - Math.atan2(up, near)) / RADIAN))
  const nearer = Math.abs(ways[0] - tilt) <= Math.abs(ways[1] - tilt) ? ways[0] : ways[1]
  const latitude = Math.max(-90, Math.min(90, nearer))
  const ahead = near * Math.cos(latitude * RADIAN) - up * Math.sin(latitude * RADIAN)
  return [wrapped(place[0] - Math.atan2(right, ahead) / RADIAN), latitude]
}

/** One pole in the middle (polar stereographic): angles are true. Greenwich points down in the north, up in the south. */
class Polar {
  /**
   * @param {[number, number]} centre place in the middle of the screen
   * @param {1 | -1} side 1 north, -1 south
   */
  constructor(centre, side) {
    this.side = side
    this.largest = 2 * Math.tan((90 - POLAR_END) / 2 * RADIAN)
    const out = new Float64Array(2)
    this.atX = 0
    this.atY = 0
    this.forward(centre[0], centre[1], out)
    this.atX = out[0]
    this.atY = out[1]
  }

  /** @type {Projection["forward"]} */
  forward(longitude, latitude, out) {
    const radius = 2 * Math.tan((90 - this.side * latitude) / 2 * RADIAN)
    const a = longitude * RADIAN
    out[0] = radius * Math.sin(a) / RADIAN - this.atX
    out[1] = -this.side * radius * Math.cos(a) / RADIAN - this.atY
    return radius <= this.largest * (1 + 1e-12)
  }

  /** @type {Projection["inverse"]} */
  inverse(x, y, out) {
    const right = (x + this.atX) * RADIAN
    const down = -this.side * (y + this.atY) * RADIAN
    const radius = Math.hypot(right, down)
    if (!(radius <= this.largest)) return false
    out[0] = wrapped(Math.atan2(right, down) / RADIAN)
    out[1] = this.side * (90 - 2 * Math.atan(radius / 2) / RADIAN)
    return true
  }

  /** @type {Projection["row"]} */
  row(y, x, step, vectors) {
    const down = -this.side * (y + this.atY) * RADIAN
    const most = this.largest * this.largest
    for (let i = 0; i < vectors.x.length; i++) {
      const right = (x + i * step + this.atX) * RADIAN
      const square = right * right + down * down
      const scale = square <= most ? 1 / (1 + square / 4) : NaN
      vectors.x[i] = down * scale
      vectors.y[i] = right * scale
      vectors.z[i] = this.side * (1 - square / 4) * scale
    }
  }
}

/**
 * Projection of a kind about the middle of the screen.
 * @param {ViewKind} kind
 * @param {[number, number]} centre
 * @param {AnyGrid} grid
 * @returns {Projection}
 */
export function projectionOf(kind, centre, grid) {
  switch (kind) {
    case "plate":
      return new Plate(centre)
    case "globe":
      return new Globe(centre)
    case "north":
      return new Polar(centre, 1)
    case "south":
      return new Polar(centre, -1)
    default:
      return new CellPlane(centre, grid)
  }
}
