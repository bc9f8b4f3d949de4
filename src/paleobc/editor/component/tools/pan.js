// Moves the map; also the tool while values are chosen on the histogram.

import { Tool } from "./tool.js";

/** Drags move the map, clicks do nothing. */
export class PanTool extends Tool {
  pans = true;
}
