import assert from "node:assert/strict"
import { test } from "node:test"
import { View, VIEW_KINDS } from "../../src/paleobc/editor/component/view.js"
import { randomNumbers, randomPlace, regularWorld, tripolarWorld } from "./worlds.js"

const random = randomNumbers(1)
const near = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`)

for (const grid of [regularWorld(), tripolarWorld()]) {
  for (const kind of VIEW_KINDS) {
    test(`a place on the screen comes back from its point: ${grid.kind}, ${kind}`, () => {
      for (let n = 0; n < 300; n++) {
        const view = randomView(grid, kind)
        const [longitude, latitude] = randomPlace(random)
        const at = view.screen(longitude, latitude)
        if (!at) continue
        const back = view.place(at[0], at[1])
        if (back === null) {
          assert.equal(kind, "globe") // the very rim may round to a point beside the globe
          continue
        }
        const far = Math.hypot(back[1] - latitude, turned(back[0] - longitude) * Math.cos(latitude * Math.PI / 180))
        near(far, 0, kind === "globe" ? 1e-5 : 1e-6)
      }
    })
  }
}

for (const kind of VIEW_KINDS) {
  test(`zooming keeps the place under the cursor: ${kind}`, () => {
    const grid = regularWorld()
    let tried = 0
    for (let n = 0; n < 400; n++) {
      const view = randomView(grid, kind)
      const [x, y] = [800 * random(), 500 * random()]
      const place = view.place(x, y)
      if (!place) continue
      view.zoomAt(x, y, 0.7 + 1.6 * random())
      const at = view.screen(place[0], place[1])
      const [a, b] = view.centre
      const atEnd = kind === "cells" ? a === 0 || b === 0 || a === grid.columns || b === grid.rows : Math.abs(b) === 90
      if (atEnd || isOutOfReach(view, kind, place, x, y)) continue // the middle of the map stays on the map
      assert.ok(at)
      near(at[0], x, 1e-3)
      near(at[1], y, 1e-3)
      tried++
    }
    assert.ok(tried > 60, String(tried))
  })
}

test("a place that is dragged follows the cursor in every view", () => {
  for (const kind of VIEW_KINDS) {
    const view = new View(regularWorld(), 800, 500, kind)
    view.zoomAt(400, 250, 4)
    const place = view.place(420, 240)
    view.panBy(30, -12, 420, 240)
    const at = view.screen(place[0], place[1])
    near(at[0], 450, 1e-6)
    near(at[1], 228, 1e-6)
  }
})

test("a row of pixels has the vectors of its places", () => {
  for (const kind of ["plate", "globe", "north", "south"]) {
    const view = randomView(regularWorld(), kind)
    const plane = view.plane(1)
    const rows = { x: new Float64Array(800), y: new Float64Array(800), z: new Float64Array(800) }
    view.projection.row(plane.y - 200 * plane.step, plane.x, plane.step, rows)
    for (let x = 0; x < 800; x += 37) {
      const place = view.place(x + 0.5, 200.5)
      assert.equal(place === null, Number.isNaN(rows.x[x]))
      if (!place) continue
      near(rows.z[x], Math.sin(place[1] * Math.PI / 180), 1e-12)
      near(turned(Math.atan2(rows.y[x], rows.x[x]) * 180 / Math.PI - place[0]), 0, 1e-7)
    }
  }
})

test("a view survives being written down", () => {
  const view = randomView(regularWorld(), "globe")
  const other = new View(regularWorld(), 800, 500)
  other.fromData(JSON.parse(JSON.stringify(view.toData())))
  assert.deepEqual(other.toData(), view.toData())
})

test("the whole map is seen again in another view, and a part of it stays a part", () => {
  const view = new View(regularWorld(), 800, 500)
  view.change("globe")
  near(view.scale, view.fitScale(), 1e-12)
  view.goTo(100, 60, 50)
  view.change("north")
  assert.deepEqual([view.kind, view.scale], ["north", 50])
  near(view.centre[0], 100, 1e-9)
  near(view.centre[1], 60, 1e-9)
})

test("another size of the element shows the same part", () => {
  const view = new View(regularWorld(), 800, 500)
  view.goTo(20, 10, 30)
  view.resize(400, 250)
  assert.deepEqual(view.toData(), { kind: "plate", centre: [20, 10], scale: 15 })
})

/** A place that the globe cannot be turned to while north stays up, or that is cut off at the end of the flat map. */
function isOutOfReach(view, kind, place, x, y) {
  const right = (x - 400) / view.scale
  const up = (250 - y) / view.scale
  if (kind === "plate") return Math.abs(right) >= 180
  const square = (right * Math.PI / 180) ** 2
  if (kind !== "globe") return false
  return square + (up * Math.PI / 180) ** 2 > 1 || Math.sin(place[1] * Math.PI / 180) ** 2 > 1 - square
}

function randomView(grid, kind) {
  const view = new View(grid, 800, 500, kind)
  const [longitude, latitude] = randomPlace(random)
  if (kind === "north" || kind === "south") view.goTo(longitude, (kind === "north" ? 1 : -1) * Math.abs(latitude))
  else view.goTo(longitude, latitude)
  view.scale *= 0.8 + 12 * random() ** 3
  return view
}

function turned(longitude) {
  return ((((longitude + 180) % 360) + 360) % 360) - 180
}
