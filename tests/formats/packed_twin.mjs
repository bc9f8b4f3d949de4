/** Takes packed messages over stdin, each behind its length, and packs again what it read, with the values in words. */

import { readSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { pack, unpack } = await import(pathToFileURL(process.argv[2]).href);

/** @param {number} length */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at, null);
    if (count === 0) process.exit(0);
    at += count;
  }
  return bytes;
}

/** @param {ArrayBuffer} message */
function write(message) {
  const bytes = Buffer.alloc(4 + message.byteLength);
  bytes.writeUInt32LE(message.byteLength);
  bytes.set(new Uint8Array(message), 4);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

for (;;) {
  const message = read(read(4).readUInt32LE());
  let answer;
  try {
    const { data, arrays } = unpack(new Uint8Array(message).buffer);
    const words = Object.fromEntries(
      Object.entries(arrays).map(([name, { values, type }]) => [name, [type, ...Array.from(values, String)]]),
    );
    answer = pack({ data, words }, arrays);
  } catch (error) {
    answer = pack({ error: error.message }, {});
  }
  write(answer);
}
