// Lines with a width, and two places of a gateway.

import { PathTool } from "./path.js";
import { within180 } from "../words.js";

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {import("../types.js").Place} Place */

/** A line of great circles: click its points, or drag from one end to the other. */
export class LineTool extends PathTool {
  /** @param {Place[]} corners */
  shapeOf(corners) {
    return { line: corners.map(([longitude, latitude]) => [within180(longitude), latitude]), width_km: this.board.width() };
  }

  /** @param {MapPoint} point */
  beginDrag(point) {
    this.corner(point);
  }

  /** @param {MapPoint} point */
  endDrag(point) {
    this.corner(point);
    this.finish();
  }
}

/** Two places, one in each of two seas. */
export class PlacesTool extends LineTool {
  /** @param {Place[]} corners */
  shapeOf(corners) {
    return { line: corners.map(([longitude, latitude]) => [within180(longitude), latitude]), width_km: 0 };
  }

  /** @param {MapPoint} point */
  corner(point) {
    super.corner(point);
    if (this.corners.length === 2 && !this.isDragged) this.finish();
  }
}
