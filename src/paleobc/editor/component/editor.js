// The map editor: mounted in an element, for a server, a file or a notebook.

import { isRefused } from "./faults.js";
import { Editor } from "./workbench.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Identity} Identity */

/**
 * @typedef {object} Options
 * @property {string} [title] - Instead of the title that the host gives.
 * @property {string} [backHref] - Where Back leads.
 * @property {string} [help] - Address of the manual.
 * @property {string} [variable] - Which variable is opened first.
 * @property {string} [name] - Under which the browser keeps how the map is looked at; else the address of the page.
 */

/**
 * Build the editor in an element, which has a size of its own. The page or shadow root has editor.css.
 *
 * @param {HTMLElement} element
 * @param {Source} source
 * @param {Options} [options]
 */
export async function mount(element, source, options = {}) {
  const editor = new Editor(element, source, options);
  try {
    await openWhereOneWas(editor, options.variable ?? "");
  } catch (fault) {
    editor.root.remove();
    throw fault;
  }
  Object.assign(window, { paleobcEditor: editor }); // for tests and benchmarks
  return editor;
}

/**
 * Open what was open before the page was loaded again; where that is no more, or another variable is asked for, that.
 *
 * @param {Editor} editor
 * @param {string} variable
 */
async function openWhereOneWas(editor, variable) {
  const first = variable ? { variable } : {};
  /** @type {Identity} */
  const last = editor.kept.get("identity", {});
  if (last.variable && (!variable || variable === last.variable)) {
    try {
      return await editor.reopen(last);
    } catch (fault) {
      if (!isRefused(fault)) throw fault;
    }
  }
  return editor.reopen(first);
}
