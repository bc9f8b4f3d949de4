import assert from "node:assert/strict"
import { test } from "node:test"
import { degreesWords, graticuleLines } from "../../src/paleobc/editor/component/graticule.js"
import { boxLines, outlineOf, polygonLine, strokeLines } from "../../src/paleobc/editor/component/outline.js"
import { angleBetween, vectorOf } from "../../src/paleobc/editor/component/sphere.js"
import { VIEW_KINDS, View } from "../../src/paleobc/editor/component/view.js"
import { randomNumbers, randomPlace, regularWorld } from "./worlds.js"

const random = randomNumbers(5)
const apart = (a, b) => angleBetween(vectorOf(...a), vectorOf(...b))

test("a box goes east from its western edge, over the date line too, along its parallels", () => {
  const [line] = boxLines([170, -10, -160, 20])
  const longitudes = line.map(([longitude]) => longitude)
  assert.deepEqual([Math.min(...longitudes), Math.max(...longitudes)], [170, 200])
  assert.ok(line.every(([longitude, latitude]) => latitude === -10 || latitude === 20 || longitude === 170 || longitude === 200))
})

test("a box between a meridian and itself goes all around the globe", () => {
  const lines = boxLines([0, -10, 360, 20])
  assert.equal(lines.length, 2)
  assert.equal(Math.max(...lines[0].map(([longitude]) => longitude)), 360)
})

test("sides of a polygon are straight in longitude and latitude and go the short way", () => {
  const line = polygonLine([[170, 0], [-170, 10], [-170, -10]])
  for (const [longitude, latitude] of line.slice(0, 21)) assert.ok(Math.abs(latitude - (longitude - 170) / 2) < 1e-9)
  assert.deepEqual(line[line.length - 1], [170, 0])
  assert.deepEqual(polygonLine([[170, 0], [-170, 10], [-170, -10]], true).at(-1), [190, -10])
})

test("a line is a great circle, its rim half its width away, also over a pole", () => {
  const [middle, rim] = strokeLines([[0, 80], [180, 80]], 200)
  assert.ok(middle.some(([, latitude]) => latitude > 89.4))
  const most = Math.max(...rim.map((place) => Math.min(...middle.map((other) => apart(place, other)))))
  const least = Math.min(...rim.map((place) => Math.min(...middle.map((other) => apart(place, other)))))
  assert.ok(Math.abs(most - 200 / 111.195) < 0.01, String(most))
  assert.ok(least > 0.95 * 200 / 111.195, String(least))
})

test("a dab of the brush is a circle of its radius", () => {
  for (let n = 0; n < 20; n++) {
    const place = randomPlace(random)
    const [rim] = outlineOf({ brush: [place], radius_km: 500 }, regularWorld())
    for (const other of rim) assert.ok(Math.abs(apart(place, other) - 4.4966) < 1e-3)
  }
})

test("combined shapes show both their parts", () => {
  const shape = { difference: [{ box: [0, 0, 10, 10] }, { union: [{ polygon: [[0, 0], [5, 0], [5, 5]] }, { cells: [[3, 4]] }] }] }
  assert.equal(outlineOf(shape, regularWorld()).length, 3)
  assert.deepEqual(outlineOf({ values: [0, 1] }, regularWorld()), [])
})

test("the graticule has a readable number of lines at every zoom of every view", () => {
  for (const kind of VIEW_KINDS.filter((name) => name !== "cells")) {
    for (let n = 0; n < 40; n++) {
      const view = new View(regularWorld(), 1200, 800, kind)
      const [longitude, latitude] = randomPlace(random)
      view.goTo(longitude, kind === "north" ? Math.abs(latitude) : kind === "south" ? -Math.abs(latitude) : latitude)
      view.zoomAt(600, 400, 500 * random() ** 3 + 1)
      const { longitudes, latitudes } = graticuleLines(view)
      assert.ok(longitudes.length <= 400 && latitudes.length <= 60, `${kind} ${longitudes.length} ${latitudes.length}`)
      assert.ok(longitudes.length + latitudes.length >= 2, `${kind} ${view.scale}`)
    }
  }
})

test("degrees name their side of the globe", () => {
  assert.deepEqual([0, 30, -30, 180, 190, 0.5].map((degrees) => degreesWords(degrees, "E", "W")), ["0°", "30° E", "30° W", "180°", "170° W", "0.5° E"])
  assert.equal(degreesWords(-45, "N", "S"), "45° S")
})
