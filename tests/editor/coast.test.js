import assert from "node:assert/strict"
import { test } from "node:test"
import { sideOf } from "../../src/paleobc/editor/component/cell_edges.js"
import { Borders, landAndSea } from "../../src/paleobc/editor/component/coast.js"
import { HillShade } from "../../src/paleobc/editor/component/hill_shade.js"
import { depthInCell, randomNumbers, regularWorld, tripolarWorld } from "./worlds.js"

const random = randomNumbers(4)
const isSea = (/** @type {number} */ value) => value <= 0

test("an island of one cell has the four sides of its cell as its coast", () => {
  const grid = regularWorld()
  const kinds = new Uint8Array(grid.size).fill(2)
  kinds[10 * 36] = 1 // beside the date line
  const segments = new Borders(grid, kinds).segments()
  assert.deepEqual(segments, [[360, 0], [360, 1], [360, 2], [360, 3]])
  assert.deepEqual(sideOf(grid, 360, 1)[0], [-170, 10])
})

for (const grid of [regularWorld(), tripolarWorld()]) {
  test(`coasts part land from sea, each side once, also over seam and fold: ${grid.kind}`, () => {
    const kinds = Uint8Array.from({ length: grid.size }, () => Math.floor(3 * random()))
    const found = new Set(new Borders(grid, kinds).segments().map(([cell, side]) => `${cell} ${grid.neighbours(cell)[side]} ${side}`))
    let count = 0
    for (let cell = 0; cell < grid.size; cell++) {
      if (grid.originalOf(cell) !== cell) continue
      grid.neighbours(cell).forEach((other, side) => {
        const isCoast = other >= 0 && kinds[cell] === 1 && kinds[other] === 2
        if (isCoast) count++
        assert.equal(found.has(`${cell} ${other} ${side}`), isCoast)
      })
    }
    assert.equal(found.size, count)
  })

  test(`after an edit the coast is as if made anew: ${grid.kind}`, () => {
    const values = Float64Array.from({ length: grid.size }, () => (random() < 0.1 ? NaN : random() - 0.5))
    const kinds = new Uint8Array(grid.size)
    landAndSea(values, isSea, kinds)
    const coast = new Borders(grid, kinds)
    for (let n = 0; n < 20; n++) {
      const cells = Int32Array.from({ length: 5 }, () => grid.originalOf(Math.floor(random() * grid.size)))
      for (const cell of cells) values[cell] = random() < 0.2 ? NaN : random() - 0.5
      landAndSea(values, isSea, kinds, cells)
      coast.refresh(cells)
      assert.deepEqual(coast.sides, new Borders(grid, kinds).sides)
    }
  })
}

test("a side of a cell lies between it and its neighbour", () => {
  const grid = tripolarWorld()
  for (let cell = 0; cell < grid.size; cell++) {
    if (grid.originalOf(cell) !== cell) continue
    grid.neighbours(cell).forEach((other, side) => {
      if (other < 0) return
      for (const [longitude, latitude] of sideOf(grid, cell, side)) {
        assert.ok(Math.abs(depthInCell(grid, cell, longitude, latitude)) < 1e-9)
        assert.ok(Math.abs(depthInCell(grid, other, longitude, latitude)) < 1e-9)
      }
    })
  }
})

test("slopes that face the north-west are lit, of mountains and of the sea floor", () => {
  const grid = regularWorld()
  const ramp = Float64Array.from({ length: grid.size }, (_, cell) => 100 + (cell % 36) * 10 - Math.floor(cell / 36))
  const middle = 9 * 36 + 18
  assert.ok(new HillShade(grid, ramp, isSea).light[middle] > 0)
  assert.ok(new HillShade(grid, ramp, (value) => value > 0).light[middle] < 0) // as depths it falls away
})

test("shading is gentle, and a cliff at the shore casts none", () => {
  const grid = regularWorld()
  const values = Float64Array.from({ length: grid.size }, (_, cell) => ((cell % 36) < 18 ? -4000 : 3000))
  assert.ok(new HillShade(grid, values, isSea).light.every((light) => light === 0))
  const rough = values.map((value) => value + 500 * random())
  const shade = new HillShade(grid, rough, isSea)
  assert.ok(shade.light.some((light) => light !== 0))
  assert.ok(shade.light.every((light) => Math.abs(light) <= 28))
})
