// How the next shape counts, which cells of it, and how many are selected.

import { el, segments, setText } from "../dom.js";
import { areaWords, valueWords, wholeWords } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../selection.js").Mode} Mode */

/** @type {{name: Mode, title: string, hint: string}[]} */
const MODES = [
  { name: "replace", title: "Replace", hint: "The next shape replaces what is selected (1)" },
  { name: "union", title: "Add", hint: "The next shape is added to what is selected (2)" },
  { name: "intersection", title: "Intersect", hint: "What is in both stays selected (3)" },
  { name: "difference", title: "Subtract", hint: "The next shape is taken out of what is selected (4)" },
];

/** Filters whose names are too long for a button. */
const SHORT = { present: "With value", missing: "Without" };

/** @param {Editor} editor */
export function selectionPanel(editor) {
  const { selection, session, say } = editor;
  const modes = segments("The next shape", MODES, selection.mode, (name) => selection.setMode(name), "mode");
  const filters = segments("Which cells of the shapes", session.opened.filters.map(shortly), selection.where, (name) => selection.setWhere(name), "filter");
  const facts = Object.fromEntries(["Cells", "Area", "Parts", "Lowest", "Mean", "Highest"].map((word) => [word, el("dd", { "data-fact": word.toLowerCase() }, "–")]));
  const list = el("dl", { class: "pe-facts", "data-part": "counts" }, ...Object.entries(facts).map(([word, value]) => el("div", {}, el("dt", {}, word), value)));
  const fault = el("p", { class: "pe-fault", "data-part": "selection-fault" });
  const back = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "drop-last-shape", onclick: () => selection.dropLast() }, "Drop last shape");
  const clear = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "clear-selection", onclick: () => selection.clear() }, "Clear selection");
  const element = el(
    "section",
    { class: "pe-section" },
    el("h2", {}, "Selection"),
    el("div", { class: "pe-labelled pe-inline" }, el("span", { class: "pe-label" }, "Shape"), modes.element),
    el("div", { class: "pe-labelled pe-inline" }, el("span", { class: "pe-label" }, "Only"), filters.element),
    list, fault,
    el("div", { class: "pe-pair" }, back, clear),
  );

  function changed() {
    modes.choose(selection.mode);
    back.disabled = clear.disabled = selection.parts === 0;
    list.toggleAttribute("data-counting", selection.isCounting);
  }

  function counted() {
    changed();
    const { counted: found } = selection;
    const { unit } = session.opened;
    setText(facts.Cells, found ? wholeWords(found.count) : "–");
    setText(facts.Area, found ? areaWords(found.area_km2, "M") : "–");
    setText(facts.Lowest, found ? valueWords(rounded(found.lowest, 5), unit) : "–");
    setText(facts.Mean, found ? valueWords(rounded(found.mean, 4), unit) : "–");
    setText(facts.Highest, found ? valueWords(rounded(found.highest, 5), unit) : "–");
    setText(facts.Parts, String(selection.parts || "–"));
    setText(fault, selection.fault);
    if (selection.isRecount) return; // what the edit did is being said
    if (found) say(`${wholeWords(found.count)} cells selected, ${areaWords(found.area_km2)}.`);
    else if (selection.parts === 0) say("Nothing is selected.");
  }

  selection.addEventListener("change", changed);
  selection.addEventListener("counted", counted);
  changed();
  return element;
}

/** @param {import("../types.js").Named} filter */
function shortly({ name, title }) {
  return { name, title: SHORT[/** @type {keyof typeof SHORT} */ (name)] ?? title, hint: title };
}

/**
 * A number with so few digits that it fits its place.
 * @param {number | null} value
 * @param {number} digits
 */
function rounded(value, digits) {
  return value === null ? null : Number(value.toPrecision(digits));
}
