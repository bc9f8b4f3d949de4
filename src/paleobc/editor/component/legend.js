// The legend of the map, in a canvas of its own.
import { NONE } from "./colour_scale.js"

/** @typedef {import("./colour_scale.js").ColourScale} ColourScale */
/** @typedef {{unit?: string, missing?: boolean}} LegendOptions missing: also explain the hatch */
/** @typedef {{words: string, colour: string | null}} Entry what a swatch means; the hatch where there is no colour */
/** @typedef {{context: CanvasRenderingContext2D, width: number, height: number, ink: string, faint: string}} Sheet */

const LETTERS = "12px system-ui, sans-serif"
const BAR = 16
const MARGIN = 12
/** Room for half a number beside the ends of a bar. */
const SIDE = 26

/**
 * Draw a legend as large as its canvas is on the page: along its longer side.
 * @param {HTMLCanvasElement} canvas
 * @param {ColourScale} scale
 * @param {LegendOptions} options
 */
export function drawLegend(canvas, scale, { unit = "", missing = false } = {}) {
  const context = canvas.getContext("2d")
  const { clientWidth: width, clientHeight: height } = canvas
  if (!context || !width || !height) return
  const ratio = globalThis.devicePixelRatio || 1
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.font = LETTERS
  const style = getComputedStyle(canvas)
  const ink = style.getPropertyValue("--ink").trim() || style.color
  const faint = style.getPropertyValue("--faint").trim() || ink
  const sheet = { context, width, height, ink, faint }
  /** @type {Entry[]} */
  const beside = missing ? [{ words: "no value", colour: null }] : []
  if (scale.land !== NONE) beside.push({ words: "land", colour: scale.colourOf(0) })
  if (scale.classes) drawClasses(sheet, scale, beside)
  else if (width >= height) drawAcross(sheet, scale, unit, beside)
  else drawUpright(sheet, scale, unit, beside)
}

/**
 * Width that the words of classes need, in one column with the rims of their element [CSS pixels].
 * @param {HTMLCanvasElement} canvas
 * @param {string[]} words
 */
export function legendWidth(canvas, words) {
  const context = canvas.getContext("2d")
  if (!context) return 0
  context.font = LETTERS
  return Math.ceil(Math.max(0, ...words.map((one) => context.measureText(one).width))) + 54
}

/**
 * @param {Sheet} sheet
 * @param {ColourScale} scale
 * @param {string} unit
 * @param {Entry[]} beside
 */
function drawAcross(sheet, scale, unit, beside) {
  const { context, width } = sheet
  const words = unit ? `[${unit}]` : ""
  const tail = context.measureText(words).width + (words ? 10 : 0)
  const hatch = 78 * beside.length
  const length = Math.max(40, width - 2 * SIDE - tail - hatch)
  for (let x = 0; x < length; x++) {
    context.fillStyle = scale.colourAt((x + 0.5) / length)
    context.fillRect(SIDE + x, 4, 1.5, BAR)
  }
  frame(sheet, SIDE, 4, length, BAR)
  context.textAlign = "center"
  context.fillStyle = sheet.ink
  let free = -Infinity
  for (const tick of byImportance(scale, Math.floor(length / 60))) {
    const x = SIDE + tick.at * length
    const half = context.measureText(tick.words).width / 2
    if (x - half < free + 8) continue
    free = x + half
    mark(sheet, x, 4 + BAR, x, 8 + BAR)
    context.fillText(tick.words, Math.max(half + 1, x), BAR + 21)
  }
  context.textAlign = "left"
  context.fillText(words, SIDE + length + 10, 17)
  beside.forEach((entry, k) => swatch(sheet, SIDE + length + tail + 12 + 78 * k, 4, entry))
}

/**
 * @param {Sheet} sheet
 * @param {ColourScale} scale
 * @param {string} unit
 * @param {Entry[]} beside
 */
