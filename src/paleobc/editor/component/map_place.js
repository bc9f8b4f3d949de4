// The element in which a map is drawn, with its name and its help for those who do not see it.

import { el, identifier } from "./dom.js";

/**
 * The place of one map, with a caption that is seen when there are two.
 * @param {string} title
 * @param {string} describedBy
 */
export function mapPlace(title, describedBy) {
  const place = el("div", { class: "pe-map", role: "application", tabindex: "0", "aria-label": title, "aria-describedby": describedBy });
  const caption = el("p", { class: "pe-map-title" }, title);
  return { place, caption, frame: el("div", { class: "pe-map-frame" }, caption, place) };
}

/** The first map's place is needed before anything else: tools, panels and pictures build on it. */
export function firstPlace() {
  const description = el(
    "p",
    { class: "pe-hidden", id: identifier("description") },
    "Arrow keys move a cross from cell to cell, with Shift ten cells. Enter sets a point or corner of the tool in hand. Escape drops it. Letters choose tools; the question mark lists all keys.",
  );
  return { description, ...mapPlace("Now", description.id) };
}
