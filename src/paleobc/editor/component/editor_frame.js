// The element of the editor, and what it holds whatever is open in it: notices, settings, parts to be closed.

import { el } from "./dom.js";
import { noticeBoard } from "./notices.js";
import { keptSettings } from "./settings.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./editor.js").Options} Options */

/** What does not change where another variable is opened. */
export class EditorFrame {
  /** @type {(() => void)[]} */
  closing = [];

  /** @param {HTMLElement} element @param {Source} source @param {Options} options */
  constructor(element, source, options) {
    this.element = element;
    this.source = source;
    this.options = options;
    /** What the browser keeps of the editor as a whole; of each variable it keeps more. */
    this.kept = keptSettings(options.name ?? location.pathname);
    this.root = el("div", { class: "paleobc-editor", "data-editor": "" });
    const { element: notices, live, say, tell } = noticeBoard();
    this.notices = notices;
    this.live = live;
    this.say = say;
    this.tell = tell;
    this.attempt = this.attempt.bind(this);
    this.root.append(el("p", { class: "pe-wait" }, "Opening the map…"));
    element.append(this.root);
  }

  /** Close all parts; the element is empty then. */
  close() {
    for (const close of this.closing.splice(0)) close();
    this.root.replaceChildren();
  }

  /** Whether the editor is the page: keys count wherever the focus is. */
  get isWholePage() {
    return this.root.getRootNode() === document && this.root.clientHeight > 0.7 * innerHeight;
  }

  /**
   * Do what may fail; a fault is shown.
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T | null>}
   */
  async attempt(task) {
    try {
      return await task();
    } catch (fault) {
      this.tell(fault instanceof Error ? fault.message : String(fault), "fault");
      return null;
    }
  }
}