function drawUpright(sheet, scale, unit, beside) {
  const { context, height } = sheet
  const top = MARGIN + (unit ? 14 : 0)
  const length = Math.max(40, height - top - MARGIN - (beside.length ? 8 : 0) - 20 * beside.length)
  for (let y = 0; y < length; y++) {
    context.fillStyle = scale.colourAt(1 - (y + 0.5) / length)
    context.fillRect(4, top + y, BAR, 1.5)
  }
  frame(sheet, 4, top, BAR, length)
  context.textAlign = "left"
  context.fillStyle = sheet.ink
  if (unit) context.fillText(`[${unit}]`, 4, 14)
  let free = Infinity
  for (const tick of byImportance(scale, Math.floor(length / 34))) {
    const y = top + (1 - tick.at) * length
    if (y > free - 14) continue
    free = y
    mark(sheet, 4 + BAR, y, 8 + BAR, y)
    context.fillText(tick.words, BAR + 12, Math.max(11, y + 4))
  }
  beside.forEach((entry, k) => swatch(sheet, 4, height - 20 * (beside.length - k), entry))
}

/**
 * Marks from low to high; those too close to the shore's are left out, so that it keeps its own.
 * @param {ColourScale} scale
 * @param {number} most
 */
function byImportance(scale, most) {
  const ticks = scale.legendTicks(Math.max(2, most))
  const shore = ticks.find((tick) => tick.value === scale.break)
  return shore ? ticks.filter((tick) => tick === shore || Math.abs(tick.at - shore.at) > 0.45 / Math.max(2, most)) : ticks
}

/**
 * Classes as swatches with their words, in as many columns as there is room for.
 * @param {Sheet} sheet
 * @param {ColourScale} scale
 * @param {Entry[]} beside
 */
function drawClasses(sheet, scale, beside) {
  const { context, width, height } = sheet
  /** @type {Entry[]} */
  const entries = [...(scale.classes ?? []).map((words, k) => ({ words, colour: scale.colourOf(k) })), ...beside]
  const widest = 34 + Math.max(...entries.map((entry) => context.measureText(entry.words).width))
  const columns = Math.max(1, Math.floor((width - MARGIN) / widest), Math.ceil(entries.length / Math.max(1, Math.floor(height / 22))))
  entries.forEach((entry, k) => {
    swatch(sheet, 4 + (k % columns) * ((width - 4) / columns), 4 + Math.floor(k / columns) * 22, entry)
  })
}

/**
 * @param {Sheet} sheet
 * @param {number} x
 * @param {number} y
 * @param {Entry} entry
 */
function swatch(sheet, x, y, { words, colour }) {
  const { context } = sheet
  context.fillStyle = colour ?? "#9aa3aa"
  context.fillRect(x, y, 18, 14)
  if (colour === null) {
    context.save()
    context.beginPath()
    context.rect(x, y, 18, 14)
    context.clip()
    context.beginPath()
    for (let k = -14; k < 18; k += 6) {
      context.moveTo(x + k, y + 14)
      context.lineTo(x + k + 14, y)
    }
    context.strokeStyle = "#c3cacf"
    context.lineWidth = 1.5
    context.stroke()
    context.restore()
  }
  frame(sheet, x, y, 18, 14)
  context.textAlign = "left"
  context.fillStyle = sheet.ink
  context.fillText(words, x + 24, y + 11)
}

/**
 * @param {Sheet} sheet
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function frame({ context, faint }, x, y, width, height) {
  context.lineWidth = 1
  context.strokeStyle = faint
  context.strokeRect(Math.round(x) - 0.5, Math.round(y) - 0.5, Math.round(width) + 1, Math.round(height) + 1)
}

/**
 * @param {Sheet} sheet
 * @param {number} x
 * @param {number} y
 * @param {number} toX
 * @param {number} toY
 */
function mark({ context, faint }, x, y, toX, toY) {
  context.lineWidth = 1
  context.strokeStyle = faint
  context.beginPath()
  context.moveTo(Math.round(x) + 0.5, Math.round(y) + 0.5)
  context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5)
  context.stroke()
}
