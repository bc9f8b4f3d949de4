// The field as a picture: colours, marks of problems and lines of gateways on a map.

import { ColourScale } from "./colour_scale.js";
import { checkColour } from "./marks.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./map_canvas.js").MapCanvas} MapCanvas */
/** @typedef {import("./colour_tables.js").ColourTable} ColourTable */
/** @typedef {import("./types.js").Opened} Opened */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {{map: string, low: number, high: number, steps: number, break: boolean}} Colours */

/** Colours of traffic lights, told apart by people who see red and green alike. */
export const LIGHTS = { green: "#009e73", amber: "#e69f00", red: "#d55e00" };

/** Land among depths: no colour of any sea. */
const LAND = "#cbbf9f";

const SHOWN = ["graticule", "coast", "edges", "shade"];

/**
 * What the map shows of a session. Event "scale": the colours mean other values now; "checks": others are shown.
 */
export class Picture extends EventTarget {
  /**
   * @param {MapCanvas} map
   * @param {Session} session
   * @param {Settings} settings
   * @param {Colours} colours
   * @param {ColourTable} table - That of the colours.
   */
  constructor(map, session, settings, colours, table) {
    super();
    this.map = map;
    this.session = session;
    this.settings = settings;
    this.colours = colours;
    this.scale = this.#scaleOf(table);
    /** @type {string[]} */
    this.hidden = settings.get("hidden", /** @type {string[]} */ ([]));
    this.showsGateways = settings.get("gateways", true);
    map.setOptions(Object.fromEntries(SHOWN.map((name) => [name, settings.get(name, name !== "shade")])));
  }

  /** Whether a value is sea; null: the field does not say so. */
  get isSea() {
    switch (this.session.opened.quantity) {
      case "height": return (/** @type {number} */ value) => value <= 0;
      case "depth": return (/** @type {number} */ value) => value > 0;
      default: return (/** @type {number} */ value) => Number.isNaN(value);
    }
  }

  /** Draw everything anew. */
  draw() {
    const { map, session } = this;
    map.setField(session.values, this.isSea);
    map.setColours(this.scale.colours(session.values));
    this.mark(null);
    this.dispatchEvent(new Event("scale"));
  }

  /**
   * Draw what has changed.
   * @param {Change} change
   */
  follow({ cells, masked }) {
    const { map, session } = this;
    if (cells === null) {
      map.setField(session.values, this.isSea);
      map.setColours(this.scale.colours(session.values));
    } else if (cells.length > 0) map.recolour(cells, this.scale.colours(session.values, cells));
    this.mark(masked);
  }

  /**
   * Mark problems and gateways.
   * @param {Int32Array | null} cells - With new marks; null: all.
   */
  mark(cells) {
    const { map, session } = this;
    const { gateways } = session.findings;
    map.setMask(session.mask, this.checks, cells);
    map.setRings(this.rings);
    const lines = gateways.flatMap(({ name, light, holds, lines: drawn }) =>
      drawn.map((points, at) => ({ points, colour: LIGHTS[light], dashed: !holds, label: at === 0 ? name : "" })),
    );
    map.setLines(this.showsGateways ? lines : []);
  }

  /** Rings around the places of all checks that are shown. */
  get rings() {
    const colours = new Map(this.checks.filter(({ shown }) => shown).map(({ name, colour }) => [name, colour]));
    return this.session.findings.problems.flatMap(({ check, cell, cells }) => {
      const colour = colours.get(check);
      return colour ? [{ cell, colour, cells }] : [];
    });
  }

  /** Checks with their colours, in the order of the host. */
  get checks() {
    return this.session.opened.checks.map(({ name, bit }, position) => ({
      name, bit, colour: checkColour(position), shown: !this.hidden.includes(name),
    }));
  }

  /** @param {string} name @param {boolean} isShown */
  showCheck(name, isShown) {
    this.hidden = this.hidden.filter((one) => one !== name);
    if (!isShown) this.hidden.push(name);
    this.settings.set("hidden", this.hidden);
    this.mark(null);
    this.dispatchEvent(new Event("checks"));
  }

  /** @param {boolean} isShown */
  showGateways(isShown) {
    this.showsGateways = isShown;
    this.settings.set("gateways", isShown);
    this.mark(new Int32Array(0));
  }

  /**
   * Other colours, or other limits.
   * @param {Partial<Colours>} colours
   */
  async setColours(colours) {
    Object.assign(this.colours, colours);
    for (const [word, value] of Object.entries(colours)) this.settings.set(word === "map" ? "colours" : word, value);
    this.scale = this.#scaleOf(await this.session.tables.named(this.colours.map));
    this.draw();
  }

  /**
   * Graticule, coast, edges of cells, hill shade.
   * @param {string} name
   * @param {boolean} isShown
   */
  show(name, isShown) {
    this.settings.set(name, isShown);
    this.map.setOptions({ [name]: isShown });
  }

  /** @param {ColourTable} table */
  #scaleOf({ lut, hasBreak }) {
    const { low, high, steps, break: isBroken } = this.colours;
    const { colours, classes, quantity } = this.session.opened;
    return new ColourScale({ lut, low, high, steps, missing: null, classes, land: quantity === "depth" ? LAND : null, break: isBroken && hasBreak ? colours.break : null });
  }
}

/**
 * Colours in which a field was looked at last, else those that the host proposes.
 *
 * @param {Opened} opened
 * @param {Settings} settings
 * @returns {Colours}
 */
export function keptColours({ colours }, settings) {
  const map = settings.get("colours", colours.map);
  return {
    map: colours.maps.includes(map) ? map : colours.map,
    low: settings.get("low", colours.low),
    high: settings.get("high", colours.high),
    steps: settings.get("steps", 0),
    break: settings.get("break", colours.break !== null),
  };
}
