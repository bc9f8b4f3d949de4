// What is done to the selected cells, and why.

import { choice, el, field, segments, setText } from "../dom.js";
import { countWords } from "../words.js";
import { operationKinds, operationOf } from "./operations.js";

/** @typedef {import("../workbench.js").Editor} Editor */

/** @param {Editor} editor */
export function changePanel(editor) {
  const { session, selection, settings } = editor;
  const { opened } = session;
  const kinds = operationKinds(opened.unit, opened.quantity).filter(({ name, of = name }) => opened.operations.includes(of));
  let kind = kinds.find(({ name }) => name === settings.get("operation", "set")) ?? kinds[0];
  const rows = new Map(kinds.map((one) => [one.name, needsOf(one.needs, one.name === "set" ? opened.classes : null)]));
  const revision = choice(opened.revisions, opened.revisions[0]?.name ?? "", () => {}, { "data-setting": "revision" });
  const copies = field("From", revision);
  const group = segments("What is done", kinds, kind.name, choose, "operation");
  group.element.classList.add("pe-operations");
  const needs = el("div", { class: "pe-needs" });
  const hint = el("p", { class: "pe-hint" });
  const reason = el("input", { type: "text", "data-setting": "reason", maxlength: "10000", placeholder: "Why; best with the source" });
  const fault = el("p", { class: "pe-fault", role: "alert", "data-part": "change-fault" });
  const apply = el("button", { class: "pe-button pe-main", "data-action": "apply" }, "Apply");
  const form = el(
    "form",
    { class: "pe-section", novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      run();
    } },
    el("h2", {}, "Change"), group.element, hint, needs, field("Reason", reason), apply, fault,
  );

  /** @param {string} name */
  function choose(name) {
    kind = kinds.find((one) => one.name === name) ?? kinds[0];
    settings.set("operation", kind.name);
    needs.replaceChildren(...(rows.get(kind.name) ?? []).map(({ element }) => element), ...(kind.name === "copy" ? [copies] : []));
    needs.toggleAttribute("data-two", kind.needs.length === 2);
    setText(hint, kind.hint);
    setText(fault, "");
  }

  function renew() {
    const { counted, shape, isCounting } = selection;
    apply.disabled = !shape || counted?.count === 0;
    const words = !shape ? "Apply – select cells first" : counted && !isCounting ? `Apply to ${countWords(counted.count, "cell")}` : "Apply";
    setText(apply, words);
  }

  function run() {
    const { shape, where } = selection;
    const texts = (rows.get(kind.name) ?? []).map(({ input }) => input.value);
    const operation = operationOf(kind, texts, revision.value);
    setText(fault, typeof operation === "string" ? operation : shape ? "" : "Nothing is selected.");
    if (typeof operation === "string" || !shape) return;
    editor.apply({ shape, operation, where, reason: reason.value.trim() });
  }

  selection.addEventListener("change", renew);
  selection.addEventListener("counted", renew);
  choose(kind.name);
  renew();
  return { element: form, apply: () => form.requestSubmit(), focus: () => reason.focus() };
}

/**
 * A field for each number; a list where the numbers stand for classes.
 *
 * @param {import("./operations.js").Need[]} needs
 * @param {string[] | null} classes
 */
function needsOf(needs, classes) {
  return needs.map(({ label, value, unit }) => {
    const attributes = { "data-need": label.toLowerCase() };
    const choices = classes?.map((title, number) => ({ name: String(number), title: `${number}: ${title}` }));
    const input = choices
      ? choice(choices, "0", () => {}, attributes)
      : el("input", { type: "text", inputmode: "text", autocomplete: "off", ...attributes });
    if (!choices) input.value = value;
    return { input, element: field(label, input, unit ? el("span", { class: "pe-unit" }, unit) : null) };
  });
}
