// Finds the interval of a rising row of edges that holds a number, at once.

/** Intervals between rising edges: each holds its lower edge and not its upper one. */
export class EdgeTable {
  /** @param {Float64Array} edges at least two, rising */
  constructor(edges) {
    this.edges = edges
    this.low = edges[0]
    this.high = edges[edges.length - 1]
    const bins = Math.max(64, 4 * edges.length)
    this.factor = bins / (this.high - this.low)
    this.start = new Int32Array(bins + 2)
    for (let bin = 0, k = 0; bin < bins + 2; bin++) {
      const least = this.low + (bin - 1e-6) / this.factor // a number may round into the next bin
      while (k < edges.length - 2 && edges[k + 1] <= least) k++
      this.start[bin] = k
    }
  }

  /**
   * Index of the interval, -1 outside.
   * @param {number} value
   */
  find(value) {
    if (!(value >= this.low && value < this.high)) return -1
    const edges = this.edges
    let k = this.start[((value - this.low) * this.factor) | 0]
    while (value >= edges[k + 1]) k++
    return k
  }
}
