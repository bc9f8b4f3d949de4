// What every tool of the map does by itself: nothing.

/** @typedef {import("../types.js").MapPoint} MapPoint */
/** @typedef {import("../types.js").Shape} Shape */
/** @typedef {import("../types.js").Place} Place */

/**
 * @typedef {object} Board - What a tool draws on.
 * @property {(shape: Shape | null, more?: {open?: boolean, places?: Place[]}) => void} sketch - Show a shape in the making.
 * @property {(shape: Shape) => void} take - A shape is finished.
 * @property {(words: string) => void} say - Tell in the live region.
 * @property {(words: string) => void} tell - Show a notice.
 * @property {() => number} radius - Of the brush [km].
 * @property {() => number} width - Of the line [km].
 * @property {(x: number, y: number) => number} cellAt
 * @property {(cell: number) => Place} centre
 * @property {(x: number, y: number) => [number, number] | null} positionAt - Column and row, in the grid's own view alone.
 * @property {(cell: number) => number} originalOf - The cell that a position stands for.
 * @property {number} columns
 */

/**
 * For tools that draw nothing.
 * @type {Board}
 */
export const NO_BOARD = {
  sketch() {}, take() {}, say() {}, tell() {}, radius: () => 0, width: () => 0, cellAt: () => -1, centre: () => [0, 0], positionAt: () => null, originalOf: (cell) => cell, columns: 0,
};

/** A tool: it is told what the pointer and the keyboard do, and gives shapes. */
export class Tool {
  /** The pointer moves the map. */
  pans = false;

  /** @param {Board} board */
  constructor(board) {
    this.board = board;
  }

  /** How many points of a shape in the making there are. */
  get pending() {
    return 0;
  }

  /** Whether `finish` would give a shape now. */
  get isFinishable() {
    return false;
  }

  /** @param {MapPoint} _point */
  down(_point) {}

  /**
   * The pointer moved while pressed.
   * @param {MapPoint} _point
   */
  drag(_point) {}

  /** @param {MapPoint} _point */
  up(_point) {}

  /**
   * The pointer moved while not pressed.
   * @param {MapPoint} _point
   */
  hover(_point) {}

  /**
   * The keyboard sets a point: a press and a release at one place.
   * @param {MapPoint} point
   */
  set(point) {
    this.down(point);
    this.up(point);
  }

  /** End the shape in the making. */
  finish() {}

  /** Take back the last point of the shape in the making. */
  back() {}

  /** Drop the shape in the making. */
  cancel() {
    this.board.sketch(null);
  }
}

/**
 * A coordinate to 0.0001 degrees, 11 m.
 * @param {number} degrees
 */
export function rounded(degrees) {
  return Math.round(degrees * 1e4) / 1e4;
}

/**
 * The longitude by which a place is reached from another without going around the globe.
 *
 * @param {number} longitude
 * @param {number} from
 */
export function near(longitude, from) {
  return longitude + 360 * Math.round((from - longitude) / 360);
}

/**
 * Distance on the screen [px].
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
export function pixelsBetween(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** Farther than this, a press has become a drag [px]. */
export const DRAG_FROM = 5;
