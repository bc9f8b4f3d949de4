// The row above the map: tools, view, second map, zoom; and the line of what the tool in hand needs.

import { selectValues } from "./commands.js";
import { choice, el, icon, identifier, setText } from "./dom.js";
import { secondMaps } from "./linked_maps.js";
import { SHOWN_TOOLS } from "./tools/catalogue.js";
import { numberOf } from "./words.js";

/** @typedef {import("./workbench.js").Editor} Editor */

/**
 * Ways to look at the Earth.
 * @type {{name: import("./view.js").ViewKind, title: string}[]}
 */
export const VIEWS = [
  { name: "plate", title: "Plate carrée" },
  { name: "globe", title: "Globe" },
  { name: "north", title: "North polar" },
  { name: "south", title: "South polar" },
  { name: "cells", title: "Grid (i, j)" },
];

/** @param {Editor} editor */
export function toolbar(editor) {
  const { drawing, map, settings } = editor;
  const buttons = SHOWN_TOOLS.map(({ name, title, letter, icon: paths }) =>
    el(
      "button",
      { type: "button", class: "pe-tool", "data-tool": name, title: `${title} (${letter.toUpperCase()})`, "aria-label": title, onclick: () => drawing.choose(name) },
      icon(paths),
      el("span", {}, title),
    ),
  );
  const row = el("div", { class: "pe-tools", role: "toolbar", "aria-label": "Tools of the map" }, ...buttons);
  rove(row, buttons);
  const view = choice(VIEWS, map.view.kind, (name) => editor.setView(name), { "data-setting": "view", "aria-label": "View", title: "View" });
  const second = choice(secondMaps(editor.session.opened), settings.get("second", "none"), (name) => editor.setSecond(name), {
    "data-setting": "second", "aria-label": "Second map", title: "Second map",
  });
  const zooms = [
    ["zoom-out", "Zoom out (−)", "M3 8h10", () => editor.travel.zoom(1 / 1.5)],
    ["zoom-in", "Zoom in (+)", "M3 8h10M8 3v10", () => editor.travel.zoom(1.5)],
    ["fit", "The whole map (0)", "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10", () => map.fit()],
  ].map(([action, title, path, run]) =>
    el("button", { type: "button", class: "pe-tool pe-zoom", "data-action": action, title, "aria-label": title, onclick: run }, icon([String(path)])),
  );
  const element = el("div", { class: "pe-toolbar" }, row, el("div", { class: "pe-views" }, view, second, ...zooms));

  function renew() {
    for (const button of buttons) {
      const isInHand = button.dataset.tool === drawing.name;
      button.setAttribute("aria-pressed", String(isInHand));
      button.tabIndex = isInHand || (drawing.kind.hidden && button === buttons[0]) ? 0 : -1;
    }
  }
  drawing.addEventListener("tool", renew);
  map.addEventListener("viewchange", () => {
    if (view.value !== map.view.kind) view.value = map.view.kind;
  });
  renew();
  return { element, second };
}

/**
 * One stop of the Tab key for a row of buttons; arrow keys go along it.
 * @param {HTMLElement} row
 * @param {HTMLElement[]} buttons
 */
function rove(row, buttons) {
  row.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
}

/**
 * The line below the tools: a hint, and the size or the values that the tool in hand needs.
 * @param {Editor} editor
 */
export function toolLine(editor) {
  const { drawing } = editor;
  const hint = el("p", { class: "pe-tool-hint", "data-part": "hint" });
  const label = el("label", { for: identifier("size") });
  const size = el("input", { id: label.htmlFor, type: "number", min: "0", max: "10000", step: "any", "data-setting": "size" });
  size.addEventListener("change", () => drawing.setSize(numberOf(size.value) ?? 0));
  const sizes = el("span", { class: "pe-tool-size" }, label, size, "km");
  const low = el("input", { type: "text", inputmode: "decimal", "aria-label": "Lowest value", "data-setting": "value-low" });
  const high = el("input", { type: "text", inputmode: "decimal", "aria-label": "Highest value", "data-setting": "value-high" });
  const values = el(
    "form",
    { class: "pe-tool-size", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      selectValues(editor, numberOf(low.value), numberOf(high.value));
    } },
    "from", low, "to", high, editor.session.opened.unit,
    el("button", { class: "pe-button pe-quiet", "data-action": "select-values" }, "Select"),
  );
  const finish = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "finish-shape", onclick: () => drawing.tool.finish() }, "Finish shape");
  const drop = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "drop-shape", onclick: () => drawing.drop() }, "Drop");
  const element = el("div", { class: "pe-tool-line" }, sizes, values, hint, finish, drop);

  function renew() {
    const { kind, tool, name } = drawing;
    setText(hint, kind.hint);
    label.textContent = name === "line" ? "Width" : "Radius";
    sizes.hidden = drawing.size === null;
    if (drawing.size !== null && numberOf(size.value) !== drawing.size) size.value = String(drawing.size);
    values.hidden = name !== "values";
    const isDrawing = drawing.isLent || (tool.pending > 0 && ["line", "polygon", "box", "places"].includes(name));
    finish.hidden = !(isDrawing && tool.isFinishable);
    drop.hidden = !isDrawing;
  }
  for (const event of ["tool", "sketch", "sizes"]) drawing.addEventListener(event, renew);
  renew();
  return { element, showRange: (/** @type {number} */ from, /** @type {number} */ to) => ([low.value, high.value] = [from, to].map(String)) };
}
