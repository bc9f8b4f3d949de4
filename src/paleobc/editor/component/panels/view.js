// What the map shows, and in which colours.

import { choice, el, field, tick } from "../dom.js";
import { numberOf, within180 } from "../words.js";

/** @typedef {import("../workbench.js").Editor} Editor */

const LAYERS = [
  { name: "graticule", title: "Graticule" },
  { name: "coast", title: "Coast of the grid" },
  { name: "edges", title: "Edges of cells, when zoomed in" },
  { name: "shade", title: "Hill shading" },
];

/** @param {Editor} editor */
export function viewPanel(editor) {
  return el("div", {}, placeSection(editor), colourSection(editor), layerSection(editor));
}

/** @param {Editor} editor */
function placeSection({ map }) {
  const longitude = el("input", { type: "text", "data-setting": "centre-longitude" });
  const latitude = el("input", { type: "text", "data-setting": "centre-latitude" });
  const form = el(
    "form",
    { class: "pe-section", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const [east, north] = [numberOf(longitude.value), numberOf(latitude.value)];
      if (east !== null && north !== null && Math.abs(north) <= 90) map.goTo(within180(east), north);
      renew();
    } },
    el("h2", {}, "Middle of the map"),
    field("Longitude", longitude, el("span", { class: "pe-unit" }, "°E")),
    field("Latitude", latitude, el("span", { class: "pe-unit" }, "°N")),
    el("button", { class: "pe-button pe-quiet", "data-action": "go-to-place" }, "Go there"),
  );

  function renew() {
    const { width, height } = map.view;
    const place = map.placeAtScreen(width / 2, height / 2);
    if (!place || form.matches(":focus-within")) return;
    longitude.value = within180(place[0]).toFixed(2);
    latitude.value = place[1].toFixed(2);
  }
  map.addEventListener("viewchange", renew);
  requestAnimationFrame(renew);
  return form;
}

/** @param {Editor} editor */
function colourSection({ picture, session, attempt }) {
  const { colours } = session.opened;
  const change = (/** @type {object} */ more) => attempt(() => picture.setColours(more));
  const maps = choice(colours.maps.map((name) => ({ name, title: name })), picture.colours.map, (map) => change({ map }), { "data-setting": "colours" });
  const low = el("input", { type: "text", "data-setting": "low" });
  const high = el("input", { type: "text", "data-setting": "high" });
  const steps = el("input", { type: "number", min: "0", max: "64", "data-setting": "steps" });
  const unit = () => el("span", { class: "pe-unit" }, colours.unit);

  function show() {
    low.value = String(picture.colours.low);
    high.value = String(picture.colours.high);
    steps.value = String(picture.colours.steps);
  }
  function limits() {
    const [from, to] = [numberOf(low.value), numberOf(high.value)];
    if (from !== null && to !== null && from < to) change({ low: from, high: to }).then(show);
    else show();
  }
  for (const input of [low, high]) input.addEventListener("change", limits);
  steps.addEventListener("change", () => change({ steps: Math.min(64, Math.max(0, Math.round(numberOf(steps.value) ?? 0))) }).then(show));
  show();

  const start = el("button", { type: "button", class: "pe-button pe-quiet", "data-action": "reset-limits", onclick: () => change({ low: colours.low, high: colours.high, steps: 0 }).then(show) }, "Limits as at the start");
  return el(
    "section",
    { class: "pe-section" },
    el("h2", {}, "Colours"),
    field("Colour map", maps),
    field("From", low, unit()), field("To", high, unit()),
    field("Steps", steps, el("span", { class: "pe-unit" }, "0: smooth")),
    colours.break === null ? null : tick("Break at the shore", picture.colours.break, (isBroken) => change({ break: isBroken }), { "data-setting": "break" }),
    start,
  );
}

/** @param {Editor} editor */
function layerSection({ picture, settings, session }) {
  const layers = session.opened.quantity === "height" || session.opened.quantity === "depth" ? LAYERS : LAYERS.filter(({ name }) => name !== "shade");
  return el(
    "section",
    { class: "pe-section" },
    el("h2", {}, "On the map"),
    ...layers.map(({ name, title }) => tick(title, settings.get(name, name !== "shade"), (isShown) => picture.show(name, isShown), { "data-layer": name })),
    session.opened.can.gateways ? tick("Gateways", picture.showsGateways, (isShown) => picture.showGateways(isShown), { "data-layer": "gateways" }) : null,
  );
}
