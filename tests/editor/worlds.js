// Small grids for the tests, and random numbers that are the same in every run.
import { Grid } from "../../src/paleobc/editor/component/grid.js"
import { vectorOf } from "../../src/paleobc/editor/component/sphere.js"

/** Random numbers from 0 to 1 (mulberry32). @param {number} seed */
export function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A place anywhere on the globe, as likely in every square kilometre. @param {() => number} random */
export function randomPlace(random) {
  return [360 * random() - 180, Math.asin(2 * random() - 1) * 180 / Math.PI]
}

/** @param {number} rows @param {number} columns @param {number} west */
export function regularWorld(rows = 18, columns = 36, west = -180) {
  return Grid.of({
    data: { kind: "regular", rows, columns, west, longitude_step: 360 / columns, south: -90, latitude_step: 180 / rows },
  })
}

/** Uneven axes that cover part of the globe. */
export function rectilinearWorld() {
  const arrays = { longitude_edges: Float64Array.of(100, 110, 140, 190, 220), latitude_edges: Float64Array.of(-75, -20, 5, 12, 60, 90) }
  return Grid.of({ data: { kind: "rectilinear", rows: 5, columns: 4 }, arrays })
}

/**
 * A tripolar grid: parallels up to 65 degrees north, folded north of them along the meridians 30 and -150;
 * with overlap columns in west and east and a row of copies beyond the fold.
 * @param {number} around cells around the globe, even
 */
export function tripolarWorld(around = 24) {
  const southern = 14 // rows of parallels, from 80 south
  const northern = 5
  const rows = southern + northern + 1
  const columns = around + 2
  const corner = (/** @type {number} */ j, /** @type {number} */ i) => {
    const angle = 2 * Math.PI * i / around
    if (j <= southern) return [turned(angle * 180 / Math.PI + 30), -80 + 145 * j / southern]
    const u = Math.cos(angle)
    const v = (1 - (j - southern) / northern) * Math.sin(angle) // the circle is pressed flat onto the fold
    return [turned(Math.atan2(v, u) * 180 / Math.PI + 30), 90 - 25 * Math.hypot(u, v)]
  }
  const longitude = new Float64Array(4 * rows * columns)
  const latitude = new Float64Array(4 * rows * columns)
  const original = new Int32Array(rows * columns)
  for (let j = 0; j < rows; j++) {
    for (let p = 0; p < columns; p++) {
      const ring = (p - 1 + around) % around
      const folded = j === rows - 1
      const i = folded ? around - 1 - ring : ring
      const row = folded ? rows - 2 : j
      const places = [corner(row, i), corner(row, i + 1), corner(row + 1, i + 1), corner(row + 1, i)]
      const cell = j * columns + p
      original[cell] = row * columns + i + 1
      places.forEach((_, k) => {
        const place = places[(k + (folded ? 2 : 0)) % 4]
        longitude[4 * cell + k] = place[0]
        latitude[4 * cell + k] = place[1]
      })
    }
  }
  const arrays = { corner_longitude: longitude, corner_latitude: latitude, original }
  return Grid.of({ data: { kind: "curvilinear", rows, columns }, arrays })
}

/** @param {number} longitude */
function turned(longitude) {
  return ((longitude + 180 + 720) % 360) - 180
}

/**
 * How far a place lies inside the nearest side of a cell, by its corners alone; negative outside.
 * @param {any} grid a curvilinear grid
 * @param {number} cell
 * @param {number} longitude
 * @param {number} latitude
 */
export function depthInCell(grid, cell, longitude, latitude) {
  const v = vectorOf(longitude, latitude)
  const corners = grid.outline(cell).map((/** @type {number[]} */ place) => vectorOf(place[0], place[1]))
  let least = Infinity
  corners.forEach((/** @type {number[]} */ a, /** @type {number} */ k) => {
    const b = corners[(k + 1) % 4]
    const normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    const length = Math.hypot(...normal)
    if (length > 1e-12) least = Math.min(least, (normal[0] * v[0] + normal[1] * v[1] + normal[2] * v[2]) / length)
  })
  return least
}
