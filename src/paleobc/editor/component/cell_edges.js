// Sides of cells as lines on the map.
import { greatCircle } from "./sphere.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./pen.js").Pen} Pen */
/** @typedef {import("./visible_cells.js").VisibleCells} VisibleCells */
/** @typedef {import("./sphere.js").Place} Place */

/** Edges are drawn when a cell is wider than this [CSS pixels]. */
export const SMALLEST_WITH_EDGES = 12
/** Parts of a side are at most so long [degrees]. */
const SPACING = 1

/**
 * Places along a side of a cell: 0 south, 1 east, 2 north, 3 west in the grid's own rows and columns.
 * @param {AnyGrid} grid
 * @param {number} cell
 * @param {number} side
 * @returns {Place[]}
 */
export function sideOf(grid, cell, side) {
  const corners = grid.outline(cell)
  const from = corners[side]
  const to = corners[(side + 1) % 4]
  if (grid.kind === "curvilinear") return greatCircle(from, to, SPACING)
  const parts = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) / SPACING))
  return Array.from({ length: parts + 1 }, (_, k) => {
    const s = k / parts
    return [from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])]
  })
}

/**
 * Draw a side; in the grid's own view as the side of a square.
 * @param {Pen} pen
 * @param {AnyGrid} grid
 * @param {number} cell
 * @param {number} side
 */
export function drawSide(pen, grid, cell, side) {
  if (pen.view.kind !== "cells") return pen.line(sideOf(grid, cell, side))
  const { scale, centre, width, height } = pen.view
  const column = cell % grid.columns
  const row = (cell - column) / grid.columns
  const x = width / 2 + (column + (side === 1 ? 1 : 0) - centre[0]) * scale
  const y = height / 2 - (row + (side === 2 ? 1 : 0) - centre[1]) * scale
  pen.context.moveTo(x, y)
  if (side % 2) pen.context.lineTo(x, y - scale)
  else pen.context.lineTo(x + scale, y)
}

/**
 * Draw the southern and western sides of all visible cells, which are all sides but those of the rim.
 * @param {Pen} pen
 * @param {AnyGrid} grid
 * @param {VisibleCells} visible
 */
export function drawEdges(pen, grid, visible) {
  visible.each((first, after) => {
    for (let cell = first; cell < after; cell++) {
      if (grid.originalOf(cell) !== cell) continue
      drawSide(pen, grid, cell, 0)
      drawSide(pen, grid, cell, 3)
      const [, east, north] = grid.neighbours(cell)
      if (east < 0) drawSide(pen, grid, cell, 1)
      if (north < 0) drawSide(pen, grid, cell, 2)
    }
  })
}
