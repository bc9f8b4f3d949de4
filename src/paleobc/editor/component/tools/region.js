// All cells that hang together with one.

import { Tool, rounded } from "./tool.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */

/** Takes the connected land or sea (or cells of one value) around a click. */
export class RegionTool extends Tool {
  /** @param {MapPoint} point */
  up(point) {
    if (point.cell < 0) return;
    // the centre: the host looks for the cell that is nearest to the place
    const [longitude, latitude] = this.board.centre(point.cell);
    this.board.take({ region: [rounded(longitude), rounded(latitude)] });
  }
}
