// Meridians and parallels at round degrees, and their names where they do not collide.
import { Pen } from "./pen.js"
import { RADIAN } from "./sphere.js"

/** @typedef {import("./view.js").View} View */
/** @typedef {{longitudes: number[], latitudes: number[], step: number}} Lines */
/** @typedef {{ink: string, ground: string, line: string}} GraticuleColours */

const STEPS = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
/** Neighbouring lines are at least this far apart [CSS pixels]. */
const SPACE = 70
const LETTERS = "12px system-ui, sans-serif"

/**
 * Degrees at which lines are drawn.
 * @param {View} view
 * @returns {Lines}
 */
export function graticuleLines(view) {
  const isPlate = view.kind === "plate"
  const middle = view.place(view.width / 2, view.height / 2) ?? view.centre
  const reach = Math.hypot(view.width, view.height) / view.scale / 2
  const south = Math.max(-90, middle[1] - reach)
  const north = Math.min(90, middle[1] + reach)
  const poleward = Math.max(Math.abs(south), Math.abs(north))
  const step = finestStep(view.scale)
  const across = finestStep(isPlate ? view.scale : view.scale * Math.cos(middle[1] * RADIAN)) // meridians draw together
  const widest = isPlate ? reach : reach / Math.max(0.02, Math.cos(poleward * RADIAN))
  const breadth = !isPlate && poleward > 89 ? 180 : Math.min(180, widest)
  const longitudes = multiples(across, middle[0] - breadth, middle[0] + breadth)
  return {
    step,
    latitudes: multiples(step, south, north).filter((latitude) => Math.abs(latitude) < 90),
    longitudes: longitudes.filter((longitude) => longitude < longitudes[0] + 360 - 1e-9),
  }
}

/**
 * The finest round step whose lines have room between them [degrees].
 * @param {number} scale [CSS pixels per degree]
 */
function finestStep(scale) {
  return [...STEPS].reverse().find((degrees) => degrees * scale >= SPACE) ?? STEPS[0]
}

/**
 * Draw the lines, and their names.
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {GraticuleColours} colours
 */
export function drawGraticule(context, view, colours) {
  const { latitudes, longitudes, step } = graticuleLines(view)
  const pen = new Pen(context, view)
  const meridians = longitudes.map((longitude) => points(latitudeSamples(view, step), (latitude) => [longitude, latitude]))
  const [west, east] = [longitudes[0] ?? -180, longitudes.at(-1) ?? 180]
  const along = east - west > 270 ? samples(west, west + 360) : samples(west - 2 * step, east + 2 * step)
  const parallels = latitudes.map((latitude) => points(along, (longitude) => [longitude, latitude]))
  context.beginPath()
  for (const line of [...meridians, ...parallels]) pen.line(line)
  context.lineWidth = 2
  context.strokeStyle = "rgba(255, 255, 255, 0.16)" // to be seen on dark sea too
  context.stroke()
  context.lineWidth = 1
  context.strokeStyle = colours.line
  context.stroke()
  const labels = new Labels(context, view, colours)
  parallels.forEach((line, k) => labels.parallel(line, latitudes[k]))
  meridians.forEach((line, k) => labels.meridian(line, longitudes[k]))
}

/** Names of lines; one that would cover another is left out. */
class Labels {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {GraticuleColours} colours
   */
  constructor(context, view, colours) {
    this.context = context
    this.view = view
    this.colours = colours
    /** @type {{x: number, y: number, width: number}[]} */
    this.taken = []
  }

  /**
   * A parallel is named at the left end of what is seen of it, on polar maps along a meridian.
   * @param {[number, number][]} line
   * @param {number} latitude
   */
  parallel(line, latitude) {
    const { view } = this
    const polar = view.kind === "north" || view.kind === "south"
    const wanted = polar ? this.towards(line, 0.94, 0.35) : this.towards(line, -1, 0)
    if (wanted) this.write(degreesWords(latitude, "N", "S"), wanted[0] + (polar ? 0 : 4), wanted[1] - 4, polar ? "center" : "left")
  }

  /**
   * A meridian is named at its lower end, on the whole globe where it crosses a parallel, on polar maps at its outer end.
   * @param {[number, number][]} line
   * @param {number} longitude
   */
  meridian(line, longitude) {
    const { view } = this
    const polar = view.kind === "north" || view.kind === "south"
    const words = degreesWords(longitude, "E", "W")
    if (polar) {
      const outer = this.outer(line)
      if (outer) this.write(words, outer[0], outer[1] + 4, "center")
    } else {
      const wholeGlobe = view.kind === "globe" && view.scale * 57 < view.height
      const wanted = wholeGlobe ? this.crossing(longitude) : this.towards(line, 0, 1)
      if (wanted) this.write(words, wanted[0] + 4, wanted[1] - 5, "left")
    }
  }

