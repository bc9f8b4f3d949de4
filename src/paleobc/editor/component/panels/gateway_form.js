// The form of one gateway: where it is, and what it has to be.

import { lendTool } from "../commands.js";
import { el, field, segments, setText } from "../dom.js";
import { numberOf, placeWords } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../types.js").Gateway} Gateway */
/** @typedef {import("../types.js").Place} Place */

const STATES = [{ name: "open", title: "Open" }, { name: "closed", title: "Closed" }];
const WAYS = [{ name: "line", title: "A line across" }, { name: "places", title: "Two places" }];

/** Numbers that may be asked of an open gateway: key, words, unit. */
const NUMBERS = [
  ["least_width_cells", "Least width", "cells"],
  ["least_width_km", "Least width", "km"],
  ["shallowest", "Sill from", "m deep"],
  ["deepest", "Sill to", "m deep"],
];

/**
 * @param {Editor} editor
 * @param {Gateway | null} gateway - As it is; null: a new one.
 * @param {(gateway: Gateway) => void} onDone
 * @param {() => void} onCancel
 */
export function gatewayForm(editor, gateway, onDone, onCancel) {
  let state = gateway?.state ?? "open";
  let way = gateway?.from ? "places" : "line";
  /** @type {Place[]} */
  let places = gateway?.line ?? (gateway?.from ? [gateway.from, gateway.to] : []);
  const name = el("input", { type: "text", required: true, "data-setting": "gateway-name" });
  const source = el("input", { type: "text", "data-setting": "gateway-source" });
  const numbers = NUMBERS.map(([key, title, unit]) => {
    const input = el("input", { type: "text", "data-setting": `gateway-${key}` });
    return { key, title, input, element: field(title, input, el("span", { class: "pe-unit" }, unit)) };
  });
  const asked = el("div", { class: "pe-needs" }, ...numbers.map(({ element }) => element));
  const where = el("p", { class: "pe-hint", "data-part": "gateway-places" });
  const fault = el("p", { class: "pe-fault", role: "alert" });
  const states = segments("It has to be", STATES, state, (chosen) => {
    state = chosen;
    asked.hidden = state === "closed";
  }, "gateway-state");
  const ways = segments("Told by", WAYS, way, (chosen) => {
    way = chosen;
    places = [];
    show();
  }, "gateway-way");
  const draw = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "draw-gateway", onclick: () =>
    lendTool(editor, way === "line" ? "line" : "places", (shape) => {
      places = shape.line;
      show();
      draw.focus();
    }) }, "Draw it on the map");

  name.value = gateway?.name ?? "";
  source.value = gateway?.source ?? "";
  const [shallowest, deepest] = gateway?.sill ?? [];
  const known = /** @type {Record<string, any>} */ ({ ...gateway, shallowest, deepest });
  for (const { key, input } of numbers) input.value = known[key] === undefined || known[key] === null ? "" : String(known[key]);
  asked.hidden = state === "closed";

  function show() {
    setText(where, places.length > 0 ? places.map(([longitude, latitude]) => placeWords(longitude, latitude, 1)).join(" – ") : way === "line" ? "A line across the passage, from land to land." : "A place in each of the two seas.");
  }

  function finished() {
    if (name.value.trim() === "") return "Give it a name.";
    if (places.length < 2) return "Draw it on the map.";
    const wrong = numbers.find(({ input }) => input.value.trim() !== "" && numberOf(input.value) === null);
    if (wrong && state === "open") return `${wrong.title}: "${wrong.input.value}" is no number.`;
    const values = Object.fromEntries(numbers.map(({ key, input }) => [key, numberOf(input.value)]));
    if (state === "open" && (values.shallowest === null) !== (values.deepest === null)) return "Give both depths of the sill, or none.";
    return built(values);
  }

  /** @param {Record<string, number | null>} values @returns {Gateway} */
  function built({ least_width_cells: cells, least_width_km: kilometres, shallowest: from, deepest: to }) {
    const isOpen = state === "open";
    return {
      name: name.value.trim(),
      state,
      ...(way === "line" ? { line: places } : { from: places[0], to: places[1], ...(gateway?.within ? { within: gateway.within } : {}) }),
      ...(isOpen && cells !== null ? { least_width_cells: cells } : {}),
      ...(isOpen && kilometres !== null ? { least_width_km: kilometres } : {}),
      ...(isOpen && from !== null ? { sill: [from, to] } : {}),
      ...(source.value.trim() ? { source: source.value.trim() } : {}),
    };
  }

  show();
  return el(
    "form",
    { class: "pe-section pe-gateway-form", "data-part": "gateway-form", novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const result = finished();
      setText(fault, typeof result === "string" ? result : "");
      if (typeof result !== "string") onDone(result);
    } },
    el("h2", {}, gateway ? `Gateway: ${gateway.name}` : "A new gateway"),
    field("Name", name), states.element, ways.element,
    el("div", { class: "pe-row" }, draw), where, asked, field("Source", source), fault,
    el("div", { class: "pe-pair" },
      el("button", { class: "pe-button", "data-action": "keep-gateway" }, "Keep"),
      el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "cancel-gateway", onclick: onCancel }, "Cancel")),
  );
}
