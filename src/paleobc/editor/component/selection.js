// What is selected: shapes put together step by step, and how many cells they hold.

import { cellsOf, marksOfRuns } from "./runs.js";

/** @typedef {import("./types.js").Shape} Shape */
/** @typedef {import("./types.js").Counted} Counted */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {"replace" | "union" | "intersection" | "difference"} Mode */
/** @typedef {{mode: Mode, shape: Shape}} Step */

/**
 * The selection of a session.
 *
 * Event "change": `shape` and `where` are new. Event "counted": `counted` and `marks` belong to them, or `fault` says why not.
 */
export class Selection extends EventTarget {
  /** @type {Step[]} */
  #steps = [];
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;

  /** @param {Session} session @param {number} [delay] - Milliseconds of rest before the host is asked. */
  constructor(session, delay = 30) {
    super();
    this.session = session;
    this.delay = delay;
    /** @type {Mode} */
    this.mode = "replace";
    this.where = "all";
    /** @type {Counted | null} */
    this.counted = null;
    /** @type {Uint8Array | null} */
    this.marks = null;
    this.fault = "";
    this.isCounting = false;
    /** The shape is the one that was counted before; the values have changed. */
    this.isRecount = false;
  }

  /**
   * The selection as one shape; null: nothing.
   * @returns {Shape | null}
   */
  get shape() {
    return joined(this.#steps);
  }

  /** Number of shapes that it is made of. */
  get parts() {
    return this.#steps.length;
  }

  /**
   * Take a shape that was drawn.
   * @param {Shape} shape
   * @param {Mode} [mode]
   */
  take(shape, mode = this.mode) {
    if (mode === "replace") this.#steps = [{ mode: "union", shape }];
    else if (mode === "union" || this.#steps.length > 0) this.#steps = [...this.#steps, { mode, shape }];
    else return;
    this.#renew();
  }

  /** Go one shape back. */
  dropLast() {
    this.#steps = this.#steps.slice(0, -1);
    this.#renew();
  }

  clear() {
    if (this.#steps.length === 0) return;
    this.#steps = [];
    this.#renew();
  }

  /**
   * How the next shape counts.
   * @param {Mode} mode
   */
  setMode(mode) {
    this.mode = mode;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} where */
  setWhere(where) {
    this.where = where;
    this.#renew();
  }

  /** Count again: the values have changed. */
  recount() {
    if (this.#steps.length > 0) this.#renew(true);
  }

  #renew(isRecount = false) {
    this.isRecount = isRecount;
    this.#asked += 1;
    clearTimeout(this.#later);
    this.isCounting = this.#steps.length > 0;
    this.dispatchEvent(new Event("change"));
    if (this.isCounting) this.#later = setTimeout(() => this.#count(), this.delay);
    else this.#took(null, null, "");
  }

  async #count() {
    const asked = this.#asked;
    const { shape } = this;
    if (!shape) return;
    try {
      const answer = await this.session.ask("select", { position: this.session.position, shape, where: this.where });
      if (asked !== this.#asked) return; // a later question is under way
      const marks = marksOfRuns(this.session.size, cellsOf(answer, "starts"), cellsOf(answer, "lengths"));
      this.#took(answer.data, marks, "");
    } catch (fault) {
      if (asked === this.#asked) this.#took(null, null, fault instanceof Error ? fault.message : String(fault));
    }
  }

  /** @param {Counted | null} counted @param {Uint8Array | null} marks @param {string} fault */
  #took(counted, marks, fault) {
    this.counted = counted;
    this.marks = marks;
    this.fault = fault;
    this.isCounting = false;
    this.dispatchEvent(new Event("counted"));
  }
}

/**
 * Steps as one shape. Shapes that are only added to each other become a balanced tree, so that many strokes of a
 * brush do not nest deeply; lists of cells become one list.
 *
 * @param {Step[]} steps
 * @returns {Shape | null}
 */
export function joined(steps) {
  /** @type {Shape[]} */
  let added = [];
  for (const { mode, shape } of steps) {
    if (mode === "union" || mode === "replace") added = withShape(added, shape);
    else {
      const before = balanced(added);
      if (before) added = [{ [mode]: [before, shape] }];
    }
  }
  return balanced(added);
}

/** @param {Shape[]} shapes @param {Shape} shape */
function withShape(shapes, shape) {
  const last = shapes.at(-1);
  if (last?.cells && shape.cells) return [...shapes.slice(0, -1), { cells: distinct([...last.cells, ...shape.cells]) }];
  return [...shapes, shape];
}

/** @param {[number, number][]} cells */
function distinct(cells) {
  return [...new Map(cells.map((cell) => [cell.join(), cell])).values()];
}

/** @param {Shape[]} shapes @returns {Shape | null} */
function balanced(shapes) {
  if (shapes.length === 0) return null;
  if (shapes.length === 1) return shapes[0];
  const half = shapes.length >> 1;
  return { union: [balanced(shapes.slice(0, half)), balanced(shapes.slice(half))] };
}
