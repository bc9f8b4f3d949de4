import assert from "node:assert/strict";
import { test } from "node:test";

import { Selection, joined } from "../../src/paleobc/editor/component/selection.js";
import { Session } from "../../src/paleobc/editor/component/session.js";
import { FakeSource } from "./fake_source.js";

const box = (west) => ({ box: [west, 0, west + 1, 1] });
const depth = (shape) => (shape.union ? 1 + Math.max(...shape.union.map(depth)) : 0);
const leaves = (shape) => (shape.union ? shape.union.flatMap(leaves) : [shape]);

test("shapes that are added stand in one union", () => {
  const steps = [box(0), box(2)].map((shape) => ({ mode: "union", shape }));
  assert.deepEqual(joined(steps), { union: [box(0), box(2)] });
  assert.equal(joined([]), null);
  assert.deepEqual(joined(steps.slice(0, 1)), box(0));
});

test("a thousand strokes nest no deeper than ten, in their order", () => {
  const steps = Array.from({ length: 1000 }, (_, west) => ({ mode: "union", shape: box(west) }));
  const shape = joined(steps);
  assert.ok(depth(shape) <= 10);
  assert.deepEqual(leaves(shape).map(({ box: [west] }) => west), [...Array(1000).keys()]);
});

test("intersection and difference act on all that was selected before", () => {
  const steps = [
    { mode: "union", shape: box(0) }, { mode: "union", shape: box(2) },
    { mode: "difference", shape: box(3) }, { mode: "intersection", shape: { values: [0, 5] } }, { mode: "union", shape: box(9) },
  ];
  const cut = { difference: [{ union: [box(0), box(2)] }, box(3)] };
  assert.deepEqual(joined(steps), { union: [{ intersection: [cut, { values: [0, 5] }] }, box(9)] });
});

test("cells that are added one by one become one list without repetition", () => {
  const steps = [[0, 1], [0, 2], [0, 1]].map((cell) => ({ mode: "union", shape: { cells: [cell] } }));
  assert.deepEqual(joined(steps), { cells: [[0, 1], [0, 2]] });
});

async function selection() {
  const source = new FakeSource([1, 2, 3, 4]);
  return { source, chosen: new Selection(await Session.open(source), 1) };
}

const counted = (chosen) => new Promise((done) => chosen.addEventListener("counted", done, { once: true }));

test("what is selected is counted by the host and marked cell by cell", async () => {
  const { chosen } = await selection();
  chosen.take({ cells: [[0, 1], [0, 3]] });
  await counted(chosen);
  assert.equal(chosen.counted.count, 2);
  assert.deepEqual([...chosen.marks], [0, 1, 0, 1]);
});

test("only the newest selection is counted", async () => {
  const { source, chosen } = await selection();
  chosen.take({ cells: [[0, 1]] });
  chosen.take({ cells: [[0, 2]] });
  await counted(chosen);
  assert.equal(source.asked.filter(([kind]) => kind === "select").length, 1);
  assert.deepEqual([...chosen.marks], [0, 0, 1, 0]);
});

test("an answer that comes after a newer question is left out", async () => {
  const { source, chosen } = await selection();
  const answers = [];
  const answered = source.select.bind(source);
  source.select = (body) => new Promise((done) => answers.push(() => done(answered(body))));
  const wait = () => new Promise((done) => setTimeout(done, 5));
  chosen.take({ cells: [[0, 1]] });
  await wait();
  chosen.take({ cells: [[0, 2]] });
  await wait();
  answers[1]();
  await wait();
  answers[0]();
  await wait();
  assert.deepEqual([...chosen.marks], [0, 0, 1, 0]);
});

test("subtracting from nothing selects nothing; clearing takes everything away", async () => {
  const { chosen } = await selection();
  chosen.take(box(0), "difference");
  assert.equal(chosen.shape, null);
  chosen.take(box(0));
  chosen.clear();
  assert.equal(chosen.shape, null);
  assert.equal(chosen.marks, null);
});

test("the last shape can be taken back", async () => {
  const { chosen } = await selection();
  chosen.mode = "union";
  chosen.take(box(0));
  chosen.take(box(2));
  chosen.dropLast();
  assert.deepEqual(chosen.shape, box(0));
});