  /**
   * Points of a line that are on the screen, with room for a name.
   * @param {[number, number][]} line
   */
  *seen(line) {
    const { view } = this
    for (const [longitude, latitude] of line) {
      const at = view.screen(longitude, latitude)
      if (at && at[0] >= 0 && at[1] >= 16 && at[0] <= view.width - 30 && at[1] <= view.height - 2) yield at
    }
  }

  /**
   * The point of a line that lies farthest in a direction.
   * @param {[number, number][]} line
   * @param {number} right
   * @param {number} down
   */
  towards(line, right, down) {
    return best(this.seen(line), ([x, y]) => x * right + y * down)
  }

  /**
   * Where a meridian crosses a parallel that is seen well, and not too near the rim.
   * @param {number} longitude
   */
  crossing(longitude) {
    const { view } = this
    const tilt = view.centre[1]
    const latitude = Math.abs(tilt) < 35 ? 0 : 15 * Math.round((Math.abs(tilt) - 35) / 15) * Math.sign(tilt)
    const at = view.screen(longitude, latitude)
    return at && Math.hypot(at[0] - view.width / 2, at[1] - view.height / 2) < 50 * view.scale ? at : null
  }

  /** @param {[number, number][]} line */
  outer(line) {
    const pole = this.view.screen(0, this.view.kind === "north" ? 90 : -90) ?? [0, 0]
    const inside = [...this.seen(line)].filter(([x]) => x >= 30)
    return best(inside, ([x, y]) => Math.hypot(x - pole[0], y - pole[1]))
  }

  /**
   * @param {string} words
   * @param {number} x
   * @param {number} y
   * @param {CanvasTextAlign} align
   */
  write(words, x, y, align) {
    const { context, taken, view } = this
    context.font = LETTERS
    const width = context.measureText(words).width
    const left = Math.max(2, Math.min(view.width - width - 2, align === "center" ? x - width / 2 : x))
    const base = Math.max(13, Math.min(view.height - 4, y))
    if (taken.some((other) => Math.abs(other.y - base) < 17 && left < other.x + other.width + 8 && other.x < left + width + 8)) return
    taken.push({ x: left, y: base, width })
    context.textAlign = "left"
    context.lineJoin = "round"
    context.lineWidth = 3.5
    context.strokeStyle = this.colours.ground
    context.strokeText(words, left, base)
    context.fillStyle = this.colours.ink
    context.fillText(words, left, base)
  }
}

/**
 * Degrees with their side of the globe: 30° W.
 * @param {number} degrees
 * @param {string} positive
 * @param {string} negative
 */
export function degreesWords(degrees, positive, negative) {
  const turned = positive === "E" ? ((((degrees + 180) % 360) + 360) % 360) - 180 : degrees
  const size = Number(Math.abs(turned).toFixed(4))
  const side = size === 0 || (positive === "E" && size === 180) ? "" : ` ${turned > 0 ? positive : negative}`
  return `${size}°${side}`
}

/**
 * The one for which a measure is largest.
 * @param {Iterable<[number, number]>} candidates
 * @param {(at: [number, number]) => number} measure
 */
function best(candidates, measure) {
  /** @type {[number, number] | null} */
  let found = null
  let most = -Infinity
  for (const at of candidates) {
    if (measure(at) <= most) continue
    most = measure(at)
    found = at
  }
  return found
}

/**
 * @param {number} step
 * @param {number} low
 * @param {number} high
 */
function multiples(step, low, high) {
  const values = []
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9; k++) values.push(Number((k * step).toFixed(6)))
  return values
}

/**
 * Latitudes at which a meridian is drawn: it ends before the poles, where too many meet.
 * @param {View} view
 * @param {number} step
 */
function latitudeSamples(view, step) {
  const middle = view.place(view.width / 2, view.height / 2) ?? view.centre
  const reach = Math.hypot(view.width, view.height) / view.scale
  const end = view.kind === "plate" ? 90 : 90 - Math.min(5, step)
  return samples(Math.max(-end, middle[1] - reach), Math.min(end, middle[1] + reach))
}

/**
 * Numbers from one to another, close enough for a smooth line.
 * @param {number} low
 * @param {number} high
 */
function samples(low, high) {
  const parts = Math.max(8, Math.min(240, Math.ceil(high - low)))
  return Array.from({ length: parts + 1 }, (_, k) => low + (high - low) * k / parts)
}

/** @param {number[]} values @param {(value: number) => [number, number]} place */
function points(values, place) {
  return values.map(place)
}
