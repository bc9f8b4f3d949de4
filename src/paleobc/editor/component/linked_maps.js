// A second map beside the first, at the same place: the field before, another revision, or the problems alone.

import { MapCanvas } from "./map_canvas.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Values} Values */

/** Colours of the ground on which problems stand out: sea and land, as RGBA. */
const PALE = { sea: rgba(226, 232, 238), land: rgba(196, 196, 190) };

/**
 * What the second map can show.
 * @param {import("./types.js").Opened} opened
 */
export function secondMaps(opened) {
  const revisions = opened.revisions.map(({ name, title }) => ({ name: `revision:${name}`, title }));
  return [{ name: "none", title: "One map" }, ...revisions, { name: "problems", title: "Problems alone" }];
}

/** The second map; it follows the first, and the first follows it. */
export class LinkedMap {
  /** @type {Values | null} */
  values = null;
  isClosed = false;
  #isFollowing = false;

  /** @param {HTMLElement} element @param {Picture} picture @param {string} what - Name of one of {@link secondMaps}. */
  constructor(element, picture, what) {
    this.picture = picture;
    this.what = what;
    this.map = new MapCanvas(element, picture.map.grid, picture.map.options);
    this.map.setView(picture.map.view.toData());
    this.#link(picture.map, this.map);
    this.#link(this.map, picture.map);
    this.redraw = () => this.draw();
    picture.addEventListener("scale", this.redraw);
    picture.addEventListener("checks", this.redraw);
  }

  /** @param {MapCanvas} from @param {MapCanvas} to */
  #link(from, to) {
    from.addEventListener("viewchange", () => {
      if (this.#isFollowing || this.isClosed) return;
      this.#isFollowing = true;
      to.setView(from.view.toData());
      this.#isFollowing = false;
    });
  }

  /** Ask for what it shows, and draw it. */
  async draw() {
    const { session, scale, isSea } = this.picture;
    const isProblems = this.what === "problems";
    const values = isProblems ? session.values : await session.revision(this.what.replace("revision:", ""));
    if (this.isClosed) return;
    this.values = isProblems ? null : values;
    this.map.setField(values, isSea);
    this.map.setColours(isProblems ? pale(values, isSea) : scale.colours(values));
    if (isProblems) this.#mark(null);
  }

  /** @param {Change} change */
  follow({ cells, masked }) {
    if (cells === null || this.what !== "problems") return cells === null ? void this.draw() : undefined;
    const { session, isSea } = this.picture;
    if (cells.length > 0) this.map.recolour(cells, pale(session.values, isSea, cells));
    this.#mark(masked);
  }

  /** @param {Int32Array | null} cells */
  #mark(cells) {
    const { session, checks, rings } = this.picture;
    this.map.setMask(session.mask, checks, cells);
    this.map.setRings(rings);
  }

  close() {
    this.picture.removeEventListener("scale", this.redraw);
    this.picture.removeEventListener("checks", this.redraw);
    this.isClosed = true;
    this.map.close();
  }
}

/**
 * Sea and land in two pale colours.
 *
 * @param {Values} values
 * @param {(value: number) => boolean} isSea
 * @param {Int32Array} [cells]
 */
function pale(values, isSea, cells) {
  const colours = new Uint32Array(cells ? cells.length : values.length);
  for (let at = 0; at < colours.length; at += 1) {
    colours[at] = isSea(values[cells ? cells[at] : at]) ? PALE.sea : PALE.land;
  }
  return colours;
}

/**
 * A colour as the bytes R, G, B, A in this order in memory.
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function rgba(red, green, blue) {
  return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0];
}
