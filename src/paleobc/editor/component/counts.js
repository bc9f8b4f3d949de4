// How many cells have which value: the numbers of the histogram, kept up to date cell by cell.

/** @typedef {import("./types.js").Values} Values */

/** Counts of values in bins of one width; values outside count in the outermost ones. */
export class Counts {
  /** @param {number} low @param {number} high @param {number} bins */
  constructor(low, high, bins) {
    this.low = low;
    this.high = high > low ? high : low + 1;
    this.bins = new Float64Array(bins);
  }

  /**
   * The bin of a value; -1: none.
   * @param {number} value
   */
  binOf(value) {
    if (Number.isNaN(value)) return -1;
    const { length } = this.bins;
    const bin = Math.floor(((value - this.low) / (this.high - this.low)) * length);
    return bin < 0 ? 0 : bin >= length ? length - 1 : bin;
  }

  /**
   * Count values once more, or (-1) once less.
   * @param {Values} values
   * @param {1 | -1} sign
   */
  add(values, sign = 1) {
    const { bins, low, high } = this;
    const most = bins.length - 1;
    const perUnit = bins.length / (high - low);
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (value !== value) continue;
      const bin = (value - low) * perUnit;
      bins[bin < 0 ? 0 : bin > most ? most : bin | 0] += sign;
    }
  }

  /**
   * Lower limit of a bin.
   * @param {number} bin
   */
  lowerOf(bin) {
    return this.low + ((this.high - this.low) * bin) / this.bins.length;
  }
}

/**
 * Round limits that stand evenly on an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function axisTicks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) ticks.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
  return ticks;
}
