import assert from "node:assert/strict";
import { test } from "node:test";

import { newKey } from "../../src/paleobc/editor/component/key.js";
import { Session } from "../../src/paleobc/editor/component/session.js";
import { FakeSource, setCells } from "./fake_source.js";

async function opened(values = [1, 2, 3, 4]) {
  const source = new FakeSource(values);
  const session = await Session.open(source);
  session.firstWait = 1;
  return { source, session };
}

test("an edit changes the cells that the host says, and tells what they were", async () => {
  const { session } = await opened();
  let change = null;
  session.addEventListener("change", (event) => (change = event.detail));
  await session.act(setCells([1, 3], -5));
  assert.deepEqual([...session.values], [1, -5, 3, -5]);
  assert.deepEqual([...change.cells], [1, 3]);
  assert.deepEqual([...change.old], [2, 4]);
  assert.deepEqual([...session.mask], [0, 1, 0, 1]);
  assert.equal(session.findings.counts.low.places, 2);
  assert.equal(session.position, 1);
});

test("undo gives back exactly what was there, redo does it again", async () => {
  const { session } = await opened([0.1, 0.2]);
  const before = [...session.values];
  await session.act(setCells([0], 9));
  await session.undo();
  assert.deepEqual([...session.values], before);
  assert.equal(session.history.nextUndo, null);
  assert.equal(session.history.nextRedo.number, 1);
  await session.redo();
  assert.deepEqual([...session.values], [9, before[1]]);
  assert.equal(session.history.nextRedo, null);
});

test("an edit that got no answer is sent again with the same key until it is answered", async () => {
  const { source, session } = await opened();
  source.drops = 3;
  const tries = [];
  session.addEventListener("sending", (event) => tries.push(event.detail.trying));
  await session.act(setCells([0], 7));
  const acts = source.asked.filter(([kind]) => kind === "act");
  assert.equal(acts.length, 4);
  assert.equal(new Set(acts.map(([, body]) => body.key)).size, 1);
  assert.deepEqual(tries, [1, 2, 3, 4, 0]);
  assert.equal(session.waiting, 0);
});

test("an edit whose answer was lost is done once", async () => {
  const { source, session } = await opened();
  source.answersLost = 2;
  await session.act(setCells([2], 7));
  assert.equal(source.entries.length, 1);
  assert.deepEqual([...session.values], [1, 2, 7, 4]);
});

test("edits are sent in the order in which they were made, each from the position after the last", async () => {
  const { source, session } = await opened();
  source.drops = 1;
  await Promise.all([session.act(setCells([0], 5)), session.act(setCells([0], 6)), session.undo()]);
  const positions = source.asked.filter(([kind]) => kind === "act").map(([, body]) => body.position);
  assert.deepEqual(positions, [0, 0, 1, 2]);
  assert.equal(session.values[0], 5);
});

test("what another person did arrives with the next edit, and undo is refused until it has", async () => {
  const { source, session } = await opened();
  source.act({ position: 0, key: "theirs", edit: setCells([3], -1) });
  await assert.rejects(session.undo(), /Somebody else was faster/);
  await session.changes();
  assert.equal(session.values[3], -1);
  assert.equal(session.position, 1);
});

test("where the journal was begun anew everything is read again", async () => {
  const { source, session } = await opened();
  await session.act(setCells([0], 5));
  source.entries = [];
  let change = null;
  session.addEventListener("change", (event) => (change = event.detail));
  await session.changes();
  assert.equal(change.cells, null);
  assert.deepEqual([...session.values], [1, 2, 3, 4]);
  assert.equal(session.position, 0);
});

test("discarding all edits gives the map before them", async () => {
  const { session } = await opened();
  await session.act(setCells([0, 1], 5));
  await session.restart();
  assert.deepEqual([...session.values], [1, 2, 3, 4]);
  assert.equal(session.history.entries.length, 0);
});

test("a refused edit changes nothing and the next one goes through", async () => {
  const { source, session } = await opened();
  source.act = () => {
    delete source.act;
    throw Object.assign(new Error("Too deep."), { name: "Refused", status: 422 });
  };
  await assert.rejects(session.act(setCells([0], -99999)), /Too deep/);
  assert.deepEqual([...session.values], [1, 2, 3, 4]);
  await session.act(setCells([0], 5));
  assert.equal(session.values[0], 5);
});

test("keys are UUIDs of version 4 and differ", () => {
  assert.match(newKey(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(newKey(), newKey());
});
