// Cells as runs: how they travel, and how they are written into a field.

/** @typedef {import("./types.js").Answer} Answer */

/** @typedef {import("./types.js").Mask} Mask */
/** @typedef {import("./types.js").Values} Values */

/** @param {Answer} answer @param {string} name */
export function valuesOf(answer, name) {
  return /** @type {Values} */ (arrayOf(answer, name, [Float32Array, Float64Array]));
}

/** @param {Answer} answer @param {string} name */
export function maskOf(answer, name) {
  return /** @type {Mask} */ (arrayOf(answer, name, [Uint8Array, Uint16Array, Uint32Array]));
}

/** @param {Answer} answer @param {string} name */
export function cellsOf(answer, name) {
  return /** @type {Int32Array} */ (arrayOf(answer, name, [Int32Array]));
}

/** @param {Answer} answer @param {string} name */
export function bytesOf(answer, name) {
  return /** @type {Uint8Array} */ (arrayOf(answer, name, [Uint8Array]));
}

/**
 * An array of an answer. Its type is looked at: whole numbers of 64 bits, say, would do harm far from here.
 *
 * @param {Answer} answer
 * @param {string} name
 * @param {Function[]} kinds - One of which it is.
 */
function arrayOf(answer, name, kinds) {
  const values = answer.arrays[name]?.values;
  if (!values) throw new Error(`The answer lacks the array "${name}".`);
  if (!kinds.includes(values.constructor)) throw new Error(`The array "${name}" of the answer has the type ${values.constructor.name}.`);
  return values;
}

/**
 * All cells of runs, one after the other.
 *
 * @param {ArrayLike<number>} starts
 * @param {ArrayLike<number>} lengths
 */
export function cellsOfRuns(starts, lengths) {
  let count = 0;
  for (let run = 0; run < lengths.length; run += 1) count += lengths[run];
  const cells = new Int32Array(count);
  let at = 0;
  for (let run = 0; run < starts.length; run += 1) {
    for (let cell = starts[run], end = cell + lengths[run]; cell < end; cell += 1) cells[at++] = cell;
  }
  return cells;
}

/**
 * Write new numbers into a field along runs.
 *
 * @template {Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array} A
 * @param {A} field - Changed in place.
 * @param {ArrayLike<number>} starts
 * @param {ArrayLike<number>} lengths
 * @param {A} fresh - New numbers, in the order of the cells.
 * @returns {A} What stood there before, in the same order.
 */
export function writeRuns(field, starts, lengths, fresh) {
  const old = /** @type {A} */ (new /** @type {any} */ (field.constructor)(fresh.length));
  let at = 0;
  for (let run = 0; run < starts.length; run += 1) {
    const start = starts[run];
    const end = start + lengths[run];
    old.set(field.subarray(start, end), at);
    field.set(fresh.subarray(at, at + lengths[run]), start);
    at += lengths[run];
  }
  return old;
}

/**
 * A mark for each cell of runs, 0 elsewhere.
 *
 * @param {number} size
 * @param {ArrayLike<number>} starts
 * @param {ArrayLike<number>} lengths
 */
export function marksOfRuns(size, starts, lengths) {
  const marks = new Uint8Array(size);
  for (let run = 0; run < starts.length; run += 1) marks.fill(1, starts[run], starts[run] + lengths[run]);
  return marks;
}
