import assert from "node:assert/strict"
import { test } from "node:test"
import { ColourScale, NONE, numberWords, roundValues } from "../../src/paleobc/editor/component/colour_scale.js"
import { randomNumbers } from "./worlds.js"

const random = randomNumbers(3)
/** Red is the position in the colour map: each colour can be told. */
const lut = Uint8Array.from({ length: 1024 }, (_, k) => [Math.floor(k / 4), 7, 9, 255][k % 4])
const position = (scale, value) => scale.colours(Float64Array.of(value))[0] & 255

test("the halves of the colour map meet at the break, each with its own scale", () => {
  const scale = new ColourScale({ lut, low: -6000, high: 2000, break: 0 })
  assert.equal(position(scale, -6000), 0)
  assert.equal(position(scale, -3000), 64)
  assert.equal(position(scale, 0), 127) // sea level is sea
  assert.equal(position(scale, 1e-9), 128)
  assert.equal(position(scale, 1000), 192)
  assert.equal(position(scale, 2000), 255)
  assert.equal(position(scale, 9999), 255)
  assert.equal(position(scale, -9999), 0)
})

test("no value on one side of the break ever has a colour of the other half", () => {
  for (let n = 0; n < 200; n++) {
    const scale = new ColourScale({ lut, low: -1 - 9000 * random(), high: 1 + 9000 * random(), break: 0, steps: Math.floor(20 * random()) })
    for (const size of [1e-300, 1e-7, 1, 1e4 * random(), 1e300, Infinity]) {
      assert.ok(position(scale, size) >= 128)
      assert.ok(position(scale, -size) < 128)
    }
  }
})

test("depths start at the shore: the sea has the upper half alone", () => {
  const scale = new ColourScale({ lut, low: 0, high: 5000, break: 0 })
  assert.equal(position(scale, 0), 127)
  assert.equal(position(scale, 2500), 192)
  assert.equal(scale.legendTicks()[0].at, 0)
  assert.equal(scale.colourAt(0), "#800709")
})

test("without a break the whole colour map is one scale", () => {
  const scale = new ColourScale({ lut, low: 0, high: 256 })
  for (const value of [0, 1, 100, 255]) assert.equal(position(scale, value), value)
})

test("steps have one colour each", () => {
  const scale = new ColourScale({ lut, low: -10, high: 10, break: 0, steps: 8 })
  const seen = new Set(Array.from({ length: 2001 }, (_, k) => position(scale, -10 + k / 100)))
  assert.equal(seen.size, 8)
})

test("no value has no colour, or that which is asked for", () => {
  assert.equal(new ColourScale({ lut, low: 0, high: 1 }).colours(Float32Array.of(NaN))[0], NONE)
  assert.equal(new ColourScale({ lut, low: 0, high: 1, missing: "#0000ff" }).colours(Float32Array.of(NaN))[0], 0xffff0000)
})

test("classes have a colour each and other numbers none", () => {
  const scale = new ColourScale({ lut, low: 0, high: 1, classes: ["land", "Atlantic", "Pacific"] })
  const colours = scale.colours(Float32Array.of(0, 1, 2, 3, NaN))
  assert.equal(new Set(colours.slice(0, 3)).size, 3)
  assert.deepEqual([...colours.slice(3)], [NONE, NONE])
})

test("some cells are coloured as all of them are", () => {
  const scale = new ColourScale({ lut, low: -1, high: 1, break: 0 })
  const values = Float32Array.from({ length: 100 }, () => 3 * random() - 1.5)
  const all = scale.colours(values)
  const cells = Int32Array.of(5, 99, 0)
  assert.deepEqual([...scale.colours(values, cells)], [...cells].map((cell) => all[cell]))
})

test("a legend is marked at round values, the shore among them, where their colours are", () => {
  const scale = new ColourScale({ lut, low: -6200, high: 3900, break: 0 })
  const ticks = scale.legendTicks(8)
  assert.deepEqual(ticks.map((tick) => tick.words), ["−6000", "−4000", "−2000", "0", "1000", "2000", "3000"])
  for (const tick of ticks) assert.ok(Math.abs(tick.at * 256 - position(scale, tick.value)) <= 1)
})

test("numbers are written for people", () => {
  assert.deepEqual([0, -12, 1500, -10000, 0.25, 3e-5].map(numberWords), ["0", "−12", "1500", "−10 000", "0.25", "3.0e−5"])
  assert.deepEqual(roundValues(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1])
})
