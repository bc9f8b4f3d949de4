import assert from "node:assert/strict";
import test from "node:test";

import { cellAt, decode, placeAt, placeWords, valueWords, widthOf } from "../../src/paleobc/server/static/js/map_values.js";

test("the corners of a map are its outermost cells", () => {
  assert.deepEqual(cellAt(placeAt(0, 0), 720), { row: 0, column: 0 });
  assert.deepEqual(cellAt(placeAt(1, 1), 720), { row: 359, column: 719 });
  assert.deepEqual(cellAt(placeAt(-1, 2), 720), { row: 359, column: 0 });
});

test("the middle of a map is the equator at Greenwich", () => {
  assert.deepEqual(placeAt(0.5, 0.5), { longitude: 0, latitude: 0 });
});

test("the middle of each cell is in that cell", () => {
  for (const [row, column] of [[0, 0], [3, 17], [179, 359]]) {
    const place = placeAt((column + 0.5) / 360, (row + 0.5) / 180);
    assert.deepEqual(cellAt(place, 360), { row, column });
  }
});

test("the width of a map follows from the number of its values", () => {
  assert.equal(widthOf(720 * 360), 720);
});

test("values are read with their low byte first, on every machine", () => {
  assert.deepEqual([...decode(new Uint8Array([0, 0, 128, 63, 0, 0, 0, 192]).buffer)], [1, -2]);
});

test("places and values are said in words", () => {
  assert.equal(placeWords({ longitude: -70.25, latitude: 12 }), "12.0° N, 70.3° W");
  assert.equal(valueWords(-4321.04, "m"), "-4321 m");
  assert.equal(valueWords(NaN, "m"), "no value");
  assert.equal(valueWords(2, "", { 2: "Pacific" }), "Pacific");
});
