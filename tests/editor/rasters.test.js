import assert from "node:assert/strict"
import { test } from "node:test"
import { CellRaster } from "../../src/paleobc/editor/component/cell_raster.js"
import { View, VIEW_KINDS } from "../../src/paleobc/editor/component/view.js"
import { depthInCell, randomNumbers, randomPlace, rectilinearWorld, regularWorld, tripolarWorld } from "./worlds.js"

const random = randomNumbers(2)
const worlds = { regular: regularWorld(), fine: regularWorld(180, 360, 0), rectilinear: rectilinearWorld(), tripolar: tripolarWorld() }
const special = [[0, 90], [0, -90], [180, 10], [-179.9, -60], [30, 77], [-150, 77], [120, 90], [30, 65], [-150, 65]]

for (const [name, grid] of Object.entries(worlds)) {
  for (const kind of VIEW_KINDS) {
    test(`every pixel shows the cell that holds its place: ${name}, ${kind}`, () => {
      for (let n = 0; n < 14; n++) {
        const view = new View(grid, 90, 60, kind)
        const [longitude, latitude] = n < special.length ? special[n] : randomPlace(random)
        if (kind === "north" || kind === "south") view.goTo(longitude, (kind === "north" ? 1 : -1) * Math.abs(latitude))
        else view.goTo(longitude, latitude)
        view.scale *= n % 3 === 0 ? 1 : 1 + 20 * random() ** 2
        const raster = new CellRaster()
        const step = [1, 2, 0.5][n % 3]
        raster.fill(view, step)
        assert.equal(raster.cells.length, raster.width * raster.height)
        for (let p = 0; p < raster.cells.length; p++) {
          const place = view.place(((p % raster.width) + 0.5) * step, (Math.floor(p / raster.width) + 0.5) * step)
          check(grid, raster.cells[p], place)
        }
      }
    })
  }
}

/** The cell of a pixel is right, but for places on a side, where rounding decides between two cells. */
function check(grid, cell, place) {
  if (!place) return assert.equal(cell, -1)
  const right = grid.cellAt(place[0], place[1])
  if (cell === right) return
  const around = [1e-9, -1e-9].flatMap((d) => [grid.cellAt(place[0] + d, place[1]), grid.cellAt(place[0], place[1] + d)])
  const depth = cell >= 0 && grid.kind === "curvilinear" ? depthInCell(grid, cell, place[0], place[1]) : -1
  const nearPole = Math.abs(place[1]) > 90 - 1e-6
  assert.ok(around.includes(cell) || Math.abs(depth) < 1e-12 || nearPole, `${place}: ${cell} instead of ${right}`)
}

test("exactly one cell of a tripolar grid holds a place, and it is found", () => {
  const grid = worlds.tripolar
  const places = special.map(([a, b]) => [a + 1e-3, Math.max(-90, b - 1e-3)])
  for (let n = 0; n < 1500; n++) places.push(randomPlace(random))
  for (const [longitude, latitude] of places) {
    const holding = []
    for (let cell = 0; cell < grid.size; cell++) {
      if (grid.originalOf(cell) === cell && depthInCell(grid, cell, longitude, latitude) >= 0) holding.push(cell)
    }
    assert.deepEqual(holding, latitude < -79.9 && holding.length === 0 ? [] : [grid.cellAt(longitude, latitude)])
    if (holding.length === 0) assert.equal(grid.cellAt(longitude, latitude), -1)
  }
})

test("a copy is never found, and lies where its original does", () => {
  const grid = worlds.tripolar
  for (let cell = 0; cell < grid.size; cell++) {
    const [longitude, latitude] = grid.centre(cell)
    assert.equal(grid.cellAt(longitude, latitude), grid.originalOf(cell))
  }
})

test("neighbours are mutual over the seam and the fold, and share a side", () => {
  for (const grid of Object.values(worlds)) {
    for (let cell = 0; cell < grid.size; cell++) {
      if (grid.originalOf(cell) !== cell) continue
      for (const other of grid.neighbours(cell)) {
        if (other < 0) continue
        assert.equal(grid.originalOf(other), other)
        assert.ok(grid.neighbours(other).includes(cell), `${cell} ${other}`)
      }
    }
  }
  const { tripolar } = worlds
  const withoutNorth = tripolar.neighbours(tripolar.size - 2 * tripolar.columns + 5)[2]
  assert.equal(Math.floor(withoutNorth / tripolar.columns), tripolar.rows - 2) // over the fold into the same row
})

test("corners may begin anywhere: the same neighbours lie over the same sides", () => {
  const grid = worlds.tripolar
  const longitude = grid.cornerLongitude.map((_, k) => grid.cornerLongitude[k - (k % 4) + ((k + 1) % 4)])
  const latitude = grid.cornerLatitude.map((_, k) => grid.cornerLatitude[k - (k % 4) + ((k + 1) % 4)])
  const other = new grid.constructor(grid.rows, grid.columns, longitude, latitude, grid.original)
  for (let cell = 0; cell < grid.size; cell++) {
    const [south, east, north, west] = grid.neighbours(cell)
    assert.deepEqual(other.neighbours(cell), [east, north, west, south])
  }
})

test("cells without an area and corners that are not numbers hold nothing", () => {
  const grid = worlds.tripolar
  const longitude = grid.cornerLongitude.slice()
  const latitude = grid.cornerLatitude.slice()
  const lost = 5 * grid.columns + 7
  const missing = 5 * grid.columns + 9
  latitude.fill(-1e34, 4 * missing, 4 * missing + 2)
  const flat = 6 * grid.columns + 7
  longitude.fill(NaN, 4 * lost, 4 * lost + 4)
  latitude.fill(10, 4 * flat, 4 * flat + 4)
  longitude.fill(20, 4 * flat, 4 * flat + 4)
  const other = new grid.constructor(grid.rows, grid.columns, longitude, latitude, grid.original)
  assert.equal(other.cellAt(...grid.centre(lost)), -1)
  assert.equal(other.cellAt(...grid.centre(missing)), -1)
  assert.equal(other.cellAt(0, -85), -1)
  assert.equal(other.placeAt(9.5, 5.5), null)
  assert.equal(other.cellAt(...grid.centre(flat)), -1)
  assert.equal(other.cellAt(...grid.centre(flat + 1)), flat + 1)
})

test("a cell with a corner that points inwards holds only what is inside", () => {
  const Curvilinear = worlds.tripolar.constructor
  const dart = new Curvilinear(1, 1, Float64Array.of(0, 10, 3, 5), Float64Array.of(0, 0, 3, 10), Int32Array.of(0))
  assert.equal(dart.cellAt(2, 1), 0)
  assert.equal(dart.cellAt(3.4, 6), 0)
  assert.equal(dart.cellAt(7, 1), 0)
  assert.equal(dart.cellAt(5, 4), -1)
})
