import assert from "node:assert/strict";
import test from "node:test";

import { coalesced, streamAddress, waitBefore } from "../../src/paleobc/server/static/js/live.js";

test("however often it is asked for meanwhile, a task runs once more and never twice at a time", async () => {
  let runs = 0;
  let atOnce = 0;
  const ends = [];
  const task = coalesced(async () => {
    runs += 1;
    atOnce += 1;
    assert.equal(atOnce, 1);
    await new Promise((resolve) => ends.push(resolve));
    atOnce -= 1;
  });
  const first = task();
  for (let asked = 0; asked < 10; asked += 1) task();
  assert.equal(runs, 1);
  ends.shift()();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(runs, 2);
  ends.shift()();
  await first;
  assert.equal(runs, 2);
});

test("a task that fails can be asked for again", async () => {
  let runs = 0;
  const task = coalesced(async () => {
    runs += 1;
    if (runs === 1) throw new Error("no network");
  });
  await assert.rejects(task());
  await task();
  assert.equal(runs, 2);
});

test("tries to connect are further and further apart, at most ten seconds", () => {
  assert.deepEqual([0, 1, 2, 10].map(waitBefore), [500, 1000, 2000, 10_000]);
});

test("a stream goes on after the last event that is known", () => {
  assert.equal(streamAddress("/events", 17), "/events?after=17");
});
