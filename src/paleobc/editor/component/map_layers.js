// What is drawn over the cells: graticule, edges, coast, selection, lines, shapes, rings and markers.
import { drawEdges, SMALLEST_WITH_EDGES } from "./cell_edges.js"
import { positionsPath } from "./cell_plane.js"
import { SMALLEST_WITH_COAST } from "./coast.js"
import { drawGraticule } from "./graticule.js"
import { doubleStroke, drawMarkers, drawRings, label } from "./marks.js"
import { outlineOf } from "./outline.js"
import { Pen } from "./pen.js"
import { greatCircle, RADIAN } from "./sphere.js"

/** @typedef {import("./coast.js").Borders} Borders */
/** @typedef {import("./map_colours.js").MapColours} MapColours */
/** @typedef {import("./sphere.js").Place} Place */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./visible_cells.js").VisibleCells} VisibleCells */
/** @typedef {{points: Place[], colour: string, dashed?: boolean, label?: string}} MapLine */
/** @typedef {{open?: boolean, places?: Place[]}} ShapeOptions open: a polygon not closed yet; places: its handles */

/** Drawn things, in the order in which they are kept; each list is replaced as a whole. */
export class MapLayers {
  constructor() {
    /** @type {Borders | null} */
    this.coast = null
    /** @type {Borders | null} */
    this.selection = null
    /** @type {import("./marks.js").Ring[]} */
    this.rings = []
    /** @type {import("./marks.js").Marker[]} */
    this.markers = []
    /** @type {MapLine[]} */
    this.lines = []
    /** @type {Record<string, any> | null} */
    this.shape = null
    /** @type {ShapeOptions} */
    this.shapeOptions = {}
  }

  /**
   * Draw all.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {VisibleCells} visible
   * @param {{graticule: boolean, coast: boolean, edges: boolean}} options
   * @param {MapColours} colours
   */
  draw(context, view, visible, options, colours) {
    const pen = new Pen(context, view)
    if (options.edges && visible.size > SMALLEST_WITH_EDGES) {
      strokePath(context, colours.edges, 1, () => drawEdges(pen, view.grid, visible))
    }
    if (options.coast && this.coast && visible.size >= SMALLEST_WITH_COAST) {
      const { coast } = this
      const width = visible.size > SMALLEST_WITH_EDGES ? 2 : visible.size > 4 ? 1.25 : 0.8
      strokePath(context, colours.coast, width, () => coast.draw(pen, visible))
    }
    drawRim(context, view, colours)
    if (options.graticule && view.kind !== "cells") {
      drawGraticule(context, view, { ink: colours.ink, ground: colours.ground, line: colours.graticule })
    }
    if (this.selection && visible.size >= 1) this.drawSelection(pen, visible, colours)
    this.drawLines(context, view)
    this.drawShape(context, view)
    drawRings(context, view, view.grid, this.rings)
    drawMarkers(context, view, this.markers)
  }

  /**
   * @param {Pen} pen
   * @param {VisibleCells} visible
   * @param {MapColours} colours
   */
  drawSelection(pen, visible, colours) {
    const { selection } = this
    if (!selection) return
    const { context } = pen
    context.beginPath()
    selection.draw(pen, visible)
    context.lineWidth = 3
    context.strokeStyle = "rgba(0, 0, 0, 0.7)"
    context.stroke()
    context.lineWidth = 1.5
    context.strokeStyle = colours.selection
    context.stroke()
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  drawLines(context, view) {
    for (const line of this.lines) {
      const places = line.points.flatMap((place, k) => (k ? greatCircle(line.points[k - 1], place).slice(1) : [place]))
      doubleStroke(context, pathOf([places], view), line.colour, 2.5, line.dashed ? [7, 5] : [])
      const middle = places[Math.floor(places.length / 2)]
      const at = line.label && middle ? view.screen(middle[0], middle[1]) : null
      if (at && line.label) label(context, line.label, at[0] + 8, at[1] - 8)
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  drawShape(context, view) {
    if (this.shape) {
      const { positions } = this.shape
      const path = positions ? positionsPath(positions, view) : pathOf(outlineOf(this.shape, view.grid, this.shapeOptions.open), view)
      doubleStroke(context, path, "#fff", 1.5, [6, 4])
    }
    for (const place of this.shapeOptions.places ?? []) {
      const at = view.screen(place[0], place[1])
      if (!at) continue
      const path = new Path2D()
      path.arc(at[0], at[1], 4, 0, 2 * Math.PI)
      context.fillStyle = "#fff"
      doubleStroke(context, path, "#fff", 1)
      context.fill(path)
    }
  }
}

/**
 * Lines of places as a path.
 * @param {Place[][]} lines
 * @param {View} view
 */
function pathOf(lines, view) {
  const path = new Path2D()
  const pen = new Pen(path, view)
  for (const line of lines) pen.line(line)
  return path
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} width
 * @param {() => void} draw
 */
function strokePath(context, colour, width, draw) {
  context.beginPath()
  draw()
  context.lineWidth = width
  context.strokeStyle = colour
  context.stroke()
}

/**
 * The rim of the map: a circle, or the frame of the flat map.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {MapColours} colours
 */
function drawRim(context, view, colours) {
  const { width, height, scale, centre, grid } = view
  strokePath(context, colours.rim, 1.5, () => {
    if (view.kind === "globe") context.arc(width / 2, height / 2, scale / RADIAN, 0, 2 * Math.PI)
    if (view.kind === "plate") context.rect(width / 2 - 180 * scale, height / 2 + (centre[1] - 90) * scale, 360 * scale, 180 * scale)
    if (view.kind === "cells") {
      context.rect(width / 2 - centre[0] * scale, height / 2 + (centre[1] - grid.rows) * scale, grid.columns * scale, grid.rows * scale)
    }
  })
}
