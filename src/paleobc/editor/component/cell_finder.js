// Which cells may lie near a point of the globe: a list for each small cube of space.

/** Lists of cells by cubes; filled in two passes, the first counts and the second enters. */
export class CellFinder {
  /** @param {number} count number of cells that will come, about */
  constructor(count) {
    this.parts = Math.max(8, Math.min(160, Math.round(Math.sqrt(count) / 2.6)))
    this.first = new Int32Array(this.parts ** 3 + 1)
    this.cells = new Int32Array(0)
  }

  /**
   * Number of the cube that holds a unit vector.
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  boxOf(x, y, z) {
    return (this.part(x) * this.parts + this.part(y)) * this.parts + this.part(z)
  }

  /** @param {number} value from -1 to 1, clipped */
  part(value) {
    const k = ((value + 1) * 0.5 * this.parts) | 0
    return k < 0 ? 0 : k >= this.parts ? this.parts - 1 : k
  }

  /**
   * Enter a cell in every cube that it may touch.
   * @param {number} cell
   * @param {Float64Array} vectors four corners of three numbers for each position
   * @param {number} pass 0 counts, 1 enters
   */
  add(cell, vectors, pass) {
    const low = [1, 1, 1]
    const high = [-1, -1, -1]
    for (let k = 12 * cell; k < 12 * cell + 12; k++) {
      const d = k % 3
      low[d] = Math.min(low[d], vectors[k])
      high[d] = Math.max(high[d], vectors[k])
    }
    const square = (high[0] - low[0]) ** 2 + (high[1] - low[1]) ** 2 + (high[2] - low[2]) ** 2
    const bulge = square / 2 + 1e-9 // the globe rises above the plane of the corners
    const spans = [0, 1, 2].map((d) => [this.part(low[d] - bulge), this.part(high[d] + bulge)])
    for (let i = spans[0][0]; i <= spans[0][1]; i++) {
      for (let j = spans[1][0]; j <= spans[1][1]; j++) {
        for (let k = spans[2][0]; k <= spans[2][1]; k++) {
          const box = (i * this.parts + j) * this.parts + k
          if (pass === 0) this.first[box + 1]++
          else this.cells[--this.first[box + 1]] = cell
        }
      }
    }
  }

  /** End a pass. */
  next() {
    const first = this.first
    if (this.cells.length === 0) { // counts become the ends of the lists; the second pass fills them from behind
      for (let box = 0; box < first.length - 1; box++) first[box + 1] += first[box]
      this.cells = new Int32Array(first[first.length - 1])
      return
    }
    first.copyWithin(0, 1)
    first[first.length - 1] = this.cells.length
  }
}
