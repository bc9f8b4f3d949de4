import assert from "node:assert/strict";
import { test } from "node:test";

import { pack } from "../../src/paleobc/editor/component/packed.js";
import { httpSource } from "../../src/paleobc/editor/component/source_http.js";

/** Answers of the server, one after the other; a null is a dropped connection. */
function serve(...answers) {
  const asked = [];
  globalThis.fetch = async (address, options) => {
    asked.push({ address, ...options });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === null) throw new TypeError("fetch failed");
    return answer();
  };
  return asked;
}

const good = () => new Response(pack({ position: 3 }, { values: { values: new Float32Array([1, 2]), shape: [2] } }));
const bad = (status, detail) => () => new Response(JSON.stringify({ detail }), { status });

test("a question is posted as JSON and its answer unpacked", async () => {
  const asked = serve(good);
  const answer = await httpSource("/desk", { headers: { "X-CSRF-Token": "t" } }).ask("values", { variable: "a" });
  assert.equal(answer.data.position, 3);
  assert.deepEqual([...answer.arrays.values.values], [1, 2]);
  assert.equal(asked[0].address, "/desk/values");
  assert.equal(asked[0].method, "POST");
  assert.equal(asked[0].headers["X-CSRF-Token"], "t");
  assert.deepEqual(JSON.parse(asked[0].body), { variable: "a" });
});

test("what only reads is asked again after a dropped connection, or while the server starts", async () => {
  const asked = serve(null, bad(503, ""), good);
  assert.equal((await httpSource("/desk", { wait: 1 }).ask("changes", {})).data.position, 3);
  assert.equal(asked.length, 3);
});

test("what changes something is not asked again here: the session does, with the same key", async () => {
  const asked = serve(null);
  await assert.rejects(httpSource("/desk", { wait: 1 }).ask("act", {}), { name: "Dropped" });
  await assert.rejects(httpSource("/desk", { wait: 1 }).ask("save", {}), { name: "Dropped" });
  assert.equal(asked.length, 2);
});

test("after four tries somebody is told", async () => {
  const asked = serve(null);
  await assert.rejects(httpSource("/desk", { wait: 1 }).ask("select", {}), { name: "Dropped" });
  assert.equal(asked.length, 4);
});

test("a refusal carries its status and its sentence, whatever page it comes on", async () => {
  serve(bad(422, "A strait of 0 m is no strait."));
  await assert.rejects(httpSource("/desk").ask("act", {}), { name: "Refused", status: 422, message: "A strait of 0 m is no strait." });
  serve(() => new Response("<html>", { status: 401 }));
  await assert.rejects(httpSource("/desk").ask("act", {}), { name: "Refused", status: 401, message: /Sign in/ });
});
