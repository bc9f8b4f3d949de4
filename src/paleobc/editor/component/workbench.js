// All parts of the map editor in one element, and what people do with them.

import { conclusion, warnBeforeLeaving } from "./conclusions.js";
import { Drawing } from "./drawing.js";
import { EditorFrame } from "./editor_frame.js";
import { followPointers } from "./gestures.js";
import { Grid } from "./grid.js";
import { followKeys } from "./keyboard.js";
import { MapCanvas } from "./map_canvas.js";
import { firstPlace } from "./map_place.js";
import { Picture, keptColours } from "./picture.js";
import { SecondMap } from "./second_map.js";
import { Selection } from "./selection.js";
import { Session } from "./session.js";
import { keptSettings } from "./settings.js";
import { buildStage } from "./stage.js";
import { VIEWS } from "./toolbar.js";
import { Travel } from "./travel.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").MapPoint} MapPoint */
/** @typedef {import("./types.js").Identity} Identity */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Done} Done */
/** @typedef {import("./view.js").ViewKind} ViewKind */
/** @typedef {import("./editor.js").Options} Options */

/** One editor; `session`, `map` and the other parts are new where another variable is opened. */
export class Editor extends EditorFrame {
  /** @param {HTMLElement} element @param {Source} source @param {Options} options */
  constructor(element, source, options) {
    super(element, source, options);
    /** When the last edit was asked for, answered and painted [ms]; for benchmarks. */
    this.lastApply = { asked: 0, answered: 0, painted: 0 };
    // The parts of what is open; they are there when `reopen` is done, and nobody has the editor before.
    /** @type {Session} */
    this.session;
    /** @type {import("./settings.js").Settings} */
    this.settings;
    /** @type {MapCanvas} */
    this.map;
    /** @type {Picture} */
    this.picture;
    /** @type {Selection} */
    this.selection;
    /** @type {Drawing} */
    this.drawing;
    /** @type {Travel} */
    this.travel;
    /** @type {SecondMap} */
    this.second;
    /** @type {ReturnType<typeof buildStage>} */
    this.stage;
  }

  /** The list of keys. */
  get help() {
    return this.stage.help;
  }

  /**
   * Open another variable, or another place, once the last edit has been answered.
   * @param {Identity} identity
   */
  async choose(identity) {
    this.root.setAttribute("aria-busy", "true");
    await this.session.settled;
    await this.attempt(() => this.reopen(identity));
    this.root.removeAttribute("aria-busy");
  }

  /**
   * Open a variable, at a place of its further dimensions.
   * @param {Identity} identity
   */
  async reopen(identity) {
    const session = await Session.open(this.source, identity);
    const settings = keptSettings(`${this.options.name ?? location.pathname}:${session.opened.variable}`);
    const colours = keptColours(session.opened, settings);
    const table = await session.tables.named(colours.map);
    this.close();
    this.session = session;
    this.settings = settings;
    this.#build(session, colours, table);
    this.picture.draw();
    await this.setSecond(this.settings.get("second", "none"));
    this.kept.set("identity", identity);
    for (const words of session.opened.told) this.tell(words);
  }

