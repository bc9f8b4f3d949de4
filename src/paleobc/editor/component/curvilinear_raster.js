// Which cell of a curvilinear grid each pixel shows, exactly: from pixel to pixel over the sides of cells.

/** @typedef {import("./curvilinear_grid.js").CurvilinearGrid} CurvilinearGrid */
/** @typedef {import("./cell_raster.js").CellRaster} CellRaster */
/** @typedef {import("./view.js").View} View */

/**
 * Most pixels lie in the cell of the pixel before; from the others a walk over sides leads to theirs.
 * @param {CurvilinearGrid} grid
 * @param {View} view
 * @param {CellRaster} raster
 */
export function fillCurvilinear(grid, view, raster) {
  const { width, height, cells } = raster
  const plane = view.plane(raster.step)
  const vectors = { x: new Float64Array(width), y: new Float64Array(width), z: new Float64Array(width) }
  const { normals: s, bent } = grid.sides
  const hasBent = bent.size > 0
  let above = -1 // cell with which the row above began
  for (let y = 0, p = 0; y < height; y++) {
    view.projection.row(plane.y - y * plane.step, plane.x, plane.step, vectors)
    let cell = above
    let began = false
    for (let x = 0; x < width; x++, p++) {
      const a = vectors.x[x]
      const b = vectors.y[x]
      const c = vectors.z[x]
      if (a !== a) {
        cells[p] = -1
        continue
      }
      const k = 12 * cell
      const same =
        cell >= 0 &&
        s[k] * a + s[k + 1] * b + s[k + 2] * c >= 0 &&
        s[k + 3] * a + s[k + 4] * b + s[k + 5] * c >= 0 &&
        s[k + 6] * a + s[k + 7] * b + s[k + 8] * c >= 0 &&
        s[k + 9] * a + s[k + 10] * b + s[k + 11] * c >= 0 &&
        !(hasBent && bent.has(cell))
      if (!same) cell = cell >= 0 ? grid.walk(cell, a, b, c) : grid.find(a, b, c)
      cells[p] = cell
      if (!began && cell >= 0) {
        above = cell
        began = true
      }
    }
  }
}
