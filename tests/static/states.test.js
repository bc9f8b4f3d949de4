import assert from "node:assert/strict";
import test from "node:test";

import { announcement, wordOf } from "../../src/paleobc/server/static/js/states.js";

const routing = { asset: "routing", state: "running", revision: 1, word: "running", progress: 0, started: "2026-01-01T00:00:00Z", label: "Routing: running." };

test("the end of a run is said aloud, each wait is not", () => {
  const ended = { ...routing, state: "current", revision: 2, label: "Routing: current." };
  const waiting = { ...routing, state: "waiting" };
  assert.equal(announcement([routing], [ended]), "Routing: current.");
  assert.equal(announcement([routing], [waiting]), "");
  assert.equal(announcement([ended], [ended]), "");
});

test("a new revision is said even where nobody saw it run", () => {
  const before = { ...routing, state: "current", revision: 1 };
  assert.equal(announcement([before], [{ ...before, revision: 2, label: "Routing: current." }]), "Routing: current.");
});

test("many ends at once are not all said", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const before = names.map((asset) => ({ asset, state: "running", revision: null }));
  const after = names.map((asset) => ({ asset, state: "current", revision: 1, label: `${asset}.` }));
  assert.equal(announcement(before, after), "a. b. c. And 3 more.");
});

test("a run without known progress shows its time, one with progress does not", () => {
  const now = Date.parse("2026-01-01T00:00:12Z");
  assert.equal(wordOf(routing, now), "running 12 s");
  assert.equal(wordOf({ ...routing, progress: 0.4, word: "running 40 %" }, now), "running 40 %");
  assert.equal(wordOf({ ...routing, state: "waiting", word: "waiting" }, now), "waiting");
});
