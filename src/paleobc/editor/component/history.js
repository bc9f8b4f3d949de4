// The log as the reader sees it: which edits are in force, what Undo and Redo would do.

/** @typedef {import("./types.js").LogEntry} LogEntry */

/** Entries of the log in their order, with what undo and redo did to earlier ones. */
export class History {
  /** @param {LogEntry[]} entries */
  constructor(entries) {
    /** @type {LogEntry[]} */
    this.entries = [];
    /** @type {Map<number, LogEntry>} */
    this.edits = new Map();
    /**
     * Numbers of edits that are in force, oldest first.
     * @type {number[]}
     */
    this.inForce = [];
    /**
     * Numbers of undone edits, the next to redo last.
     * @type {number[]}
     */
    this.undone = [];
    this.add(entries);
  }

  /**
   * Add entries that are not known yet.
   * @param {LogEntry[]} entries
   */
  add(entries) {
    const last = this.entries.at(-1)?.position ?? -Infinity;
    for (const entry of entries) {
      if (entry.position <= last) continue;
      this.entries.push(entry);
      this.#follow(entry);
    }
  }

  /** @param {LogEntry} entry */
  #follow(entry) {
    if (entry.kind === "edit") {
      this.edits.set(entry.number, entry);
      this.inForce.push(entry.number);
      this.undone = [];
      entry.in_force = true;
      return;
    }
    const edit = this.edits.get(entry.number);
    if (edit) edit.in_force = entry.kind === "redo";
    if (entry.kind === "undo") {
      this.inForce = this.inForce.filter((number) => number !== entry.number);
      this.undone.push(entry.number);
    } else {
      this.undone = this.undone.filter((number) => number !== entry.number);
      this.inForce.push(entry.number);
    }
  }

  /** The edit that Undo takes back. */
  get nextUndo() {
    return this.edits.get(this.inForce.at(-1) ?? -1) ?? null;
  }

  /** The edit that Redo does again. */
  get nextRedo() {
    return this.edits.get(this.undone.at(-1) ?? -1) ?? null;
  }

  /** All edits, in force or not, newest first. */
  get newestFirst() {
    return [...this.edits.values()].reverse();
  }
}
