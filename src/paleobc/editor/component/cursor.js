// The cross that the keyboard moves from cell to cell.

/** @typedef {import("./types.js").MapPoint} MapPoint */

/** Places of the answer of `neighbours` by direction. */
const DIRECTIONS = { ArrowDown: 0, ArrowRight: 1, ArrowUp: 2, ArrowLeft: 3 };

/** Nearer to the rim of the map than this, the map follows the cross [px]. */
const MARGIN = 24;

/** A cell that is chosen by the keyboard. */
export class CellCursor {
  /** @param {import("./map_canvas.js").MapCanvas} map */
  constructor(map) {
    this.map = map;
    this.cell = -1;
  }

  /** Whether the cross is on the map. */
  get isShown() {
    return this.cell >= 0;
  }

  /**
   * Put the cross on a cell.
   * @param {number} cell
   */
  put(cell) {
    this.cell = cell;
    const [longitude, latitude] = this.map.grid.centre(cell);
    this.map.setMarkers([{ place: [longitude, latitude], colour: "#ffffff" }]);
    const spot = this.map.screenOf(longitude, latitude);
    const { width, height } = this.map.view;
    const isSeen = spot && spot[0] > MARGIN && spot[1] > MARGIN && spot[0] < width - MARGIN && spot[1] < height - MARGIN;
    if (!isSeen) this.map.goTo(longitude, latitude);
  }

  /** Put it in the middle of the map, where it is not shown. */
  show() {
    if (this.isShown) return;
    const { width, height } = this.map.view;
    const cell = this.map.cellAtScreen(width / 2, height / 2);
    this.put(cell >= 0 ? cell : 0);
  }

  /**
   * Move over the sides of cells.
   * @param {string} key - ArrowUp ...
   * @param {number} cells
   */
  move(key, cells) {
    this.show();
    const direction = DIRECTIONS[/** @type {keyof typeof DIRECTIONS} */ (key)];
    let here = this.cell;
    for (let step = 0; step < cells; step += 1) {
      const next = this.map.grid.neighbours(here)[direction];
      if (next < 0) break;
      here = this.map.grid.originalOf(next);
    }
    this.put(here);
  }

  /**
   * The cross as a point of the map.
   * @returns {MapPoint | null}
   */
  get point() {
    if (!this.isShown) return null;
    const [longitude, latitude] = this.map.grid.centre(this.cell);
    const [x, y] = this.map.screenOf(longitude, latitude) ?? [0, 0];
    return { longitude, latitude, cell: this.cell, x, y };
  }

  hide() {
    this.cell = -1;
    this.map.setMarkers([]);
  }
}
