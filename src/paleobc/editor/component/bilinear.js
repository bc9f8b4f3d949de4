// Where in a cell with four corners a place lies.
import { cross, dot } from "./sphere.js"

/** @typedef {import("./sphere.js").Vector} Vector */

/**
 * Where in a cell a place lies: parts of the way from side 3 to side 1, and from side 0 to side 2.
 * @param {[Vector, Vector, Vector, Vector]} corners
 * @param {Vector} v
 * @returns {[number, number]}
 */
export function fractions(corners, v) {
  const e = cross(Math.abs(v[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0], v)
  const f = cross(v, e)
  const [p0, p1, p2, p3] = corners.map((c) => [dot(e, c), dot(f, c)])
  let s = 0.5
  let t = 0.5
  for (let n = 0; n < 12; n++) { // Newton's way to the bilinear map's zero
    const [x, y] = [0, 1].map((k) => (1 - t) * ((1 - s) * p0[k] + s * p1[k]) + t * ((1 - s) * p3[k] + s * p2[k]))
    const [xs, ys] = [0, 1].map((k) => (1 - t) * (p1[k] - p0[k]) + t * (p2[k] - p3[k]))
    const [xt, yt] = [0, 1].map((k) => (1 - s) * (p3[k] - p0[k]) + s * (p2[k] - p1[k]))
    const determinant = xs * yt - xt * ys
    if (Math.abs(determinant) < 1e-30) break
    s -= (x * yt - xt * y) / determinant
    t -= (xs * y - x * ys) / determinant
  }
  const most = 1 - 1e-9
  return [Math.min(most, Math.max(0, s)), Math.min(most, Math.max(0, t))]
}
