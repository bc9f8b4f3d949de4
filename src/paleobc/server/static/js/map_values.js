// Values of a map: where the pointer is, and what is there.

/** Longitude and latitude at a part of the width and height of a map, in degrees. */
export function placeAt(across, down) {
  return { longitude: -180 + 360 * clamp(across), latitude: 90 - 180 * clamp(down) };
}

function clamp(part) {
  return Math.min(1, Math.max(0, part));
}

/** Row and column, from 0, of a place among values of a map of a width; it is half as high. */
export function cellAt({ longitude, latitude }, width) {
  const height = width / 2;
  const column = Math.min(width - 1, Math.floor(((longitude + 180) / 360) * width));
  const row = Math.min(height - 1, Math.floor(((90 - latitude) / 180) * height));
  return { row, column };
}

/** Width of a map of so many values. */
export function widthOf(count) {
  return Math.round(Math.sqrt(2 * count));
}

/** Values of an answer of the server: 32-bit numbers, low byte first. */
export function decode(buffer) {
  const view = new DataView(buffer);
  return Float32Array.from({ length: buffer.byteLength / 4 }, (_, place) => view.getFloat32(4 * place, true));
}

/** A place in words. */
export function placeWords({ longitude, latitude }) {
  const north = `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(1)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}

/** A value in words: its class, or a number with its unit. */
export function valueWords(value, unit, classes = {}) {
  if (!Number.isFinite(value)) return "no value";
  if (String(value) in classes) return classes[String(value)];
  const digits = Number(value.toPrecision(5));
  return unit ? `${digits} ${unit}` : String(digits);
}
