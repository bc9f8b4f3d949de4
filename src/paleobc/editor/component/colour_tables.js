// Tables of colours, each asked for once.

import { bytesOf } from "./runs.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {{lut: Uint8Array, hasBreak: boolean}} ColourTable */

/** The tables that a host knows. */
export class ColourTables {
  /** @type {Map<string, Promise<ColourTable>>} */
  #asked = new Map();

  /** @param {Source} source */
  constructor(source) {
    this.source = source;
  }

  /**
   * A table by its name.
   *
   * @param {string} map
   * @returns {Promise<ColourTable>}
   */
  named(map) {
    let asked = this.#asked.get(map);
    if (!asked) {
      asked = this.source.ask("colours", { map }).then((answer) => ({ lut: bytesOf(answer, "lut"), hasBreak: Boolean(answer.data.break) }));
      asked.catch(() => this.#asked.delete(map));
      this.#asked.set(map, asked);
    }
    return asked;
  }
}
