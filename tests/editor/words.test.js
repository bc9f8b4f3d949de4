import assert from "node:assert/strict";
import { test } from "node:test";

import { axisTicks, Counts } from "../../src/paleobc/editor/component/counts.js";
import { History } from "../../src/paleobc/editor/component/history.js";
import { keyName, keyWords } from "../../src/paleobc/editor/component/keyboard.js";
import { operationKinds, operationOf } from "../../src/paleobc/editor/component/panels/operations.js";
import { cellsOfRuns, marksOfRuns, writeRuns } from "../../src/paleobc/editor/component/runs.js";
import { waitBefore } from "../../src/paleobc/editor/component/pauses.js";
import { areaWords, countWords, numberOf, numberWords, placeWords, within180 } from "../../src/paleobc/editor/component/words.js";

test("numbers keep the digits that count, with a true minus sign", () => {
  assert.equal(numberWords(-200), "−200");
  assert.equal(numberWords(1234.5678), "1235");
  assert.equal(numberWords(12345), "12\u202f345");
  assert.equal(numberWords(0.1), "0.1");
  assert.equal(numberWords(-0.00001234), "−1.234e−5");
  assert.equal(numberWords(NaN), "–");
  assert.equal(numberWords(null), "–");
  assert.equal(numberWords(-0), "0");
});

test("a typed number is read with comma, spaces and any minus sign; anything else is none", () => {
  assert.equal(numberOf(" −1 234,5 "), -1234.5);
  assert.equal(numberOf("1e3"), 1000);
  assert.equal(numberOf(".5"), 0.5);
  for (const text of ["", "ten", "1e", "0x10", "1.2.3", "1e999", "--4"]) assert.equal(numberOf(text), null, text);
});

test("every whole number is read back from its words", () => {
  for (let number = -99_999; number < 100_000; number += 997) assert.equal(numberOf(numberWords(number, 6)), number);
});

test("places are told as on a map", () => {
  assert.equal(placeWords(-30.25, 12.5), "12.50°N 30.25°W");
  assert.equal(placeWords(190, -5, 0), "5°S 170°W");
  assert.equal(within180(540), -180);
  assert.equal(countWords(1, "edit"), "1 edit");
  assert.equal(areaWords(2_500_000), "2.5 million km²");
  assert.equal(areaWords(12_345), "12\u202f300 km²");
});

test("runs are written into a field and give back what was there", () => {
  const field = Float32Array.of(0, 1, 2, 3, 4, 5);
  const old = writeRuns(field, [1, 4], [2, 1], Float32Array.of(10, 20, 40));
  assert.deepEqual([...field], [0, 10, 20, 3, 40, 5]);
  assert.deepEqual([...old], [1, 2, 4]);
  assert.deepEqual([...cellsOfRuns([1, 4], [2, 1])], [1, 2, 4]);
  assert.deepEqual([...marksOfRuns(6, [1, 4], [2, 1])], [0, 1, 1, 0, 1, 0]);
});

test("counts that follow an edit are those that are counted anew", () => {
  const values = Float32Array.from({ length: 500 }, (_, at) => ((at * 7919) % 1000) - 500);
  values[3] = NaN;
  const counts = new Counts(-300, 300, 40);
  counts.add(values);
  const old = values.slice(10, 60);
  values.fill(123, 10, 60);
  counts.add(old, -1);
  counts.add(values.slice(10, 60), 1);
  const fresh = new Counts(-300, 300, 40);
  fresh.add(values);
  assert.deepEqual(counts.bins, fresh.bins);
  assert.equal(fresh.bins.reduce((one, other) => one + other), 499);
});

test("ticks of an axis are round and between its limits", () => {
  assert.deepEqual(axisTicks(-6000, 4000, 5), [-6000, -4000, -2000, 0, 2000, 4000]);
  assert.deepEqual(axisTicks(0, 1, 2), [0, 0.5, 1]);
});

test("a new edit takes away what could be done again", () => {
  const edit = (position, number) => ({ position, kind: "edit", number });
  const history = new History([edit(1, 1), edit(2, 2), { position: 3, kind: "undo", number: 2 }]);
  assert.equal(history.nextUndo.number, 1);
  assert.equal(history.nextRedo.number, 2);
  assert.equal(history.edits.get(2).in_force, false);
  history.add([edit(3, 9), edit(4, 3)]);
  assert.equal(history.nextRedo, null);
  assert.deepEqual(history.inForce, [1, 3]);
  assert.deepEqual(history.newestFirst.map(({ number }) => number), [3, 2, 1]);
});

test("operations are built from what was typed, or a sentence says what is missing", () => {
  const kinds = Object.fromEntries(operationKinds("m", "height").map((kind) => [kind.name, kind]));
  assert.deepEqual(operationOf(kinds.set, ["−200"], ""), { set: -200 });
  assert.deepEqual(operationOf(kinds.scale, ["110"], ""), { scale: 1.1 });
  assert.deepEqual(operationOf(kinds.clamp, ["", "5"], ""), { clamp: [null, 5] });
  assert.equal(typeof operationOf(kinds.clamp, ["", ""], ""), "string");
  assert.match(String(operationOf(kinds.add, ["much"], "")), /no number/);
  assert.match(String(operationOf(kinds.add, [""], "")), /give a number/);
  assert.deepEqual(operationOf(kinds.copy, [], "base"), { copy: "base" });
  assert.deepEqual(operationOf(kinds.close_sea, [""], ""), { close_sea: null });
  assert.deepEqual(operationOf(operationKinds("m", "depth").find(({ name }) => name === "close_sea"), [], ""), { close_sea: null });
});

test("keys have the names of the table", () => {
  const key = (key, held = {}) => keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...held });
  for (const letter of ["z", "Z"]) { // Caps Lock turns the case around
    assert.equal(key(letter, { ctrlKey: true }), "Ctrl+Z");
    assert.equal(key(letter, { metaKey: true, shiftKey: true }), "Ctrl+Shift+Z");
  }
  assert.deepEqual([key("n"), key("N"), key("n", { shiftKey: true }), key("N", { shiftKey: true })], ["n", "n", "Shift+N", "Shift+N"]);
  assert.equal(key("+", { shiftKey: true }), "+");
  assert.equal(key("?", { shiftKey: true }), "?");
  assert.equal(key("ArrowUp", { shiftKey: true }), "Shift+ArrowUp");
  assert.equal(keyWords("Shift+ArrowUp"), "Shift + ↑");
  assert.equal(keyWords("+"), "+");
});

test("one waits twice as long each time, at most ten seconds", () => {
  assert.deepEqual([1, 2, 3, 99].map((tried) => waitBefore(tried, 500)), [500, 1000, 2000, 10_000]);
});
