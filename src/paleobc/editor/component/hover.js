// The line below the map: what is under the pointer or the cross. Each part has its place, so nothing jumps.

import { el, setText } from "./dom.js";
import { placeWords, valueWords } from "./words.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").Values} Values */

/**
 * What a cell is, in words.
 *
 * @param {Session} session
 * @param {number} cell
 * @returns {{value: string, kind: string, index: string, problems: string}}
 */
export function cellWords(session, cell) {
  const { opened, values, mask } = session;
  const value = values[cell];
  const name = opened.classes?.[value];
  const problems = opened.checks.filter(({ bit }) => (mask[cell] >> bit) & 1).map(({ title }) => title);
  const { columns } = opened.grid;
  return {
    value: name ? `${name} (${value})` : valueWords(value, opened.unit),
    kind: kindWords(opened.quantity, value),
    index: `i ${cell % columns}, j ${Math.floor(cell / columns)}`,
    problems: problems.join(", "),
  };
}

/** @param {string} quantity @param {number} value */
function kindWords(quantity, value) {
  if (quantity === "height") return value > 0 ? "land" : "sea";
  if (quantity === "depth") return value > 0 ? "sea" : "land";
  if (quantity === "basin") return Number.isNaN(value) ? "land" : "sea";
  return Number.isNaN(value) ? "no value" : "";
}

/**
 * The line itself.
 *
 * @param {Session} session
 * @param {() => {values: Values, title: string} | null} other - What the second map shows.
 */
export function hoverLine(session, other) {
  const parts = Object.fromEntries(
    ["value", "kind", "place", "index", "other", "problems"].map((name) => [name, el("span", { class: `pe-hover-${name}`, "data-hover": name })]),
  );
  const element = el("div", { class: "pe-hover", "data-part": "hover" }, ...Object.values(parts));

  /** @param {{longitude: number, latitude: number, cell: number} | null} point */
  function show(point) {
    if (!point || point.cell < 0) {
      for (const part of Object.values(parts)) setText(part, "");
      setText(parts.place, point ? placeWords(point.longitude, point.latitude) : "");
      if (!point) setText(parts.value, "–");
      return;
    }
    const words = cellWords(session, point.cell);
    const second = other();
    setText(parts.value, words.value);
    setText(parts.kind, words.kind);
    setText(parts.place, placeWords(point.longitude, point.latitude));
    setText(parts.index, words.index);
    setText(parts.other, second ? `${second.title}: ${valueWords(second.values[point.cell], session.opened.unit)}` : "");
    setText(parts.problems, words.problems);
  }

  show(null);
  return { element, show };
}
