// The list of all keys, in a dialog.

import { el, tick } from "./dom.js";
import { KEYS, keyWords } from "./keyboard.js";
import { TOOLS } from "./tools/catalogue.js";

/** @typedef {import("./settings.js").Settings} Settings */

/**
 * The dialog of "?".
 *
 * @param {Settings} settings
 * @param {string | null} more - Address of the manual.
 */
export function helpDialog(settings, more) {
  const element = el("dialog", { class: "pe-dialog", "data-part": "help", "aria-label": "Keys of the editor" });
  const state = {
    element,
    lettersCount: settings.get("letters", true),
    open() {
      if (element.childElementCount === 0) fill();
      element.showModal();
    },
  };

  function fill() {
    element.append(
      el("div", { class: "pe-dialog-head" }, el("h2", {}, "Keys of the editor"), el("button", { class: "pe-button pe-quiet", "data-action": "close-help", onclick: () => element.close() }, "Close")),
      el("div", { class: "pe-keys" }, ...KEYS.map(group), toolWords()),
      el(
        "p",
        { class: "pe-hint" },
        tick("Single letters, digits and signs are keys", state.lettersCount, (checked) => {
          state.lettersCount = checked;
          settings.set("letters", checked);
        }, { "data-setting": "letters" }),
      ),
      more ? el("p", {}, el("a", { href: more }, "Manual of the editor")) : "",
    );
  }

  element.addEventListener("click", (event) => {
    if (event.target === element) element.close();
  });
  return state;
}

/** @param {typeof KEYS[number]} group */
function group({ title, bindings }) {
  const rows = bindings.map(({ keys, words, does }) => {
    const names = words ? [words] : keys.map(keyWords);
    return el("tr", {}, el("td", {}, ...names.flatMap((name, at) => [at > 0 ? " " : "", el("kbd", {}, name)])), el("td", {}, does));
  });
  return el("section", {}, el("h3", {}, title), el("table", {}, el("tbody", {}, ...rows)));
}

function toolWords() {
  const rows = TOOLS.filter((tool) => !tool.hidden).map(({ title, keys }) => el("tr", {}, el("td", {}, title), el("td", {}, keys)));
  return el("section", {}, el("h3", {}, "The tools by keyboard"), el("table", {}, el("tbody", {}, ...rows)));
}
