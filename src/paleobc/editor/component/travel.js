// Where one looks: the cross of the keyboard, places that are gone to, the next problem.

import { CellCursor } from "./cursor.js";
import { cellWords } from "./hover.js";
import { placeWords } from "./words.js";

/** @typedef {import("./workbench.js").Editor} Editor */

/** A cell that is gone to is shown at least so large [px]. */
const SEEN = 14;

/** Moves the cross and the map, and says what is there. */
export class Travel {
  #problem = -1;

  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.map = editor.map;
    this.cursor = new CellCursor(editor.map);
  }

  /**
   * Move the cross.
   * @param {string} key - ArrowUp ...
   * @param {number} cells
   */
  move(key, cells) {
    this.cursor.move(key, cells);
    this.tell();
  }

  /** Set a point of the tool in hand at the cross; where there is no cross yet, show it. */
  setPoint() {
    const { tool, name } = this.editor.drawing;
    const { point, isShown } = this.cursor;
    if (!isShown) this.tell();
    else if (point && name !== "pan" && name !== "values") tool.set(point);
  }

  /** Show the cross and say what is below it. */
  tell() {
    this.cursor.show();
    const { point } = this.cursor;
    if (!point) return;
    const { drawing, stage, session, say } = this.editor;
    drawing.tool.hover(point);
    stage.hover.show(point);
    const { value, kind, problems } = cellWords(session, point.cell);
    say([value, kind, placeWords(point.longitude, point.latitude, 1), problems].filter(Boolean).join(", "));
  }

  /**
   * Zoom to the cross, or to the middle of the map.
   * @param {number} factor
   */
  zoom(factor) {
    const { width, height } = this.map.view;
    const { point } = this.cursor;
    this.map.zoomAt(point?.x ?? width / 2, point?.y ?? height / 2, factor);
  }

  /**
   * Show a cell, large enough to be seen.
   * @param {number} cell
   */
  toCell(cell) {
    const { grid, view } = this.map;
    const [longitude, latitude] = grid.centre(cell);
    const latitudes = grid.outline(cell).map((/** @type {number[]} */ place) => place[1]);
    const tall = Math.max(0.01, Math.max(...latitudes) - Math.min(...latitudes));
    this.map.goTo(longitude, latitude, Math.max(view.scale, view.kind === "cells" ? SEEN : SEEN / tall));
    this.cursor.put(cell);
    this.tell();
  }

  /**
   * Show the next place of a problem that is not hidden.
   * @param {1 | -1} step
   */
  toProblem(step) {
    const { session, picture, say } = this.editor;
    const problems = session.findings.problems.filter(({ check }) => !picture.hidden.includes(check));
    if (problems.length === 0) return say("There is no problem.");
    this.#problem = this.#problem < 0 && step < 0 ? problems.length - 1 : (this.#problem + step + problems.length) % problems.length;
    const { cell, label } = problems[this.#problem];
    this.toCell(cell);
    say(`${label}, ${this.#problem + 1} of ${problems.length}.`);
  }
}
