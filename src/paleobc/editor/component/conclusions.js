// What follows an edit: a sentence about it, and a warning where it is still under way.

import { countWords } from "./words.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * Ask before the page is left while an edit has not been answered.
 * @param {Session} session
 * @returns {() => void}
 */
export function warnBeforeLeaving(session) {
  const warn = (/** @type {BeforeUnloadEvent} */ event) => {
    if (session.waiting > 0) event.preventDefault();
  };
  addEventListener("beforeunload", warn);
  return () => removeEventListener("beforeunload", warn);
}

const DONE = { edit: "Done", undo: "Undone", redo: "Done again" };

/**
 * What an answer to an edit says, in a sentence.
 * @param {import("./types.js").Done} done
 * @param {import("./types.js").Check[]} checks
 */
export function conclusion({ log, findings }, checks) {
  const entry = log.at(-1);
  if (!entry) return "";
  const counts = checks.map(({ name, title }) => `${title}: ${findings.counts[name]?.places ?? 0}`);
  return `${DONE[entry.kind]}: ${entry.words}, ${countWords(entry.cells, "cell")}. ${counts.join("; ")}`;
}
