import assert from "node:assert/strict";
import test from "node:test";

import { boundsProblem, cellValue, newBand, orderOf, totalOf, totalWords } from "../../src/paleobc/server/static/js/bands.js";

test("a cell is a number, with a comma too, and an empty one is zero", () => {
  assert.equal(cellValue("12,5"), 12.5);
  assert.equal(cellValue(" "), 0);
  assert.ok(Number.isNaN(cellValue("1e5")));
  assert.ok(Number.isNaN(cellValue("many")));
});

test("a total is good at 100 of parts from 0 to 100", () => {
  assert.deepEqual(totalOf(["60", "", "40"]), { total: 100, good: true });
  assert.equal(totalOf(["120", "-20"]).good, false);
  assert.equal(totalOf(["33.3", "33.3", "33.4"]).good, true);
  assert.equal(totalWords(totalOf(["33.3", "33.3", "33.4"]).total), "100 %");
  assert.equal(totalWords(totalOf(["x"]).total), "?");
});

test("bounds rise from the equator to the pole", () => {
  assert.equal(boundsProblem(["15", "90"]), "");
  assert.match(boundsProblem(["30", "15", "90"]), /rise/);
  assert.match(boundsProblem(["15", "80"]), /90/);
  assert.match(boundsProblem(["15", "", "90"]), /needs an upper bound/);
  assert.match(boundsProblem([]), /one band/);
});

test("rows are sorted by their bounds, those without one last", () => {
  assert.deepEqual(orderOf(["90", "", "15", "x"]), [2, 0, 1, 3]);
});

test("a new band halves the widest", () => {
  assert.deepEqual(newBand(["10", "60", "90"]), { place: 1, bound: 35 });
});
