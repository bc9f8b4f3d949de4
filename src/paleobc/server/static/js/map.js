// A cross on the map, by pointer or by arrow keys, and the value below it.

import { cellAt, decode, placeAt, placeWords, valueWords, widthOf } from "./map_values.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function begin(map) {
  const picture = map.querySelector(".map-picture");
  const cross = map.querySelector(".map-cross");
  const readout = map.querySelector("[data-readout]");
  const classes = JSON.parse(map.dataset.classes || "{}");
  let values = null;
  let asked = null;
  let place = { longitude: 0, latitude: 0 };

  async function load() {
    asked ??= fetch(map.dataset.map).then((answer) => (answer.ok ? answer.arrayBuffer() : null));
    const buffer = await asked.catch(() => null);
    if (buffer) values = decode(buffer);
    else asked = null;
  }

  async function show(where) {
    place = where;
    if (!values) await load();
    if (!values || place !== where) return;
    const x = where.longitude + 180;
    const y = 90 - where.latitude;
    for (const path of cross.querySelectorAll("path")) path.setAttribute("d", `M${x},0V180M0,${y}H360`);
    cross.removeAttribute("hidden");
    const width = widthOf(values.length);
    const { row, column } = cellAt(where, width);
    readout.textContent = `${placeWords(where)}: ${valueWords(values[row * width + column], map.dataset.unit, classes)}`;
  }

  picture.addEventListener("pointerenter", load);
  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    show(placeAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
  });
  picture.addEventListener("focus", () => show(place));
  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    const longitude = ((place.longitude + size * step[0] + 540) % 360) - 180;
    show({ longitude, latitude: Math.min(90, Math.max(-90, place.latitude + size * step[1])) });
  });
}

document.querySelectorAll("[data-map]").forEach(begin);
