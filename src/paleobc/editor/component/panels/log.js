// Every edit with its reason, and what no longer fits after the map below it has changed.

import { el, keepList, setText } from "../dom.js";
import { countWords, timeWords, wholeWords } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../types.js").LogEntry} LogEntry */

/** So many edits are listed at first. */
const PAGE = 200;

/** @param {Editor} editor */
export function logPanel(editor) {
  const { session } = editor;
  let most = PAGE;
  const badge = el("span", { class: "pe-badge", "data-count": "log" });
  const list = el("ol", { class: "pe-list pe-log", "data-part": "log" });
  const earlier = el("button", { type: "button", class: "pe-button pe-quiet", onclick: () => {
    most += PAGE;
    renew();
  } }, "Show earlier edits");
  const none = el("p", { class: "pe-hint" }, "No edits yet. What you apply is listed here, the newest first, and kept.");
  const conflicts = el("section", { class: "pe-conflicts", "data-part": "conflicts", hidden: true });
  const element = el("div", {}, conflicts, none, list, earlier);

  function renew() {
    const edits = session.history.newestFirst;
    setText(badge, edits.length > 0 ? wholeWords(session.history.inForce.length) : "");
    none.hidden = edits.length > 0;
    if (element.hidden) return;
    keepList(list, edits.slice(0, most), (entry) => `${entry.number} ${entry.in_force} ${entry.cells}`, entryItem);
    earlier.hidden = edits.length <= most;
    showConflicts();
  }

  function showConflicts() {
    const found = session.opened.conflicts;
    conflicts.hidden = found.length === 0;
    if (found.length === 0 || conflicts.childElementCount > 0) return;
    conflicts.append(
      el("h3", {}, countWords(found.length, "edit no longer fits", "edits no longer fit")),
      el("p", { class: "pe-hint" }, "The map below the edits has changed. These edits were carried out on what is there now."),
      el("ul", { class: "pe-list" }, ...found.map(({ edit, words, count, cells }) =>
        el("li", {}, el("span", {}, `${edit}. ${words}`), el("span", { class: "pe-where" }, countWords(count, "cell")),
          cells.length > 0 ? el("button", { type: "button", class: "pe-button pe-quiet pe-small", "data-action": "go-to-conflict", onclick: () => editor.goToCell(cells[0]) }, "Go there") : null),
      )),
    );
  }

  session.addEventListener("change", renew);
  element.addEventListener("shown", renew);
  renew();
  return { element, badge };
}

/** @param {LogEntry} entry */
function entryItem({ number, words, reason, who, when, cells, in_force: isInForce }) {
  return el(
    "li",
    { class: isInForce ? "" : "pe-undone", "data-edit": number, "data-in-force": String(isInForce) },
    el("span", { class: "pe-log-number" }, String(number)),
    el("span", { class: "pe-log-words" }, words),
    el("span", { class: "pe-where" }, isInForce ? countWords(cells, "cell") : "undone"),
    reason ? el("p", { class: "pe-log-reason" }, reason) : null,
    el("p", { class: "pe-hint" }, [who, when ? timeWords(when) : ""].filter(Boolean).join(", ")),
  );
}
