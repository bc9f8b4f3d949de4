// Bands of plant functional types: sums and order.

/** Number of a cell: 0 where it is empty, NaN where it is none. */
export function cellValue(text) {
  const trimmed = text.trim().replace(",", ".");
  return trimmed === "" ? 0 : /^-?\d*\.?\d+$|^-?\d+\.$/.test(trimmed) ? Number(trimmed) : NaN;
}

/** Total of a row of texts, and whether it is 100 of allowed parts. */
export function totalOf(texts) {
  const values = texts.map(cellValue);
  const total = values.reduce((sum, value) => sum + value, 0);
  const good = Math.abs(total - 100) < 1e-6 && values.every((value) => value >= 0 && value <= 100);
  return { total, good };
}

/** A total in words. */
export function totalWords(total) {
  return Number.isNaN(total) ? "?" : `${Number(total.toFixed(6))} %`;
}

/** What is wrong with the upper bounds, or an empty text. */
export function boundsProblem(texts) {
  const bounds = texts.map((text) => (text.trim() === "" ? NaN : cellValue(text)));
  if (!bounds.length) return "At least one band is needed.";
  if (bounds.some((bound) => Number.isNaN(bound))) return "Each band needs an upper bound, a number of degrees.";
  if (bounds[0] <= 0 || bounds.some((bound, place) => place > 0 && bound <= bounds[place - 1])) {
    return "The upper bounds have to rise from the equator; sort them.";
  }
  return bounds.at(-1) === 90 ? "" : "The last band has to reach 90°.";
}

/** Order of rows by their upper bounds; those without one come last. */
export function orderOf(texts) {
  const keys = texts.map((text) => (text.trim() === "" || Number.isNaN(cellValue(text)) ? Infinity : cellValue(text)));
  return texts.map((_, place) => place).sort((a, b) => keys[a] - keys[b] || a - b);
}

/** Where a new band goes, and its bound: it halves the widest one. */
export function newBand(texts) {
  const bounds = texts.map((text) => cellValue(text) || 0);
  const widths = bounds.map((bound, place) => bound - (place ? bounds[place - 1] : 0));
  const place = widths.indexOf(Math.max(...widths));
  return { place, bound: bounds[place] - widths[place] / 2 };
}
