// Colours of values: a colour map whose halves meet at the shore, steps, classes, and the marks of its legend.

/**
 * @typedef {object} ScaleOptions
 * @property {Uint8Array} lut red, green, blue, opacity of 256 colours
 * @property {number} low value of the first colour
 * @property {number} high value of the last colour
 * @property {number | null} [break] value at which the halves of the colour map meet; it belongs to the lower one
 * @property {number} [steps] number of colours; 0 for a smooth scale
 * @property {string | null} [missing] "#rrggbb" of cells without a value; a hatch where null
 * @property {string | null} [land] "#rrggbb" of values up to 0, where depths are shown: land is no shallow sea
 * @property {string[] | null} [classes] words of the values 0, 1, 2 ...
 */
/** @typedef {{value: number, at: number, words: string}} Tick at: part of the way along the scale */
/** @typedef {Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array} Values */

/** A colour that stands for "no value": the map draws a hatch there. */
export const NONE = 0
const COLOURS = 256

/** Colours of numbers, or of classes. */
export class ColourScale {
  /** @param {ScaleOptions} options */
  constructor(options) {
    this.low = options.low
    this.high = options.high > options.low ? options.high : options.low + 1
    const shore = options.break
    /** @type {number | null} */
    this.break = shore === null || shore === undefined || shore > this.high || shore < this.low ? null : shore
    this.steps = Math.max(0, Math.floor(options.steps ?? 0))
    this.classes = options.classes ?? null
    this.missing = options.missing ? colourNumber(options.missing) : NONE
    this.land = options.land ? colourNumber(options.land) : NONE
    const lut = options.lut
    this.lut = Uint32Array.from({ length: COLOURS }, (_, k) => pack(lut[4 * k], lut[4 * k + 1], lut[4 * k + 2]))
    /** Part of the colour map that the scale uses: all of it, or the half on one side of the shore. */
    this.span = this.break === null ? [0, 1] : [this.break > this.low ? 0 : 0.5, this.break < this.high ? 1 : 0.5]
    this.table = this.classes ? this.classTable(this.classes.length) : this.stepTable()
  }

  /**
   * Colours of classes, spread over the colour map.
   * @param {number} count
   */
  classTable(count) {
    return Uint32Array.from({ length: count }, (_, k) => this.lut[Math.round((k + 0.5) / count * (COLOURS - 1))])
  }

  /** The colour map in steps, each half with its own number of them. */
  stepTable() {
    if (this.steps === 0) return this.lut
    const halves = this.break === null ? 1 : 2
    const length = COLOURS / halves
    const steps = Math.max(1, Math.round(this.steps / halves))
    return Uint32Array.from({ length: COLOURS }, (_, k) => {
      const half = Math.floor(k / length)
      const step = Math.floor((k - half * length) / length * steps)
      return this.lut[Math.floor(half * length + (step + 0.5) / steps * length)]
    })
  }

  /**
   * Place of a value on the colour map, from 0 to 1.
   * @param {number} value
   */
  partOf(value) {
    const { low, high } = this
    const shore = this.break
    if (shore === null) return clip((value - low) / (high - low))
    if (value > shore) return 0.5 + 0.5 * clip((value - shore) / (high - shore || 1))
    return 0.5 - 0.5 * clip((shore - value) / (shore - low || 1))
  }

  /**
   * Colours, one for each value or for each of some cells.
   * @param {Values} values
   * @param {Int32Array | null} [cells]
   */
  colours(values, cells = null) {
    const count = cells ? cells.length : values.length
    const colours = new Uint32Array(count)
    if (this.classes) {
      for (let k = 0; k < count; k++) colours[k] = this.classColour(values[cells ? cells[k] : k])
      return colours
    }
    const { table, missing, low, high, land } = this
    const highest = land === NONE ? -Infinity : 0 // of land
    const shore = this.break ?? low
    const middle = this.break === null ? 0 : COLOURS / 2
    const below = this.break !== null && shore > low ? middle / (shore - low) : 0
    const above = high > shore ? (COLOURS - middle) / (high - shore) : 0
    for (let k = 0; k < count; k++) {
      const value = values[cells ? cells[k] : k]
      let part = 0
      if (value <= highest) {
        colours[k] = land
        continue
      }
      if (value > shore) {
        part = middle + (value - shore) * above
        if (part > COLOURS - 1) part = COLOURS - 1
      } else if (value <= shore) {
        part = middle - (shore - value) * below
        if (part > middle - 0.5) part = middle - 0.5 // the shore itself, too, has a colour of the lower half
        if (part < 0) part = 0
      } else {
        colours[k] = missing
        continue
      }
      colours[k] = table[part | 0]
    }
    return colours
  }

  /** @param {number} value */
  classColour(value) {
    const k = Math.round(value)
    return k >= 0 && k < this.table.length ? this.table[k] : this.missing
  }

  /**
   * Colour of one value, "#rrggbb".
   * @param {number} value
   */
  colourOf(value) {
    const [colour] = this.colours(Float64Array.of(value))
    return colour === NONE ? "transparent" : colourWords(colour)
  }

  /**
   * Colour at a part of the way along the legend, "#rrggbb".
   * @param {number} at
   */
  colourAt(at) {
    const part = this.span[0] + at * (this.span[1] - this.span[0])
    return colourWords(this.table[Math.min(COLOURS - 1, Math.floor(part * COLOURS))])
  }

  /**
   * Round values at which the legend is marked, the shore among them.
   * @param {number} most
   * @returns {Tick[]}
   */
  legendTicks(most = 8) {
    const { low, high } = this
    const shore = this.break
    const parts = shore === null ? [[low, high]] : [[low, shore], [shore, high]].filter(([a, b]) => b > a)
    const values = new Set(shore === null ? [] : [shore])
    for (const [a, b] of parts) for (const value of roundValues(a, b, Math.max(1, Math.floor(most / parts.length)))) values.add(value)
    const [first, last] = this.span
    return [...values].sort((a, b) => a - b).map((value) => ({
      value,
      at: (this.partOf(value) - first) / (last - first),
      words: numberWords(value),
    }))
  }
}

/**
 * Round values between two others: multiples of 1, 2, 2.5 or 5 times a power of ten.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function roundValues(low, high, most) {
  const rough = (high - low) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const values = []
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) values.push(Number((k * step).toPrecision(12)))
  return values
}

/**
 * A number for people: a true minus sign and spaces between thousands.
 * @param {number} value
 */
export function numberWords(value) {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(1).replaceAll("-", "−")
  const words = String(Number(value.toPrecision(6)))
  const [whole, part] = words.replace("-", "").split(".")
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, " ") : whole
  return (value < 0 ? "−" : "") + grouped + (part ? `.${part}` : "")
}

/**
 * Colour as the pixels of a canvas hold it.
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
export function pack(red, green, blue) {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0
}

/** @param {string} colour "#rrggbb" */
export function colourNumber(colour) {
  const value = Number.parseInt(colour.slice(1), 16)
  return pack((value >> 16) & 255, (value >> 8) & 255, value & 255)
}

/** @param {number} colour */
function colourWords(colour) {
  return `#${[colour & 255, (colour >> 8) & 255, (colour >> 16) & 255].map((part) => part.toString(16).padStart(2, "0")).join("")}`
}

/** @param {number} part */
function clip(part) {
  return part < 0 ? 0 : part > 1 ? 1 : part
}
