// The tool in hand: where its points come from and where its shapes go.

import { positionAt } from "./cell_plane.js";
import { TOOLS, toolNamed } from "./tools/catalogue.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").MapPoint} MapPoint */
/** @typedef {import("./tools/tool.js").Tool} Tool */

/** Radii and widths that [ and ] step through [km]. */
const SIZES = [0, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000];

/**
 * The tools of one map. Event "tool": another one is in hand; event "sketch": the shape in the making changed;
 * event "sizes": radius or width changed.
 */
export class Drawing extends EventTarget {
  /** @type {((shape: Shape) => void) | null} */
  #borrower = null;
  #before = "box";

  /**
   * @param {import("./map_canvas.js").MapCanvas} map
   * @param {(shape: Shape) => void} onShape
   * @param {() => Shape | null} resting - What is outlined while nothing is in the making.
   * @param {{say: (words: string) => void, tell: (words: string) => void}} to - Who is told what, by ear and by eye.
   * @param {{radius: number, width: number, tool: string}} start
   */
  constructor(map, onShape, resting, { say, tell }, start) {
    super();
    this.map = map;
    this.onShape = onShape;
    this.resting = resting;
    this.radius = start.radius;
    this.width = start.width;
    const board = {
      sketch: (/** @type {Shape | null} */ shape, /** @type {object | undefined} */ more) => this.#sketch(shape, more),
      take: (/** @type {Shape} */ shape) => this.#take(shape),
      say,
      tell,
      radius: () => this.radius,
      width: () => this.width,
      cellAt: (/** @type {number} */ x, /** @type {number} */ y) => map.cellAtScreen(x, y),
      centre: (/** @type {number} */ cell) => map.grid.centre(cell),
      positionAt: (/** @type {number} */ x, /** @type {number} */ y) => positionAt(map.view, x, y),
      originalOf: (/** @type {number} */ cell) => map.grid.originalOf(cell),
      columns: map.grid.columns,
    };
    /** @type {Record<string, Tool>} */
    this.tools = Object.fromEntries(TOOLS.map(({ name, kind }) => [name, new kind(board)]));
    this.name = start.tool in this.tools && !toolNamed(start.tool).hidden ? start.tool : "box";
  }

  get tool() {
    return this.tools[this.name];
  }

  get kind() {
    return toolNamed(this.name);
  }

  /**
   * Take a tool into the hand.
   * @param {string} name
   */
  choose(name) {
    this.tool.cancel();
    this.#borrower = null;
    this.name = name;
    this.dispatchEvent(new Event("tool"));
  }

  /**
   * Lend a tool for one shape; the tool before comes back.
   * @param {string} name
   * @param {(shape: Shape) => void} callback
   */
  lend(name, callback) {
    const before = this.#borrower ? this.#before : this.name;
    this.choose(name);
    this.#before = before;
    this.#borrower = callback;
    this.dispatchEvent(new Event("tool"));
  }

  /** Whether the next shape is not for the selection. */
  get isLent() {
    return this.#borrower !== null;
  }

  /** Outline what rests there. */
  rest() {
    this.map.setShape(this.resting());
  }

  /**
   * Drop what is in the making; gives back a lent tool.
   * @returns {boolean} Whether there was anything.
   */
  drop() {
    const had = this.tool.pending > 0 || this.isLent;
    this.tool.cancel();
    if (this.isLent) this.choose(this.#before);
    return had;
  }

  /**
   * Change the size of the tool in hand.
   * @param {number} kilometres
   */
  setSize(kilometres) {
    const size = Math.min(10_000, Math.max(0, kilometres));
    if (this.name === "line") this.width = size;
    else this.radius = Math.max(1, size);
    this.dispatchEvent(new Event("sizes"));
  }

  /** Size of the tool in hand [km]; null: it has none. */
  get size() {
    if (this.name === "line" && !this.isLent) return this.width;
    return this.name === "brush" ? this.radius : null;
  }

  /**
   * The next larger or smaller size.
   * @param {1 | -1} direction
   */
  stepSize(direction) {
    const { size } = this;
    if (size === null) return;
    const next = direction > 0 ? SIZES.find((one) => one > size) : [...SIZES].reverse().find((one) => one < size);
    if (next !== undefined) this.setSize(next);
  }

  /** @param {Shape | null} shape @param {object} [more] */
  #sketch(shape, more) {
    this.map.setShape(shape ?? this.resting(), more);
    this.dispatchEvent(new Event("sketch"));
  }

  /** @param {Shape} shape */
  #take(shape) {
    const borrower = this.#borrower;
    if (!borrower) return this.onShape(shape);
    this.choose(this.#before);
    borrower(shape);
  }
}
