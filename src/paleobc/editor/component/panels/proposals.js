// Repairs that are proposed for one problem; each is an ordinary edit.

import { el } from "../dom.js";
import { countWords } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../types.js").Problem} Problem */
/** @typedef {import("../types.js").Proposal} Proposal */

/** @param {Editor} editor */
export function proposalList(editor) {
  const element = el("section", { class: "pe-proposals", "data-part": "proposals", "aria-label": "Proposed repairs", tabindex: "-1", hidden: true });

  function close() {
    element.hidden = true;
    element.replaceChildren();
    editor.drawing.rest();
  }

  /** @param {Problem} problem */
  async function propose(problem) {
    if (problem.cell >= 0) editor.goToCell(problem.cell);
    else editor.goToPlace(problem.longitude, problem.latitude);
    show(problem, null);
    const answer = await editor.attempt(() => editor.ask("propose", questionOf(editor.session.position, problem)));
    if (answer) show(problem, answer.data.proposals);
    else close();
  }

  /** @param {Problem} problem @param {Proposal[] | null} proposals - null: they are being looked for. */
  function show(problem, proposals) {
    element.replaceChildren(
      el("div", { class: "pe-proposals-head" },
        el("h3", {}, `Repair: ${problem.label}`),
        el("button", { type: "button", class: "pe-close", "aria-label": "Close the proposals", onclick: close }, "×")),
      proposals === null ? el("p", {}, "Looking for repairs…") : proposals.length === 0 ? el("p", {}, "No repair is known for this place. Change it by hand.") : el("ul", { class: "pe-list" }, ...proposals.map(item)),
    );
    element.hidden = false;
    element.focus();
    if (proposals === null) return;
    if (proposals.length > 0) editor.map.setShape(proposals[0].edit.shape);
    editor.say(proposals.length === 0 ? "No repair is known." : countWords(proposals.length, "repair proposed", "repairs proposed"));
  }

  /** @param {Proposal} proposal */
  function item({ words, note, edit, cells, way }) {
    const apply = async () => {
      close();
      await editor.apply(edit);
    };
    const element = el(
      "li",
      { class: "pe-proposal", "data-way": way },
      el("strong", {}, words), el("span", { class: "pe-where" }, countWords(cells, "cell")),
      note ? el("p", { class: "pe-hint" }, note) : null,
      el("button", { type: "button", class: "pe-button pe-small", "data-action": "apply-proposal", onclick: apply }, "Apply this"),
    );
    const outline = () => editor.map.setShape(edit.shape);
    element.addEventListener("pointerenter", outline);
    element.addEventListener("focusin", outline);
    return element;
  }

  editor.session.addEventListener("change", () => {
    if (!element.hidden) close();
  });
  return { element, propose };
}

/**
 * A gateway is asked by its name, everything else by its cell.
 * @param {number} position
 * @param {Problem} problem
 */
function questionOf(position, { check, cell, label }) {
  return cell < 0 ? { position, check, cell: 0, gateway: label } : { position, check, cell };
}
