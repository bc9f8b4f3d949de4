/**
 * Arrays and plain data in one message of bytes: the twin of formats/packed_arrays.py, where the form is described.
 *
 * Numbers stand in a message little endian, as in the memory of every machine that runs a browser: arrays are views of
 * the message, and nothing is copied.
 */

/** @typedef {Int8Array|Uint8Array|Int16Array|Uint16Array|Int32Array|Uint32Array|BigInt64Array|BigUint64Array|Float32Array|Float64Array} Values */
/** @typedef {{values: Values, shape: number[], type?: string}} PackedArray */
/** @typedef {{data: any, arrays: Record<string, PackedArray>}} Message */

const MAGIC = [0x50, 0x42, 0x43, 0x41]; // PBCA
const VERSION = 1;
const HEADER_AT = 12;
const STEP = 8;

/** @type {Record<string, any>} */
const TYPES = {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** @param {number} length */
const padding = (length) => (STEP - (length % STEP)) % STEP;

/** @param {number[]} shape */
const sizeOf = (shape) => shape.reduce((size, side) => size * side, 1);

/**
 * Plain data and arrays of a message. Arrays share its memory.
 *
 * @param {ArrayBuffer|ArrayBufferView} message
 * @returns {Message} each array with its values, its shape and the name of its type
 */
export function unpack(message) {
  const bytes = alignedBytes(message);
  const { header, end } = readHeader(bytes);
  let at = end;
  /** @type {Map<string, PackedArray>} */
  const arrays = new Map();
  for (const entry of header.arrays) {
    const { name, type, shape } = described(entry);
    if (arrays.has(name)) throw new Error(`The packed message holds the array "${name}" twice.`);
    const size = sizeOf(shape);
    const length = size * TYPES[type].BYTES_PER_ELEMENT;
    if (at + length > bytes.length) {
      throw new Error(`The packed message ends within the array "${name}"; it was cut short on its way.`);
    }
    arrays.set(name, { values: new TYPES[type](bytes.buffer, bytes.byteOffset + at, size), shape, type });
    at += length + padding(length);
  }
  if (at !== bytes.length) {
    throw new Error(`The packed message is ${bytes.length} bytes long, and its arrays end after ${at}.`);
  }
  return { data: header.data, arrays: Object.fromEntries(arrays) };
}

/**
 * Message of plain data and arrays.
 *
 * @param {any} data what JSON can hold
 * @param {Record<string, PackedArray>} arrays a Uint8Array is packed as "u1" where its type does not say "b1"
 * @returns {ArrayBuffer}
 */
export function pack(data, arrays) {
  const entries = Object.entries(arrays).map(([name, array]) => ({ name, array, type: typeOf(array) }));
  const described = entries.map(({ name, array, type }) => ({ name, type, shape: array.shape }));
  const header = new TextEncoder().encode(JSON.stringify({ data, arrays: described }));
  const start = HEADER_AT + header.length + padding(HEADER_AT + header.length);
  const length = entries.reduce((sum, { array }) => sum + array.values.byteLength + padding(array.values.byteLength), 0);
  const bytes = new Uint8Array(start + length).fill(0x20, HEADER_AT, start);
  bytes.set([...MAGIC, VERSION]);
  new DataView(bytes.buffer).setUint32(8, start - HEADER_AT, true);
  bytes.set(header, HEADER_AT);
  let at = start;
  for (const { name, array } of entries) {
    const { values, shape } = array;
    if (values.length !== sizeOf(shape)) throw new Error(`The array "${name}" has not as many values as its shape says.`);
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength + padding(values.byteLength);
  }
  return bytes.buffer;
}

/**
 * The bytes of a message, beginning where arrays of eight bytes may.
 *
 * @param {ArrayBuffer|ArrayBufferView} message
 * @returns {Uint8Array}
 */
function alignedBytes(message) {
  if (!ArrayBuffer.isView(message)) return new Uint8Array(message);
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  return message.byteOffset % STEP === 0 ? bytes : bytes.slice();
}

/**
 * What a message says of itself, and where its arrays begin.
 *
 * @param {Uint8Array} bytes
 * @returns {{header: {data: any, arrays: any[]}, end: number}}
 */
function readHeader(bytes) {
  if (MAGIC.some((byte, place) => bytes[place] !== byte)) {
    throw new Error("This is no packed message: it does not begin with PBCA.");
  }
  if (bytes.length < HEADER_AT) throw new Error("The packed message ends before its header; it was cut short on its way.");
  if (bytes[4] !== VERSION) {
    throw new Error(`The packed message is of version ${bytes[4]}, and version ${VERSION} is read here; reload the page.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const end = HEADER_AT + length;
  if (end > bytes.length || end % STEP !== 0) {
    throw new Error(`The header of the packed message cannot be ${length} bytes long.`);
  }
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(HEADER_AT, end)));
  } catch {
    throw new Error("The header of the packed message is not JSON.");
  }
  if (header === null || typeof header !== "object" || !("data" in header) || !Array.isArray(header.arrays)) {
    throw new Error("The header of the packed message does not hold data and arrays.");
  }
  return { header, end };
}

/**
 * Name, type and shape of an array.
 *
 * @param {any} entry
 * @returns {{name: string, type: string, shape: number[]}}
 */
function described(entry) {
  const { name, type, shape } = entry ?? {};
  if (typeof name !== "string" || typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
    throw new Error(`An array of the packed message is not of one of the types ${Object.keys(TYPES).join(", ")}.`);
  }
  if (!Array.isArray(shape) || !shape.every((side) => Number.isInteger(side) && side >= 0 && side < 2 ** 31)) {
    throw new Error(`The array "${name}" of the packed message has no shape that an array can have.`);
  }
  return { name, type, shape };
}

/**
 * Name of the type of an array in a message.
 *
 * @param {PackedArray} array
 * @returns {string}
 */
function typeOf({ values, type }) {
  if (type === "b1" && values instanceof Uint8Array) return "b1";
  const found = Object.keys(TYPES).find((name) => name !== "b1" && values instanceof TYPES[name]);
  if (found === undefined) throw new Error("An array of this type cannot be packed.");
  return found;
}
