// The parts of the editor beside each other: head, panel, maps, the line below, histogram and legend.

import { selectValues } from "./commands.js";
import { el, icon, keepList } from "./dom.js";
import { header } from "./header.js";
import { helpDialog } from "./help.js";
import { Histogram } from "./histogram.js";
import { hoverLine } from "./hover.js";
import { drawLegend, legendWidth } from "./legend.js";
import { changePanel } from "./panels/change.js";
import { filePanel } from "./panels/file.js";
import { gatewaysPanel } from "./panels/gateways.js";
import { logPanel } from "./panels/log.js";
import { problemsPanel } from "./panels/problems.js";
import { selectionPanel } from "./panels/selection.js";
import { tabbed } from "./panels/tabs.js";
import { viewPanel } from "./panels/view.js";
import { checkSign } from "./panels/signs.js";
import { toolLine, toolbar } from "./toolbar.js";
import { wholeWords } from "./words.js";

/** @typedef {import("./workbench.js").Editor} Editor */

/**
 * Build everything around the first map.
 *
 * @param {Editor} editor
 * @param {ReturnType<typeof import("./map_place.js").firstPlace>} first
 * @param {HTMLElement} notices
 */
export function buildStage(editor, first, notices) {
  const { picture, session, settings, options } = editor;
  const histogram = new Histogram(picture, (low, high) => selectValues(editor, low, high));
  const hover = hoverLine(session, () => editor.second.compared);
  const tools = toolbar(editor);
  const line = toolLine(editor);
  const legend = legendBeside(editor);
  const maps = el("div", { class: "pe-maps" }, first.frame);
  const told = () => (maps.dataset.view = editor.map.view.kind);
  editor.map.addEventListener("viewchange", told);
  told();
  const stage = el(
    "section",
    { class: "pe-stage", "aria-label": "Map" },
    tools.element, line.element,
    el("div", { class: "pe-picture" }, maps, legend.element, notices),
    hover.element, histogram.element, first.description,
  );
  const panel = buildPanel(editor);
  const help = helpDialog(settings, options.help ?? null);
  const body = el("div", { class: "pe-body" }, panel.element, stage);
  return { parts: [header(editor), body, help.element], maps, histogram, hover, help, tools, line, panel, close: () => [histogram, legend].forEach((part) => part.close()) };
}

/** @param {Editor} editor */
function buildPanel(editor) {
  const { settings, session } = editor;
  const change = changePanel(editor);
  const problems = problemsPanel(editor);
  const gateways = gatewaysPanel(editor, problems.propose);
  const log = logPanel(editor);
  const file = filePanel(editor);
  const edit = el("div", {}, selectionPanel(editor), change.element, checkSummary(editor, (name) => {
    tabs.choose("problems");
    problems.open(name);
  }));
  const tabs = tabbed(
    [
      { name: "edit", title: "Edit", panel: edit },
      ...(session.opened.checks.length > 0 ? [{ name: "problems", title: "Problems", panel: problems.element, badge: problems.badge }] : []),
      ...(session.opened.can.gateways || session.opened.gateways.length > 0 ? [{ name: "gateways", title: "Gateways", panel: gateways.element, badge: gateways.badge }] : []),
      { name: "log", title: "Log", panel: log.element, badge: log.badge },
      { name: "view", title: "View", panel: viewPanel(editor) },
      { name: "file", title: "File", panel: file.element },
    ],
    settings.get("tab", "edit"),
    (name) => settings.set("tab", name),
  );
  const toggle = el("button", { type: "button", class: "pe-drawer", "data-action": "toggle-panel", "aria-expanded": "true", "aria-label": "Panel", onclick: () => {
    const isOpen = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(isOpen));
    element.toggleAttribute("data-closed", !isOpen);
  } }, icon(["M3 6l5 5 5-5"]));
  const element = el("aside", { class: "pe-panel", "aria-label": "Selection, change and findings" }, el("div", { class: "pe-panel-head" }, tabs.list, toggle), el("div", { class: "pe-panel-body" }, ...tabs.panels));
  return { element, choose: tabs.choose, change, file };
}

/**
 * All checks with their counts, below the change: what an edit did is seen at once.
 * @param {Editor} editor
 * @param {(check: string) => void} onOpen
 */
function checkSummary(editor, onOpen) {
  const { session, picture } = editor;
  const { checks } = session.opened;
  const list = el("ul", { class: "pe-check-summary", "data-part": "check-summary" });
  const element = el("section", { class: "pe-section", hidden: checks.length === 0 }, el("h2", {}, "Problems"), list);
  const renew = () =>
    keepList(list, checks, ({ name }) => `${name} ${session.findings.counts[name]?.places ?? 0}`, (check) => {
      const places = session.findings.counts[check.name]?.places ?? 0;
      const position = checks.indexOf(check);
      return el("li", {}, el(
        "button",
        { type: "button", class: "pe-check-line", "data-open-check": check.name, "data-none": places === 0, onclick: () => onOpen(check.name) },
        checkSign(position, picture.checks[position].colour), el("span", {}, check.title), el("span", { class: "pe-count" }, wholeWords(places)),
      ));
    });
  session.addEventListener("change", renew);
  renew();
  return element;
}

/**
 * The legend, beside the map and never on it.
 * @param {Editor} editor
 */
function legendBeside({ picture, session }) {
  const canvas = el("canvas", { class: "pe-legend-canvas", role: "img", "aria-label": `Colours: ${session.opened.words}` });
  const element = el("div", { class: "pe-legend", "data-part": "legend", "data-classes": Boolean(session.opened.classes) }, canvas);
  const width = legendWidth(canvas, session.opened.classes ?? []);
  if (session.opened.classes) element.style.setProperty("--pe-legend-width", `${width}px`);
  const draw = () => {
    drawLegend(canvas, picture.scale, { unit: session.opened.colours.unit, missing: session.opened.quantity === "value" || session.opened.quantity === "basin" });
  };
  const resized = new ResizeObserver(draw);
  resized.observe(element);
  picture.addEventListener("scale", draw);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", draw);
  return {
    element,
    close() {
      resized.disconnect();
      dark.removeEventListener("change", draw);
    },
  };
}
