// Numbers, places and counts as people write them.

const NONE = "–";

/**
 * A number with as many digits as say something; a true minus sign and thin spaces between thousands.
 *
 * @param {number | null | undefined} value
 * @param {number} [digits] - Digits that count.
 */
export function numberWords(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(Math.max(0, digits - 1)).replace("e+", "e").replaceAll("-", "−");
  const after = size === 0 ? 0 : Math.min(6, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
  const [whole, part] = size.toFixed(after).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  const end = part?.replace(/0+$/, "");
  const text = end ? `${grouped}.${end}` : grouped;
  return value < 0 && Number(text.replace(/\u202f/g, "")) !== 0 ? `−${text}` : text;
}

/**
 * A number with its unit.
 * @param {number | null | undefined} value
 * @param {string} unit
 */
export function valueWords(value, unit) {
  const words = numberWords(value, 6);
  return words === NONE || !unit || unit === "1" ? words : `${words}\u00a0${unit}`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function countWords(count, one, many = `${one}s`) {
  return `${wholeWords(count)} ${count === 1 ? one : many}`;
}

/**
 * A whole number.
 * @param {number} count
 */
export function wholeWords(count) {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/**
 * An area.
 * @param {number | null | undefined} area - [km2]
 * @param {string} [million] - The word, or a shorter one where there is little room.
 */
export function areaWords(area, million = "million") {
  if (area === null || area === undefined || Number.isNaN(area)) return NONE;
  if (area >= 1e6) return `${numberWords(area / 1e6, 3)} ${million} km²`;
  return `${numberWords(Number(area.toPrecision(3)), 3)} km²`;
}

/**
 * A longitude from -180 up to 180.
 * @param {number} longitude
 */
export function within180(longitude) {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/**
 * A place as on a map: 12.5°N 30.2°W.
 *
 * @param {number} longitude
 * @param {number} latitude
 * @param {number} [digits]
 */
export function placeWords(longitude, latitude, digits = 2) {
  const east = within180(longitude);
  const north = `${Math.abs(latitude).toFixed(digits)}°${latitude < 0 ? "S" : "N"}`;
  return `${north} ${Math.abs(east).toFixed(digits)}°${east < 0 ? "W" : "E"}`;
}

/**
 * A time of a log as day and minute, in the reader's own time.
 * @param {string} when
 */
export function timeWords(when) {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, "0");
}

/**
 * A number that somebody typed: with a comma, a true minus sign or spaces; null where it is none.
 *
 * @param {string} text
 */
export function numberOf(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/[\s\u202f\u00a0]/g, "").replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/**
 * What of a sentence stands before the first full stop's place: capital first.
 * @param {string} words
 */
export function sentence(words) {
  return words ? words[0].toUpperCase() + words.slice(1) : words;
}
