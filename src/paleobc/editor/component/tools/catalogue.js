// The tools by name: what they are called, which key chooses them, and what to do with them.

import { BoxTool } from "./box.js";
import { BrushTool } from "./brush.js";
import { CellTool } from "./cell.js";
import { LineTool, PlacesTool } from "./line.js";
import { PanTool } from "./pan.js";
import { PolygonTool } from "./polygon.js";
import { RegionTool } from "./region.js";

/**
 * @typedef {object} ToolKind
 * @property {string} name
 * @property {string} title
 * @property {string} letter
 * @property {string} hint - What to do with the pointer.
 * @property {string} keys - What to do with the keyboard.
 * @property {string[]} icon - Paths in a square of 16 units.
 * @property {typeof import("./tool.js").Tool} kind
 * @property {boolean} [hidden] - Not in the row of tools.
 */

/** @type {ToolKind[]} */
export const TOOLS = [
  {
    name: "pan", title: "Move", letter: "h", kind: PanTool,
    hint: "Drag the map. Turn the wheel to zoom.", keys: "Arrow keys move the map.",
    icon: ["M8 1.5v13M1.5 8h13M8 1.5 6 3.5M8 1.5l2 2M8 14.5l-2-2M8 14.5l2-2M1.5 8l2-2M1.5 8l2 2M14.5 8l-2-2M14.5 8l-2 2"],
  },
  {
    name: "cell", title: "Cell", letter: "c", kind: CellTool,
    hint: "Click a cell, or drag over several.", keys: "Arrow keys move the cross, Enter takes its cell.",
    icon: ["M2 5.7h12M2 10.3h12M5.7 2v12M10.3 2v12", "M5.7 5.7h4.6v4.6H5.7z"],
  },
  {
    name: "brush", title: "Brush", letter: "b", kind: BrushTool,
    hint: "Drag over the map. [ and ] change the radius.", keys: "Enter dabs at the cross.",
    icon: ["M14 2 7.5 8.5M6 8c-2 0-3 1.4-3 3 0 1.3-.8 2-1.5 2.5C4 14.2 8 13.5 8 10.5 8 9 7.2 8 6 8z"],
  },
  {
    name: "line", title: "Line", letter: "l", kind: LineTool,
    hint: "Drag from end to end, or click points; a double click ends.", keys: "Enter sets a point; once more at the same place, it ends.",
    icon: ["M3 12.5 6.5 6l4 3L13 3.5", "M1.8 12.5a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0-2.4 0M11.8 3.5a1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0-2.4 0"],
  },
  {
    name: "box", title: "Box", letter: "x", kind: BoxTool,
    hint: "Drag a box, or click two opposite corners.", keys: "Enter sets a corner, and the opposite one.",
    icon: ["M2.5 3.5h11v9h-11z"],
  },
  {
    name: "polygon", title: "Polygon", letter: "p", kind: PolygonTool,
    hint: "Draw around by dragging, or click corners; a click on the first one closes.", keys: "Enter sets a corner; once more at the same place, it closes.",
    icon: ["M4 2.5 13.5 5 11 13 3 11.5z"],
  },
  {
    name: "region", title: "Region", letter: "r", kind: RegionTool,
    hint: "Click: all that hangs together with this cell.", keys: "Enter takes what hangs together with the cell at the cross.",
    icon: ["M8 1.5C5 5.3 3.5 7.5 3.5 9.7a4.5 4.5 0 0 0 9 0C12.5 7.5 11 5.3 8 1.5z"],
  },
  {
    name: "values", title: "Values", letter: "v", kind: PanTool,
    hint: "Drag over the histogram below, or give two values.", keys: "Give two values, then Select.",
    icon: ["M2 14h12M3.5 14V9M6.5 14V5M9.5 14V2.5M12.5 14V8"],
  },
  {
    name: "places", title: "Two places", letter: "", kind: PlacesTool, hidden: true,
    hint: "Click a place in each of the two seas.", keys: "Enter sets each of the two places.",
    icon: [],
  },
];

/** The tools that stand in the row. */
export const SHOWN_TOOLS = TOOLS.filter((tool) => !tool.hidden);

/** @param {string} name @returns {ToolKind} */
export function toolNamed(name) {
  return TOOLS.find((tool) => tool.name === name) ?? TOOLS[0];
}
