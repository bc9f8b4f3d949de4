// The panel beside the map: one tab for each kind of work.

import { el, identifier } from "../dom.js";

/** @typedef {{name: string, title: string, panel: HTMLElement, badge?: HTMLElement}} Tab */

/**
 * Tabs with their panels. A panel hears "shown" when it comes up, so that it need not be kept up to date below.
 *
 * @param {Tab[]} tabs
 * @param {string} chosen
 * @param {(name: string) => void} onchange
 */
export function tabbed(tabs, chosen, onchange) {
  const buttons = tabs.map(({ name, title, panel, badge }) => {
    panel.id ||= identifier("panel");
    const button = el(
      "button",
      { type: "button", role: "tab", id: identifier("tab"), "aria-controls": panel.id, "data-tab": name, onclick: () => choose(name) },
      el("span", {}, title),
      badge ?? el("span", { class: "pe-badge" }),
    );
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    panel.classList.add("pe-tab-panel");
    panel.dataset.panel = name;
    return button;
  });
  const list = el("div", { class: "pe-tabs", role: "tablist", "aria-label": "Parts of the editor" }, ...buttons);

  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = (to + buttons.length) % buttons.length;
    choose(tabs[next].name);
    buttons[next].focus();
  });

  /** @param {string} name */
  function choose(name) {
    tabs.forEach((tab, at) => {
      const isChosen = tab.name === name;
      buttons[at].setAttribute("aria-selected", String(isChosen));
      buttons[at].tabIndex = isChosen ? 0 : -1;
      tab.panel.hidden = !isChosen;
      if (isChosen) tab.panel.dispatchEvent(new Event("shown"));
    });
    onchange(name);
  }

  choose(tabs.some(({ name }) => name === chosen) ? chosen : tabs[0].name);
  return { list, choose, panels: tabs.map(({ panel }) => panel) };
}
