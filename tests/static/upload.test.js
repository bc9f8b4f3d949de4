import assert from "node:assert/strict";
import test from "node:test";

import { progressWords, refusal, sizeWords, uploadAddress } from "../../src/paleobc/server/static/js/upload.js";

test("sizes are said with three digits", () => {
  assert.deepEqual([12, 1500, 999_499, 165_000_000, 4_100_000_000].map(sizeWords), ["12 B", "1.50 kB", "999 kB", "165 MB", "4.10 GB"]);
});

test("progress goes to 100 only when all was sent", () => {
  assert.equal(progressWords(999, 1000), "99 %, 999 B of 1.00 kB");
  assert.equal(progressWords(1000, 1000), "Sent; it is checked now.");
  assert.equal(progressWords(0, 0), "Sent; it is checked now.");
});

test("a refusal is the server's sentence, or says what happened", () => {
  assert.equal(refusal(422, JSON.stringify({ detail: "This is not NetCDF." })), "This is not NetCDF.");
  assert.equal(refusal(502, "<html>"), "The server refused the file (502).");
  assert.equal(refusal(0, ""), "The connection broke; try again.");
});

test("the name of a file cannot leave its place in the address", () => {
  assert.equal(uploadAddress("/experiments/x/assets/relief", "a&b=c/../é.nc"), "/api/v1/experiments/x/assets/relief?file_name=a%26b%3Dc%2F..%2F%C3%A9.nc");
});