  /**
   * @param {Session} session
   * @param {import("./picture.js").Colours} colours
   * @param {import("./colour_tables.js").ColourTable} table
   */
  #build(session, colours, table) {
    const first = firstPlace();
    this.root.replaceChildren(first.frame, this.live);
    this.map = new MapCanvas(first.place, Grid.of(session.geometry));
    /** @type {Partial<import("./view.js").ViewData>} */
    const view = this.settings.get("view", {});
    if (view.kind && view.centre && view.scale) this.map.setView({ kind: view.kind, centre: view.centre, scale: view.scale });
    this.picture = new Picture(this.map, session, this.settings, colours, table);
    this.selection = new Selection(session);
    this.travel = new Travel(this);
    this.second = new SecondMap(this);
    const { selection } = this;
    this.drawing = new Drawing(this.map, (shape) => selection.take(shape), () => selection.shape, this, {
      radius: this.settings.get("radius", 200), width: this.settings.get("width", 0), tool: this.settings.get("tool", "box"),
    });
    this.stage = buildStage(this, first, this.notices);
    this.root.replaceChildren(...this.stage.parts, this.live);
    this.#listen(session);
  }

  /** @param {Session} session */
  #listen(session) {
    const { map, drawing, selection, settings } = this;
    session.addEventListener("change", (event) => this.#follow(/** @type {CustomEvent<Change>} */ (event).detail));
    session.addEventListener("told", (event) => this.tell(/** @type {CustomEvent} */ (event).detail.words));
    selection.addEventListener("change", () => drawing.rest());
    selection.addEventListener("counted", () => map.setSelection(selection.marks));
    drawing.addEventListener("sizes", () => (settings.set("radius", drawing.radius), settings.set("width", drawing.width)));
    drawing.addEventListener("tool", () => {
      if (!drawing.isLent) settings.set("tool", drawing.name);
      this.say(drawing.kind.title);
    });
    map.addEventListener("viewchange", () => settings.set("view", map.view.toData()));
    followPointers(map, { tool: () => drawing.tool, onHover: (point) => this.#hover(point) });
    this.closing.push(
      followKeys(this),
      this.source.listen(() => session.changes().catch(() => {})),
      warnBeforeLeaving(session),
      () => (session.closed = true),
      () => this.second.close(),
      () => this.stage.close(),
      () => map.close(),
    );
  }

  /**
   * Draw what has changed; then, after the picture, what depends on it.
   * @param {Change} change
   */
  #follow(change) {
    this.map.addEventListener("painted", () => {
      this.lastApply = { ...this.lastApply, answered: this.session.times.answered, painted: this.map.paintedAt };
      setTimeout(() => this.selection.recount(), 100);
    }, { once: true });
    this.picture.follow(change);
    this.second.linked?.follow(change);
    this.stage.histogram.follow(change);
  }

  /** @param {string} kind @param {object} [body] */
  ask(kind, body) {
    return this.session.ask(kind, body);
  }

  /**
   * Carry out an edit.
   * @param {Edit} edit
   */
  apply(edit) {
    this.lastApply = { asked: performance.now(), answered: 0, painted: 0 };
    return this.attempt(() => this.session.act(edit)).then((data) => this.#conclude(data));
  }

  undo() {
    return this.#again(this.session.history.nextUndo, "undo", () => this.session.undo());
  }

  redo() {
    return this.#again(this.session.history.nextRedo, "redo", () => this.session.redo());
  }

  /**
   * Undo or redo, where there is something.
   * @param {object | null} entry
   * @param {string} verb
   * @param {() => Promise<Done>} task
   */
  #again(entry, verb, task) {
    if (!entry) return this.say(`There is nothing to ${verb}.`);
    return this.attempt(task).then((data) => this.#conclude(data));
  }

  /**
   * Say what was done, and what the checks find now.
   * @param {Done | null} data - Of the answer; null: there was none.
   */
  #conclude(data) {
    const words = data ? conclusion(data, this.session.opened.checks) : "";
    if (words) this.say(words);
  }

  /** @param {string} name */
  openTab(name) {
    this.stage.panel.choose(name);
    if (name === "file") this.stage.panel.file.focus();
  }

  /** @param {MapPoint | null} point */
  #hover(point) {
    if (point && this.travel.cursor.isShown) this.travel.cursor.hide();
    this.stage.hover.show(point);
    this.second.mark(point);
  }

  /** @param {ViewKind} kind */
  setView(kind) {
    this.map.setKind(kind);
    this.say(`View: ${VIEWS.find(({ name }) => name === kind)?.title ?? kind}`);
  }

  /** @param {number} longitude @param {number} latitude */
  goToPlace(longitude, latitude) {
    this.map.goTo(longitude, latitude);
  }

  /** @param {number} cell */
  goToCell(cell) {
    this.travel.toCell(cell);
  }

  /**
   * Show a second map, or none.
   * @param {string} what
   */
  setSecond(what) {
    return this.second.show(what);
  }
}
