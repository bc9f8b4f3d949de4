// Puts the editor into the output of a notebook: it asks the kernel through synced traits, and through nothing else.

import { mount } from "./editor.js";
import { Dropped, Refused } from "./faults.js";
import { unpack } from "./packed.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Answer} Answer */

/**
 * What a notebook gives of the object in the kernel.
 *
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: () => void) => void} on
 * @property {(event: string, callback: () => void) => void} off
 */

/** How long the kernel may take: it may be busy with a cell [ms]. */
const LONGEST = 600_000;

/** Each answer begins with the number of its question, so many letters. */
const LETTERS = 22;

/**
 * A source in the kernel of a notebook.
 *
 * All questions that are open travel together in one trait, because a notebook sends the newest value of a trait and
 * may leave out those before; the kernel answers each once.
 *
 * @param {Model} model
 * @returns {Source & {close: () => void}}
 */
export function traitSource(model) {
  /** @type {Map<string, {question: object, done: (answer: Answer) => void, failed: (fault: Error) => void}>} */
  const open = new Map();
  /** @type {Set<() => void>} */
  const listeners = new Set();

  function send() {
    model.set("asked", [...open.values()].map(({ question }) => question));
    model.save_changes();
  }

  function heard() {
    const bytes = bytesOf(model.get("answer"));
    const number = new TextDecoder().decode(bytes.subarray(0, LETTERS));
    const asked = open.get(number);
    if (!asked) return; // of another view of the same editor
    open.delete(number);
    try {
      const answer = unpack(bytes.slice(LETTERS).buffer);
      const { error } = answer.data;
      if (error) asked.failed(new Refused(error.status, error.sentence));
      else asked.done(answer);
    } catch (fault) {
      asked.failed(fault instanceof Error ? fault : new Error(String(fault)));
    }
  }

  function changed() {
    for (const callback of listeners) callback();
  }

  model.on("change:answer", heard);
  model.on("change:position", changed);
  return {
    ask(kind, body) {
      const id = newNumber();
      return new Promise((done, failed) => {
        const late = setTimeout(() => {
          if (open.delete(id)) failed(new Dropped("The kernel does not answer; is it still running?"));
        }, LONGEST);
        const ended = /** @template T @param {(value: T) => void} next @returns {(value: T) => void} */ (next) =>
          (value) => {
            clearTimeout(late);
            next(value);
          };
        open.set(id, { question: { id, kind, body }, done: ended(done), failed: ended(failed) });
        send();
      });
    },
    listen(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    close() {
      model.off("change:answer", heard);
      model.off("change:position", changed);
    },
  };
}

/**
 * Draw the editor; called by the notebook for each output that shows it.
 *
 * @param {{model: Model, el: HTMLElement}} given
 */
export async function render({ model, el }) {
  const place = document.createElement("div");
  place.className = "paleobc-notebook";
  place.dataset.lmSuppressShortcuts = "true"; // or the letters of the editor would be commands of JupyterLab
  place.style.height = `${Number(model.get("height"))}px`;
  el.append(place);
  const source = traitSource(model);
  const editor = await mount(place, source, {});
  return () => {
    editor.close();
    source.close();
  };
}

/** @param {DataView | ArrayBuffer | Uint8Array} value */
function bytesOf(value) {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** A number that no other view uses. */
function newNumber() {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return [...crypto.getRandomValues(new Uint8Array(LETTERS))].map((byte) => letters[byte % letters.length]).join("");
}
