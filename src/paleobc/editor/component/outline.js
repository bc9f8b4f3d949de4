// Outlines of drawn shapes as lines of places, as the edits understand them.
import { bearing, EARTH_RADIUS_KM, greatCircle, placeTowards, RADIAN, wrapped } from "./sphere.js"

/** @typedef {import("./sphere.js").Place} Place */
/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {Record<string, any>} Shape plain data of a shape, as in lists of edits */

/** Parts of outlines are at most so long [degrees]. */
const SPACING = 1
/** Cells of a list are outlined one by one up to so many; more are shown by the selection alone. */
const MOST_CELLS = 200

/**
 * Lines of places around a shape, and along its strokes.
 * @param {Shape} shape
 * @param {AnyGrid} grid
 * @param {boolean} open whether a polygon is not closed yet
 * @returns {Place[][]}
 */
export function outlineOf(shape, grid, open = false) {
  if (shape.box) return boxLines(shape.box)
  if (shape.polygon) return [polygonLine(shape.polygon, open)]
  if (shape.line) return strokeLines(shape.line, (shape.width_km ?? 0) / 2)
  if (shape.brush) return strokeLines(shape.brush, shape.radius_km ?? 0)
  if (shape.cells) return cellLines(shape.cells, grid)
  for (const how of ["union", "intersection", "difference"]) {
    if (shape[how]) return shape[how].flatMap((/** @type {Shape} */ part) => outlineOf(part, grid))
  }
  return []
}

/**
 * A box runs along parallels and meridians, from west going east; all around the globe where both are the same.
 * @param {[number, number, number, number]} box west, south, east, north
 * @returns {Place[][]}
 */
export function boxLines([west, south, east, north]) {
  const around = (((east - west) % 360) + 360) % 360
  const width = around === 0 ? 360 : around
  const bottom = straight([west, south], [west + width, south])
  const top = straight([west + width, north], [west, north])
  if (around === 0) return [bottom, top]
  return [[...bottom, ...straight([west + width, south], [west + width, north]), ...top, ...straight([west, north], [west, south])]]
}

/**
 * Sides of a polygon are straight in longitude and latitude and go the short way.
 * @param {Place[]} points
 * @param {boolean} open
 * @returns {Place[]}
 */
export function polygonLine(points, open = false) {
  const ends = open || points.length < 3 ? points : [...points, points[0]]
  /** @type {Place[]} */
  const line = ends.length ? [[ends[0][0], ends[0][1]]] : []
  for (let k = 1; k < ends.length; k++) {
    const from = line[line.length - 1]
    line.push(...straight(from, [from[0] + wrapped(ends[k][0] - from[0]), ends[k][1]]).slice(1))
  }
  return line
}

/**
 * A stroke of great circles, and the rim of the band around it.
 * @param {Place[]} points
 * @param {number} radiusKm half the width of the band
 * @returns {Place[][]}
 */
export function strokeLines(points, radiusKm) {
  /** @type {Place[]} */
  const middle = points.length ? [points[0]] : []
  for (let k = 1; k < points.length; k++) middle.push(...greatCircle(points[k - 1], points[k], SPACING).slice(1))
  const lines = points.length > 1 ? [middle] : []
  if (radiusKm > 0 && points.length) lines.push(rim(middle, Math.min(89.9, radiusKm / EARTH_RADIUS_KM / RADIAN)))
  return lines
}

/**
 * Rim of a band around a line: along its right, around its end, back along its left, around its start.
 * @param {Place[]} line
 * @param {number} angle half the width [degrees]
 * @returns {Place[]}
 */
function rim(line, angle) {
  const places = line.filter((place, k) => k === 0 || place[0] !== line[k - 1][0] || place[1] !== line[k - 1][1])
  if (places.length === 1) return arc(places[0], 0, 360, angle)
  /** @type {Place[]} */
  const points = []
  for (const way of [places, places.slice().reverse()]) {
    for (let k = 0; k < way.length - 1; k++) {
      points.push(placeTowards(way[k], bearing(way[k], way[k + 1]) + 90, angle))
      points.push(placeTowards(way[k + 1], bearing(way[k + 1], way[k]) - 90, angle))
    }
    const end = way[way.length - 1]
    const ahead = bearing(end, way[way.length - 2]) + 180
    points.push(...arc(end, ahead + 90, ahead - 90, angle))
  }
  points.push(points[0])
  return points
}

/**
 * Places on a circle about a place, from one bearing to another.
 * @param {Place} centre
 * @param {number} from [degrees]
 * @param {number} to [degrees]
 * @param {number} angle radius [degrees]
 * @returns {Place[]}
 */
function arc(centre, from, to, angle) {
  const parts = Math.ceil(Math.abs(to - from) / 10)
  return Array.from({ length: parts + 1 }, (_, k) => placeTowards(centre, from + (to - from) * k / parts, angle))
}

/**
 * @param {[number, number][]} cells rows and columns
 * @param {AnyGrid} grid
 * @returns {Place[][]}
 */
function cellLines(cells, grid) {
  return cells.length > MOST_CELLS ? [] : cells.map(([row, column]) => {
    const corners = grid.outline(row * grid.columns + column)
    return [...corners, corners[0]]
  })
}

/**
 * Places on a line that is straight in longitude and latitude.
 * @param {Place} from
 * @param {Place} to
 * @returns {Place[]}
 */
function straight(from, to) {
  const parts = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) / SPACING))
  return Array.from({ length: parts + 1 }, (_, k) => {
    const s = k / parts
    return [from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])]
  })
}
