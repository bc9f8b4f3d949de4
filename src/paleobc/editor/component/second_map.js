// Room for a second map: opened, changed and closed at will.

import { followPointers } from "./gestures.js";
import { LinkedMap, secondMaps } from "./linked_maps.js";
import { mapPlace } from "./map_place.js";
import { PanTool } from "./tools/pan.js";
import { NO_BOARD } from "./tools/tool.js";

/** @typedef {import("./workbench.js").Editor} Editor */
/** @typedef {import("./types.js").MapPoint} MapPoint */

const MARKER = "#ffffff";

/** The second map of an editor; mostly there is none. */
export class SecondMap {
  /** @type {LinkedMap | null} */
  linked = null;
  title = "";

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
  }

  /**
   * Show another map beside the first.
   * @param {string} what - Name of one of `secondMaps`; "none": none.
   * @returns {Promise<void>}
   */
  async show(what) {
    const { session, settings, stage, picture, map, attempt } = this.editor;
    const choices = secondMaps(session.opened);
    const chosen = choices.find(({ name }) => name === what) ?? choices[0];
    this.close();
    settings.set("second", chosen.name);
    stage.tools.second.value = chosen.name;
    stage.maps.querySelector("[data-second]")?.remove();
    stage.maps.toggleAttribute("data-two", chosen.name !== "none");
    if (chosen.name === "none") return;
    const { place, frame } = mapPlace(chosen.title, map.element.getAttribute("aria-describedby") ?? "");
    frame.dataset.second = chosen.name;
    stage.maps.append(frame);
    const linked = new LinkedMap(place, picture, chosen.name);
    this.linked = linked;
    this.title = chosen.title;
    const mover = new PanTool(NO_BOARD);
    followPointers(linked.map, { tool: () => mover, onHover: (point) => this.#hovered(point) });
    const isDrawn = await attempt(() => linked.draw().then(() => true));
    if (!isDrawn && this.linked === linked) return this.show("none");
    await map.settled(); // the first map has found its new size
    if (this.linked === linked) linked.map.setView(map.view.toData());
  }

  /**
   * The pointer is over the second map.
   * @param {MapPoint | null} point
   */
  #hovered(point) {
    this.editor.stage.hover.show(point);
    this.editor.map.setMarkers(markerAt(point));
  }

  /**
   * Mark the place that the pointer has on the first map.
   * @param {MapPoint | null} point
   */
  mark(point) {
    this.linked?.map.setMarkers(markerAt(point));
  }

  /** What it compares with, cell by cell. */
  get compared() {
    return this.linked?.values ? { values: this.linked.values, title: this.title } : null;
  }

  close() {
    this.linked?.close();
    this.linked = null;
  }
}

/** @param {MapPoint | null} point @returns {import("./marks.js").Marker[]} */
function markerAt(point) {
  return point ? [{ place: [point.longitude, point.latitude], colour: MARKER }] : [];
}
