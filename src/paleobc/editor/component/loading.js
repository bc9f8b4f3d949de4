// What is asked before anything can be drawn: all at once.

import { ColourTables } from "./colour_tables.js";
import { History } from "./history.js";
import { maskOf, valuesOf } from "./runs.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Findings} Findings */
/** @typedef {import("./types.js").Opened} Opened */

/**
 * What a field is, its grid, its values and the colours that the host proposes.
 *
 * @param {import("./types.js").Source} source
 * @param {import("./types.js").Identity} identity
 */
export async function load(source, identity) {
  const [opening, ...others] = ["open", "geometry", "values"].map((kind) => source.ask(kind, identity));
  const tables = new ColourTables(source);
  opening.then(({ data }) => tables.named(data.colours.map)).catch(() => {}); // asked again where it is needed
  const [{ data }, geometry, values] = await Promise.all([opening, ...others]);
  return { tables, opened: /** @type {Opened} */ (data), geometry, values };
}

/** @param {Answer} answer - To "values". */
export function loadedOf(answer) {
  const { position, log, findings } = answer.data;
  return {
    values: valuesOf(answer, "values"),
    mask: maskOf(answer, "mask"),
    position: /** @type {number} */ (position),
    history: new History(log),
    findings: /** @type {Findings} */ (findings),
  };
}
