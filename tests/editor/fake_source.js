// A host that is no more than a list of numbers: what the tests of the interface ask.

import { Dropped, Refused } from "../../src/paleobc/editor/component/faults.js";

/** @param {Record<string, any>} arrays */
function packed(data, arrays = {}) {
  return { data, arrays: Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, { values, shape: [values.length] }])) };
}

/** A field of a few cells with a journal, answered as a host answers. */
export class FakeSource {
  /** @param {number[]} values */
  constructor(values) {
    this.base = Float32Array.from(values);
    this.entries = [];
    this.asked = [];
    this.drops = 0;
    this.answersLost = 0;
    this.keys = new Map();
    this.gateways = [];
  }

  listen() {
    return () => {};
  }

  async ask(kind, body) {
    this.asked.push([kind, structuredClone(body)]);
    if (kind === "act" && this.drops > 0) {
      this.drops -= 1;
      throw new Dropped("no answer");
    }
    const answer = this[kind](body);
    if (kind === "act" && this.answersLost > 0) {
      this.answersLost -= 1;
      throw new Dropped("the answer was lost");
    }
    return answer;
  }

  open() {
    const checks = [{ bit: 0, name: "low", title: "Too low", meaning: "", remedy: "" }];
    return packed({ checks, classes: null, quantity: "height", unit: "m", gateways: this.gateways, conflicts: [], told: [], position: this.entries.length });
  }

  geometry() {
    return packed({ kind: "regular", rows: 1, columns: this.base.length });
  }

  values() {
    const values = this.after(this.entries.length);
    return packed({ position: this.entries.length, log: this.entries.map((entry) => ({ ...entry })), findings: findings(values) }, { values, mask: maskOf(values) });
  }

  /** Values after so many entries. */
  after(position) {
    const inForce = new Map();
    for (const { kind, number, cells, value } of this.entries.slice(0, position)) {
      if (kind === "edit") inForce.set(number, { cells, value, counts: true });
      else inForce.get(number).counts = kind === "redo";
    }
    const values = Float32Array.from(this.base);
    for (const { cells, value, counts } of inForce.values()) if (counts) for (const cell of cells) values[cell] = value;
    return values;
  }

  act({ position, key, edit, undo, redo }) {
    if (!this.keys.has(key)) {
      if ((undo || redo) && position !== this.entries.length) throw new Refused(409, "Somebody else was faster.");
      this.keys.set(key, this.entryOf(edit, undo));
      this.entries.push({ position: this.entries.length + 1, ...this.keys.get(key) });
    }
    return this.changes({ position });
  }

  entryOf(edit, undo) {
    const edits = this.entries.filter(({ kind }) => kind === "edit");
    if (edit) {
      const cells = edit.shape.cells.map(([, column]) => column);
      return { kind: "edit", number: edits.length + 1, words: "Cells: set", cells, value: edit.operation.set, in_force: true };
    }
    return { kind: undo ? "undo" : "redo", number: edits.at(-1).number, words: "" };
  }

  changes({ position }) {
    if (position > this.entries.length) throw new Refused(409, "The journal begins anew.");
    const [old, values] = [this.after(position), this.after(this.entries.length)];
    const cells = [...values.keys()].filter((cell) => old[cell] !== values[cell]);
    const mask = maskOf(values);
    const data = { position: this.entries.length, log: this.entries.slice(position).map((entry) => ({ ...entry })), findings: findings(values), told: null };
    return packed(data, {
      starts: Int32Array.from(cells), lengths: new Int32Array(cells.length).fill(1), values: Float32Array.from(cells, (cell) => values[cell]),
      mask_starts: Int32Array.of(0), mask_lengths: Int32Array.of(mask.length), mask,
    });
  }

  select({ shape }) {
    const cells = shape.cells ? shape.cells.map(([, column]) => column).sort() : [0];
    return packed({ count: cells.length, lowest: 0, highest: 0, mean: 0, area_km2: 1 }, { starts: Int32Array.from(cells), lengths: new Int32Array(cells.length).fill(1) });
  }

  restart() {
    this.entries = [];
    return packed({});
  }
}

function maskOf(values) {
  return Uint8Array.from(values, (value) => (value < 0 ? 1 : 0));
}

function findings(values) {
  const cells = values.filter((value) => value < 0).length;
  return { counts: { low: { places: cells, cells } }, problems: [], more: 0, gateways: [] };
}

/** An edit that sets cells of the only row. */
export function setCells(cells, value) {
  return { shape: { cells: cells.map((cell) => [0, cell]) }, operation: { set: value }, where: "all", reason: "" };
}
