import assert from "node:assert/strict";
import test from "node:test";

import { ago, elapsed } from "../../src/paleobc/server/static/js/times.js";

test("a time that a run has taken is short", () => {
  assert.deepEqual([0, 99.9, 100, 5999, 7200].map(elapsed), ["0 s", "99 s", "1 min", "99 min", "2 h"]);
  assert.equal(elapsed(-3), "0 s");
});

test("a time of today is said by how long ago it was, an older one by its date", () => {
  const now = Date.parse("2026-01-02T12:00:00Z");
  const before = (seconds) => ago(now - 1000 * seconds, now);
  assert.deepEqual([10, 50, 3540, 7200].map(before), ["just now", "1 min ago", "59 min ago", "2 h ago"]);
  assert.equal(before(86_400), "");
});
