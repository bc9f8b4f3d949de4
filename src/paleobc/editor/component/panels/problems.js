// Every check with its count, its places, and the repairs that are proposed.

import { el, keepList, setText, tick } from "../dom.js";
import { countWords, placeWords, wholeWords } from "../words.js";
import { proposalList } from "./proposals.js";
import { checkSign } from "./signs.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../types.js").Problem} Problem */

/** @param {Editor} editor */
export function problemsPanel(editor) {
  const { session, picture } = editor;
  const { checks } = session.opened;
  const proposals = proposalList(editor);
  const badge = el("span", { class: "pe-badge", "data-count": "problems" });
  const parts = checks.map((check, position) => checkPart(editor, check, position, proposals.propose));
  const more = el("p", { class: "pe-hint", "data-part": "more-problems" });
  const element = el(
    "div",
    {},
    proposals.element,
    ...parts.map((part) => part.element),
    more,
  );

  function renew() {
    const { counts, more: left } = session.findings;
    let all = 0;
    for (const { name } of checks) all += counts[name]?.places ?? 0;
    setText(badge, checks.length > 0 ? wholeWords(all) : "");
    for (const part of parts) part.count();
    setText(more, left > 0 ? `${wholeWords(left)} more places are not listed; they are marked on the map.` : "");
    if (!element.hidden) for (const part of parts) part.list();
  }

  session.addEventListener("change", renew);
  picture.addEventListener("checks", () => parts.forEach((part) => part.count()));
  element.addEventListener("shown", renew);
  renew();
  /**
   * Open the places of a check.
   * @param {string} name
   */
  function open(name) {
    for (const part of parts) part.element.open = part.element.dataset.check === name;
    const part = parts.find((one) => one.element.dataset.check === name);
    part?.element.scrollIntoView({ block: "nearest" });
    part?.element.querySelector("summary")?.focus({ preventScroll: true });
  }

  return { element, badge, open, propose: proposals.propose };
}

/**
 * One check.
 *
 * @param {Editor} editor
 * @param {import("../types.js").Check} check
 * @param {number} position
 * @param {(problem: Problem) => void} propose
 */
function checkPart(editor, check, position, propose) {
  const { session, picture } = editor;
  const colour = picture.checks[position].colour;
  const count = el("span", { class: "pe-count", "data-count": check.name });
  const shown = tick("Show on the map", true, (isShown) => picture.showCheck(check.name, isShown), { "data-check-shown": check.name });
  const input = /** @type {HTMLInputElement} */ (shown.firstElementChild);
  const list = el("ul", { class: "pe-places", "data-places": check.name });
  const element = el(
    "details",
    { class: "pe-check", "data-check": check.name },
    el("summary", {}, checkSign(position, colour), el("span", { class: "pe-check-title" }, check.title), count),
    el("p", { class: "pe-hint" }, check.meaning),
    check.remedy ? el("p", { class: "pe-hint" }, check.remedy) : null,
    shown, list,
  );
  element.addEventListener("toggle", places);
  arrowsAlong(list);

  function places() {
    if (!element.open) return;
    const found = session.findings.problems.filter((problem) => problem.check === check.name);
    keepList(list, found, keyOf, (problem) => placeItem(editor, problem, propose));
  }

  return {
    element,
    count() {
      const { places: number = 0, cells = 0 } = session.findings.counts[check.name] ?? {};
      setText(count, wholeWords(number));
      count.title = `${wholeWords(number)} places, ${wholeWords(cells)} cells`;
      element.toggleAttribute("data-none", number === 0);
      input.checked = picture.checks[position].shown;
    },
    list: places,
  };
}

/** @param {Problem} problem */
function keyOf(problem) {
  return `${problem.check} ${problem.cell} ${problem.cells} ${problem.repairable} ${problem.label}`;
}

/** @param {Editor} editor @param {Problem} problem @param {(problem: Problem) => void} propose */
function placeItem(editor, problem, propose) {
  const { longitude, latitude, cell, label, repairable, cells } = problem;
  const go = el(
    "button",
    { type: "button", class: "pe-place", "data-action": "go-to-problem", "data-cell": cell, title: label, onclick: () => editor.goToCell(cell) },
    el("span", {}, placeWords(longitude, latitude, 1)), el("span", { class: "pe-where" }, countWords(cells, "cell")),
  );
  const repair = repairable && editor.session.opened.can.repair
    ? el("button", { type: "button", class: "pe-button pe-quiet pe-small", "data-action": "propose", "aria-label": `Propose a repair: ${label}`, onclick: () => propose(problem) }, "Propose repair")
    : null;
  return el("li", {}, go, repair);
}

/**
 * Arrow keys up and down go along the places of a list.
 * @param {HTMLElement} list
 */
export function arrowsAlong(list) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = /** @type {HTMLElement} */ (event.target).closest("li");
    if (!step || !item) return;
    event.preventDefault();
    const next = /** @type {Element | null} */ (step > 0 ? item.nextElementSibling : item.previousElementSibling);
    next?.querySelector("button")?.focus();
  });
}
