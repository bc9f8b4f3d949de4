// Saving, export, import, and beginning anew.

import { el, field, identifier, setText } from "../dom.js";
import { bytesOf } from "../runs.js";
import { countWords } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */

/** A list of edits is not larger than this [bytes]; the host has its own limits. */
const LARGEST = 200_000_000;

/** @param {Editor} editor */
export function filePanel(editor) {
  const { can } = editor.session.opened;
  const save = can.save ? saveSection(editor) : null;
  const element = el(
    "div",
    {},
    save?.element ?? null,
    can.export.length > 0 ? exportSection(editor) : null,
    can.import ? importSection(editor) : null,
    can.save || can.import ? restartSection(editor) : null,
  );
  return { element, focus: () => save?.focus() };
}

/** @param {Editor} editor */
function saveSection(editor) {
  const { session } = editor;
  const proposed = session.opened.can.file_name ?? null;
  const reason = el("textarea", { rows: "3", "data-setting": "save-reason", placeholder: "What changed and why", id: identifier("reason") });
  const name = el("input", { type: "text", "data-setting": "file-name" });
  name.value = proposed ?? "";
  const button = el("button", { class: "pe-button pe-main", "data-action": "save" }, "Save");
  const hint = el("p", { class: "pe-hint" });
  const element = el(
    "form",
    { class: "pe-section", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      button.disabled = true;
      const saved = await editor.attempt(() => session.save(reason.value.trim(), name.value.trim() || null));
      button.disabled = false;
      if (!saved) return;
      reason.value = "";
      editor.tell(saved.words, "told", saved.href);
    } },
    el("h2", {}, "Save"),
    el("div", { class: "pe-labelled" }, el("label", { class: "pe-label", for: reason.id }, "Reason"), reason),
    proposed === null ? null : field("File", name),
    button, hint,
  );
  const renew = () => setText(hint, session.history.inForce.length > 0 ? `${countWords(session.history.inForce.length, "edit")} in force. Until you save, they are kept as a draft.` : "No edits in force.");
  session.addEventListener("change", renew);
  renew();
  return { element, focus: () => reason.focus() };
}

/** @param {Editor} editor */
function exportSection(editor) {
  const buttons = editor.session.opened.can.export.map(({ name, title }) =>
    el("button", { type: "button", class: "pe-button pe-quiet", "data-export": name, onclick: () => editor.attempt(() => download(editor, name)) }, title),
  );
  return el("section", { class: "pe-section" }, el("h2", {}, "Export the edits"), el("div", { class: "pe-stack" }, ...buttons));
}

/** @param {Editor} editor @param {string} kind */
async function download(editor, kind) {
  const answer = await editor.ask("export", { kind });
  const file = new Blob([bytesOf(answer, "file")], { type: answer.data.media_type });
  const address = URL.createObjectURL(file);
  el("a", { href: address, download: answer.data.file_name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  editor.say(`${answer.data.file_name} is written.`);
}

/** @param {Editor} editor */
function importSection(editor) {
  const input = el("input", { type: "file", "data-action": "import", "aria-label": "List of edits", onchange: () => editor.attempt(take) });

  async function take() {
    const file = input.files?.[0];
    if (!file) return;
    input.value = "";
    if (file.size > LARGEST) return editor.tell(`${file.name} is too large for a list of edits.`, "fault");
    await editor.session.import(file.name, base64(new Uint8Array(await file.arrayBuffer())));
  }

  return el("section", { class: "pe-section" }, el("h2", {}, "Import a list of edits"), el("p", { class: "pe-hint" }, "Its edits are carried out after those that are here."), input);
}

/** @param {Editor} editor */
function restartSection(editor) {
  const ask = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "restart", onclick: () => turn(true) }, "Discard all edits…");
  const sure = el("div", { class: "pe-labelled", hidden: true },
    el("p", {}, "All edits of this draft are put away, and you begin on the newest map."),
    el("div", { class: "pe-pair" },
      el("button", { type: "button", class: "pe-button pe-danger", "data-action": "restart-sure", onclick: async () => {
        turn(false);
        await editor.attempt(() => editor.session.restart());
      } }, "Discard them"),
      el("button", { type: "button", class: "pe-button pe-quiet", onclick: () => turn(false) }, "Keep them")));

  /** @param {boolean} isAsked */
  function turn(isAsked) {
    ask.hidden = isAsked;
    sure.hidden = !isAsked;
    (isAsked ? sure.querySelector("button") : ask)?.focus();
  }
  return el("section", { class: "pe-section" }, el("h2", {}, "Begin anew"), ask, sure);
}

/**
 * Bytes as text in base64.
 * @param {Uint8Array} bytes
 */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
