// What a key or a button asks of several parts of the editor at once.

/** @typedef {import("./workbench.js").Editor} Editor */
/** @typedef {import("./types.js").Shape} Shape */

/**
 * Carry out the change of the panel.
 * @param {Editor} editor
 */
export function applyChange(editor) {
  editor.stage.panel.change.apply();
}

/**
 * Go to the reason of the change, which stands before Apply.
 * @param {Editor} editor
 */
export function focusChange(editor) {
  editor.openTab("edit");
  editor.stage.panel.change.focus();
}

/**
 * Select cells from one value to another.
 *
 * @param {Editor} editor
 * @param {number | null} low
 * @param {number | null} high
 */
export function selectValues(editor, low, high) {
  if (low === null || high === null) return editor.tell("Give two values.", "fault");
  const [from, to] = [Math.min(low, high), Math.max(low, high)].map((value) => Number(value.toPrecision(5)));
  editor.stage.line.showRange(from, to);
  editor.stage.histogram.showRange([from, to]);
  editor.selection.take({ values: [from, to] });
}

/**
 * Lend a tool for one shape.
 *
 * @param {Editor} editor
 * @param {string} name
 * @param {(shape: Shape) => void} callback
 */
export function lendTool(editor, name, callback) {
  editor.drawing.lend(name, callback);
  editor.map.element.focus();
}

/**
 * Take back the last corner of the shape in the making, else the last shape.
 * @param {Editor} editor
 */
export function stepBack({ drawing, selection }) {
  if (drawing.tool.pending > 0) drawing.tool.back();
  else selection.dropLast();
}

/**
 * Drop the shape in the making, else the selection.
 * @param {Editor} editor
 */
export function drop({ drawing, selection, stage, say }) {
  if (drawing.drop()) say("Dropped.");
  else selection.clear();
  stage.histogram.showRange(null);
}
