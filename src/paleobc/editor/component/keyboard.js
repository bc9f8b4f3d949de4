// What each key does; the same table is what "?" shows.

import { applyChange, drop, focusChange, stepBack } from "./commands.js";
import { SHOWN_TOOLS } from "./tools/catalogue.js";

/** @typedef {import("./workbench.js").Editor} Editor */
/** @typedef {{keys: string[], words?: string, does: string, run: (editor: Editor, event: KeyboardEvent) => void}} Binding */

const MODES = /** @type {const} */ (["replace", "union", "intersection", "difference"]);
const MODE_WORDS = ["replace what is selected", "add to it", "intersect with it", "subtract from it"];

/** Arrow keys move the map by so much where no cross is needed [px]. */
const MAP_STEP = 60;

/** @type {Binding[]} */
const ON_MAP = [
  { keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], words: "Arrow keys", does: "move the cross by a cell (with Move: the map)", run: arrow },
  { keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"], words: "Shift + arrow keys", does: "move the cross by ten cells", run: arrow },
  { keys: ["Enter", " "], does: "set a point or corner at the cross", run: (editor) => editor.travel.setPoint() },
  { keys: ["Backspace"], does: "take back the last corner, else the last shape", run: stepBack },
  { keys: ["Escape"], does: "drop the shape in the making, else the selection", run: drop },
];

/** @type {Binding[]} */
const LETTERS = [
  ...SHOWN_TOOLS.map(({ name, title, letter }) => ({
    keys: [letter], does: `tool: ${title}`, run: (/** @type {Editor} */ editor) => editor.drawing.choose(name),
  })),
  ...MODES.map((mode, at) => ({
    keys: [String(at + 1)], does: `the next shape: ${MODE_WORDS[at]}`, run: (/** @type {Editor} */ editor) => editor.selection.setMode(mode),
  })),
  { keys: ["["], does: "smaller brush, narrower line", run: (editor) => editor.drawing.stepSize(-1) },
  { keys: ["]"], does: "larger brush, wider line", run: (editor) => editor.drawing.stepSize(1) },
  { keys: ["+", "="], does: "zoom in", run: (editor) => editor.travel.zoom(1.5) },
  { keys: ["-"], does: "zoom out", run: (editor) => editor.travel.zoom(1 / 1.5) },
  { keys: ["0"], does: "the whole map", run: (editor) => editor.map.fit() },
  { keys: ["n"], does: "go to the next problem", run: (editor) => editor.travel.toProblem(1) },
  { keys: ["Shift+N"], does: "go to the problem before", run: (editor) => editor.travel.toProblem(-1) },
  { keys: ["g"], does: "jump to the reason and Apply", run: focusChange },
  { keys: ["?"], does: "this list", run: (editor) => editor.help.open() },
];

/** @type {Binding[]} */
const ANYWHERE = [
  { keys: ["Ctrl+Z"], does: "undo", run: (editor) => editor.undo() },
  { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], does: "redo", run: (editor) => editor.redo() },
  { keys: ["Ctrl+Enter"], does: "apply the change to the selection", run: applyChange },
];

/** All keys with what they do, in groups, for people. */
export const KEYS = [
  { title: "On the map", bindings: ON_MAP },
  { title: "Tools and view", bindings: LETTERS },
  { title: "Everywhere in the editor", bindings: ANYWHERE },
];

/**
 * A key as the table writes it: a letter is a capital where Ctrl or Shift is held, whatever Caps Lock says.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey">} event
 */
export function keyName({ key, ctrlKey, metaKey, shiftKey }) {
  const isLetter = /^[a-z]$/i.test(key);
  const isCommand = ctrlKey || metaKey;
  const held = [isCommand ? "Ctrl+" : "", shiftKey && (isLetter || key.length > 1) ? "Shift+" : ""].join("");
  return held + (isLetter ? (held ? key.toUpperCase() : key.toLowerCase()) : key);
}

/**
 * A key as people read it.
 * @param {string} key
 */
export function keyWords(key) {
  const words = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };
  return key.split(/\+(?=.)/).map((part) => words[/** @type {keyof typeof words} */ (part)] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" + ");
}

/**
 * Listen to the keys of an editor. Letters do nothing while somebody writes, and can be turned off.
 *
 * @param {Editor} editor
 * @returns {() => void} Stops listening.
 */
export function followKeys(editor) {
  const { root } = editor;

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const path = event.composedPath();
    const isOurs = path.includes(root);
    // where the editor is the page, keys also count before anything has the focus
    if (!isOurs && !(editor.isWholePage && event.target === document.body)) return;
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const target = /** @type {HTMLElement} */ (path[0]);
    if (isOurs && target.closest?.("dialog")) return;
    const name = keyName(event);
    const binding = bindingOf(editor, name, target, isOurs && path.includes(editor.map.element));
    if (!binding) return;
    event.preventDefault();
    binding.run(editor, event);
  }

  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

/** @param {Editor} editor @param {string} name @param {HTMLElement} target @param {boolean} isOnMap */
function bindingOf(editor, name, target, isOnMap) {
  const isWriting = writes(target);
  const anywhere = ANYWHERE.find(({ keys }) => keys.includes(name));
  // text fields keep their own undo; Ctrl+Enter applies from them too
  if (anywhere) return isWriting && name !== "Ctrl+Enter" ? null : anywhere;
  if (isOnMap) {
    const binding = ON_MAP.find(({ keys }) => keys.includes(name));
    if (binding) return binding;
  }
  if (isWriting || !editor.help.lettersCount) return null;
  return LETTERS.find(({ keys }) => keys.includes(name)) ?? null;
}

/**
 * Whether keys write, or choose, in an element.
 * @param {HTMLElement} target
 */
function writes(target) {
  if (target.isContentEditable) return true;
  if (target.tagName === "SELECT" || target.tagName === "TEXTAREA") return true;
  return target.tagName === "INPUT" && !["checkbox", "radio", "button", "file"].includes(/** @type {HTMLInputElement} */ (target).type);
}

/** @param {Editor} editor @param {KeyboardEvent} event */
function arrow(editor, event) {
  const { key } = event;
  if (editor.drawing.tool.pans && editor.drawing.name === "pan") {
    const along = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [0, 0];
    editor.map.panBy(along[0] * MAP_STEP, along[1] * MAP_STEP);
  } else editor.travel.move(key, event.shiftKey ? 10 : 1);
}
