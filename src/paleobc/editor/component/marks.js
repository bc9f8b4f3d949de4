// Rings around problems, and markers at places: large enough to be seen at any scale.
import { angleBetween, vectorOf } from "./sphere.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./sphere.js").Place} Place */
/** @typedef {{cell: number, colour: string, cells?: number}} Ring cells: how many the problem has */
/** @typedef {{place: Place, colour: string, label?: string}} Marker */

/** Colours of checks that people who are blind to a colour tell apart, on land and on sea. */
export const CHECK_COLOURS = ["#ff3b6b", "#ffd400", "#00d5ff", "#ff8c1a", "#c77dff", "#f4f4f4", "#00e08a", "#8a5a2b"]

const LEAST_RADIUS = 5.5
const LARGEST_RADIUS = 46

/**
 * Colour of a check by its position in the list of checks, "#rrggbb".
 * @param {number} position
 */
export function checkColour(position) {
  return CHECK_COLOURS[position % CHECK_COLOURS.length]
}

/**
 * Draw a ring around each problem on the screen.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {AnyGrid} grid
 * @param {Ring[]} rings
 */
export function drawRings(context, view, grid, rings) {
  for (const ring of rings) {
    const place = grid.centre(ring.cell)
    const at = screenOfCell(view, grid, ring.cell, place)
    if (!at || !isNear(at, view)) continue
    const degrees = view.kind === "cells" ? 1 : cellSize(grid, ring.cell, place)
    const radius = 0.71 * degrees * view.scale * Math.min(4, Math.sqrt(ring.cells ?? 1)) + 3
    const isSmall = radius < LEAST_RADIUS // on maps of the whole Earth, where rings crowd: fine ones
    circle(context, at, Math.min(LARGEST_RADIUS, Math.max(LEAST_RADIUS, radius)), ring.colour, isSmall ? 1.5 : 2.5)
  }
}

/**
 * Draw a cross at each marked place.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Marker[]} markers
 */
export function drawMarkers(context, view, markers) {
  for (const marker of markers) {
    const at = view.screen(marker.place[0], marker.place[1])
    if (!at || !isNear(at, view)) continue
    const path = new Path2D()
    for (const [x, y] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      path.moveTo(at[0] + 4 * x, at[1] + 4 * y)
      path.lineTo(at[0] + 12 * x, at[1] + 12 * y)
    }
    doubleStroke(context, path, marker.colour, 2)
    if (marker.label) label(context, marker.label, at[0] + 10, at[1] - 8)
  }
}

/**
 * A line of a colour between darker rims, to be seen on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dashes
 */
export function doubleStroke(context, path, colour, width, dashes = []) {
  context.setLineDash([])
  context.lineJoin = "round"
  context.lineWidth = width + (width < 2 ? 1.75 : 2.5)
  context.strokeStyle = "rgba(0, 0, 0, 0.75)"
  context.stroke(path)
  context.setLineDash(dashes)
  context.lineWidth = width
  context.strokeStyle = colour
  context.stroke(path)
  context.setLineDash([])
}

/**
 * Words on the map, with a rim.
 * @param {CanvasRenderingContext2D} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 */
export function label(context, words, x, y) {
  context.font = "600 12px system-ui, sans-serif"
  context.lineJoin = "round"
  context.lineWidth = 3.5
  context.strokeStyle = "rgba(0, 0, 0, 0.75)"
  context.strokeText(words, x, y)
  context.fillStyle = "#fff"
  context.fillText(words, x, y)
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} at
 * @param {number} radius
 * @param {string} colour
 * @param {number} width
 */
function circle(context, at, radius, colour, width) {
  const path = new Path2D()
  path.arc(at[0], at[1], radius, 0, 2 * Math.PI)
  doubleStroke(context, path, colour, width)
}

/**
 * Where on the screen the middle of a cell lies; in the grid's own view by its row and column.
 * @param {View} view
 * @param {AnyGrid} grid
 * @param {number} cell
 * @param {Place} place its middle
 * @returns {[number, number] | null}
 */
function screenOfCell(view, grid, cell, place = grid.centre(cell)) {
  if (view.kind !== "cells") return view.screen(place[0], place[1])
  const column = (cell % grid.columns) + 0.5 - view.centre[0]
  const row = Math.floor(cell / grid.columns) + 0.5 - view.centre[1]
  return [view.width / 2 + column * view.scale, view.height / 2 - row * view.scale]
}

/**
 * From a cell's middle to its farthest corner, twice [degrees].
 * @param {AnyGrid} grid
 * @param {number} cell
 * @param {Place} place
 */
function cellSize(grid, cell, place) {
  const middle = vectorOf(place[0], place[1])
  return 1.41 * Math.max(...grid.outline(cell).map(([longitude, latitude]) => angleBetween(middle, vectorOf(longitude, latitude))))
}

/**
 * @param {[number, number]} at
 * @param {View} view
 */
function isNear(at, view) {
  return at[0] > -60 && at[1] > -60 && at[0] < view.width + 60 && at[1] < view.height + 60
}
