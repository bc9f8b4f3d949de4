// The head of the editor: what is edited, what is under way, undo, redo, save.

import { choice, el, icon, setText } from "./dom.js";
import { countWords } from "./words.js";

/** @typedef {import("./workbench.js").Editor} Editor */

/** An answer that takes longer than this is worth a word [ms]. */
const PATIENCE = 250;

/** @param {Editor} editor */
export function header(editor) {
  const { session, options } = editor;
  const { opened } = session;
  const title = options.title ?? opened.title;
  const status = el("span", { class: "pe-status", role: "status", "data-part": "status" });
  const undo = button("undo", "Undo", "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7", () => editor.undo());
  const redo = button("redo", "Redo", "M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3", () => editor.redo());
  const element = el(
    "header",
    { class: "pe-head" },
    options.backHref ? el("a", { class: "pe-back", href: options.backHref, "data-action": "back" }, icon(["M10 3 5 8l5 5"]), "Back") : null,
    el("h1", {}, title),
    el("span", { class: "pe-subtitle" }, opened.subtitle),
    el("span", { class: "pe-pickers" }, ...pickers(editor)),
    status,
    el("span", { class: "pe-head-actions" }, undo, redo,
      opened.can.save ? el("button", { type: "button", class: "pe-button", "data-action": "open-save", onclick: () => editor.openTab("file") }, "Save…") : null,
      el("button", { type: "button", class: "pe-button pe-quiet pe-help", "data-action": "help", title: "Keys (?)", "aria-label": "Keys", onclick: () => editor.help.open() }, "?")),
  );

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  function renew() {
    const { nextUndo, nextRedo, inForce } = session.history;
    name(undo, "Undo", nextUndo?.words, "Ctrl+Z");
    name(redo, "Redo", nextRedo?.words, "Ctrl+Shift+Z");
    if (session.waiting === 0) rest(inForce.length);
  }

  /** @param {number} edits */
  function rest(edits) {
    clearTimeout(later);
    element.removeAttribute("data-sending");
    setText(status, edits === 0 ? "No edits" : `${countWords(edits, "edit")}, kept`);
  }

  session.addEventListener("change", renew);
  session.addEventListener("sending", (event) => {
    const { waiting, trying } = /** @type {CustomEvent} */ (event).detail;
    clearTimeout(later);
    if (waiting === 0) return renew();
    const words = trying > 1 ? `Sending… (no answer yet, try ${trying})` : "Sending…";
    later = setTimeout(() => {
      element.setAttribute("data-sending", "");
      setText(status, words);
    }, trying > 1 ? 0 : PATIENCE);
  });
  renew();
  return element;
}

/** @param {string} action @param {string} title @param {string} path @param {() => void} run */
function button(action, title, path, run) {
  return el("button", { type: "button", class: "pe-button pe-quiet", "data-action": action, onclick: run }, icon([path]), el("span", {}, title));
}

/** @param {HTMLButtonElement} element @param {string} verb @param {string | undefined} words @param {string} keys */
function name(element, verb, words, keys) {
  element.disabled = !words;
  element.title = words ? `${verb}: ${words} (${keys})` : `Nothing to ${verb.toLowerCase()}`;
}

/**
 * Which variable, and where in its further dimensions.
 * @param {Editor} editor
 */
function pickers(editor) {
  const { opened } = editor.session;
  const index = Object.fromEntries(opened.dimensions.map((dimension) => [dimension.name, dimension.index]));
  const variables = opened.variables.length > 1
    ? [el("label", { class: "pe-picker" }, "Variable", choice(opened.variables.map((one) => ({ ...one, title: one.title || one.name })), opened.variable, (variable) => editor.choose({ variable }), { "data-setting": "variable" }))]
    : [];
  const positions = opened.dimensions.filter(({ size }) => size > 1).map(({ name: dimension, size, index: at, labels }) => {
    const choices = Array.from({ length: size }, (_, position) => ({ name: String(position), title: labels[position] ?? String(position) }));
    const pick = (/** @type {string} */ position) => editor.choose({ variable: opened.variable, index: { ...index, [dimension]: Number(position) } });
    return el("label", { class: "pe-picker" }, dimension, choice(choices, String(at), pick, { "data-dimension": dimension }));
  });
  return [...variables, ...positions];
}
