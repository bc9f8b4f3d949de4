// What is edited, as the editor knows it: values, findings, log; and how it is changed. No drawing, no page.

import { isRefused } from "./faults.js";
import { newKey } from "./key.js";
import { load, loadedOf } from "./loading.js";
import { Order } from "./order.js";
import { untilAnswered } from "./pauses.js";
import { cellsOf, cellsOfRuns, maskOf, valuesOf, writeRuns } from "./runs.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Opened} Opened */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Edit} Edit */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./types.js").Change} Change */
/** @typedef {import("./types.js").Done} Done */
/** @typedef {import("./types.js").Identity} Identity */

/**
 * One field under the hands of one person.
 *
 * Events: "change" (detail: Change), "sending" (Sending), "told" ({words}).
 */
export class Session extends EventTarget {
  #waiting = 0;
  #order = new Order();
  #changesAsked = false;
  /** @type {Map<string, Promise<Values>>} */
  #revisions = new Map();

  /**
   * @param {Source} source
   * @param {Identity} identity
   * @param {import("./colour_tables.js").ColourTables} tables
   * @param {Opened} opened
   * @param {Answer} geometry
   * @param {Answer} values
   */
  constructor(source, identity, tables, opened, geometry, values) {
    super();
    this.source = source;
    this.identity = identity;
    this.tables = tables;
    this.opened = opened;
    this.geometry = geometry;
    /** Milliseconds before the second try of an edit that got no answer. */
    this.firstWait = 500;
    this.times = { asked: 0, answered: 0 };
    this.closed = false;
    const loaded = loadedOf(values);
    this.values = loaded.values;
    this.mask = loaded.mask;
    this.position = loaded.position;
    this.history = loaded.history;
    this.findings = loaded.findings;
  }

  /**
   * Open a field: what it is, its grid and its values, asked together.
   *
   * @param {Source} source
   * @param {Identity} [identity]
   */
  static async open(source, identity = {}) {
    const { tables, opened, geometry, values } = await load(source, identity);
    return new Session(source, identity, tables, opened, geometry, values);
  }

  get size() {
    return this.values.length;
  }

  /** When all that is under way has been answered. */
  get settled() {
    return this.#order.settled;
  }

  /** How many edits have not been answered yet. */
  get waiting() {
    return this.#waiting;
  }

  /** @param {string} kind @param {object} [body] */
  ask(kind, body = {}) {
    return this.source.ask(kind, { ...this.identity, ...body });
  }

  /** @param {Edit} edit - To be carried out. */
  act(edit) {
    return this.#send("act", { edit });
  }

  /** Take back the newest edit in force. */
  undo() {
    return this.#send("act", { undo: true });
  }

  /** Do again what was taken back last. */
  redo() {
    return this.#send("act", { redo: true });
  }

  /**
   * Carry out a list of edits in a file.
   * @param {string} name
   * @param {string} file - In base64.
   */
  import(name, file) {
    return this.#send("import", { file_name: name, file });
  }

  /** @param {import("./types.js").Gateway[]} gateways - To be judged from now on. */
  setGateways(gateways) {
    return this.#order.next(async () => {
      this.findings = (await this.ask("gateways", { gateways })).data.findings;
      this.opened.gateways = gateways;
      this.#emit("change", { cells: new Int32Array(0), old: null, masked: new Int32Array(0) });
    });
  }

  /** Look what others did meanwhile; calls that come while one waits are one. */
  changes() {
    if (this.#changesAsked || this.closed) return Promise.resolve();
    this.#changesAsked = true;
    return this.#order.next(async () => {
      this.#changesAsked = false;
      try {
        const answer = await this.ask("changes", { position: this.position });
        if (!this.#knows(answer)) this.#follow(answer);
      } catch (fault) {
        // A journal that was begun anew knows nothing of our position.
        if (!isRefused(fault, 404, 409, 410, 422)) throw fault;
        await this.#load();
      }
    });
  }

  /** Throw away all edits and begin on the newest map. */
  restart() {
    return this.#order.next(async () => {
      await this.ask("restart");
      await this.#load();
    });
  }

  /**
   * Save as a revision.
   *
   * @param {string} reason
   * @param {string | null} name - Name of the file, where the host asks for one.
   * @returns {Promise<{words: string, href: string | null}>}
   */
  save(reason, name = null) {
    return this.#order.next(async () => {
      const body = { position: this.position, reason, ...(name ? { file_name: name } : {}) };
      const { data } = await this.ask("save", body);
      this.#revisions.clear();
      await this.#load();
      return data.saved;
    });
  }

  /**
   * Values of another revision; asked once.
   * @param {string} name
   * @returns {Promise<Values>}
   */
  revision(name) {
    let asked = this.#revisions.get(name);
    if (!asked) {
      asked = this.ask("revision", { name }).then((answer) => valuesOf(answer, "values"));
      asked.catch(() => this.#revisions.delete(name));
      this.#revisions.set(name, asked);
    }
    return asked;
  }

  async #load() {
    const [opened, values] = [(await this.ask("open")).data, await this.ask("values")];
    this.opened = opened;
    this.#revisions.clear();
    Object.assign(this, loadedOf(values));
    this.#emit("change", { cells: null, old: null, masked: null });
  }

  /**
   * Send an edit until it is answered. The key makes sure that it is done once, however often it arrives.
   *
   * @param {string} kind
   * @param {object} body
   */
  #send(kind, body) {
    this.#waiting += 1;
    this.#emit("sending", { waiting: this.#waiting, trying: 1 });
    const key = newKey();
    return this.#order.next(async () => {
      const { position } = this;
      /** @param {number} trying */
      const onTry = (trying) => this.#emit("sending", { waiting: this.#waiting, trying });
      const once = () => {
        this.times.asked = performance.now();
        return this.ask(kind, { ...body, position, key });
      };
      try {
        const answer = await untilAnswered(once, { wait: this.firstWait, isOver: () => this.closed, onTry });
        this.times.answered = performance.now();
        this.#follow(answer);
        return /** @type {Done} */ (answer.data);
      } catch (fault) {
        if (isRefused(fault, 409)) this.changes().catch(() => {});
        throw fault;
      }
    }).finally(() => {
      this.#waiting -= 1;
      this.#emit("sending", { waiting: this.#waiting, trying: 0 });
    });
  }

  /**
   * Whether an answer tells nothing new: our own edits are announced to us as well.
   * @param {Answer} answer
   */
  #knows({ data }) {
    return data.position === this.position && JSON.stringify(data.findings) === JSON.stringify(this.findings);
  }

  /**
   * Take over what has changed.
   * @param {Answer} answer
   */
  #follow(answer) {
    const starts = cellsOf(answer, "starts");
    const lengths = cellsOf(answer, "lengths");
    const old = writeRuns(this.values, starts, lengths, valuesOf(answer, "values"));
    const maskStarts = cellsOf(answer, "mask_starts");
    const maskLengths = cellsOf(answer, "mask_lengths");
    writeRuns(this.mask, maskStarts, maskLengths, maskOf(answer, "mask"));
    this.position = answer.data.position;
    this.history.add(answer.data.log);
    this.findings = answer.data.findings;
    this.#emit("change", { cells: cellsOfRuns(starts, lengths), old, masked: cellsOfRuns(maskStarts, maskLengths) });
    if (answer.data.told) this.#emit("told", { words: answer.data.told });
  }

  /** @param {string} name @param {object} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
