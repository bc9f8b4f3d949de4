// The colours of the map beside its cells, from the page's custom properties.
import { pack } from "./colour_scale.js"

/**
 * @typedef {object} MapColours
 * @property {string} ground beside the map
 * @property {string} ink words
 * @property {string} graticule
 * @property {string} rim of the map
 * @property {string} coast
 * @property {string} edges of cells
 * @property {string} selection
 * @property {number} groundPixel
 * @property {number} selectionPixel
 * @property {[number, number]} hatchPixels
 */

/**
 * @param {HTMLElement} element
 * @returns {MapColours}
 */
export function mapColours(element) {
  const style = getComputedStyle(element)
  /**
   * @param {string[]} names
   * @param {string} otherwise
   */
  const property = (names, otherwise) => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim()
      if (value) return value
    }
    return otherwise
  }
  // properties that are worked out: those of our own may hold light-dark(), which no canvas knows
  const { backgroundColor, color } = style
  const isPainted = backgroundColor !== "" && !/^transparent$|^rgba\(.*, 0\)$/.test(backgroundColor)
  const ground = property(["--map-ground"], isPainted ? backgroundColor : "#e8ecee")
  const selection = property(["--map-selection"], "#ff2fd0")
  const isDark = luminance(pixelOf(ground)) < 110
  return {
    ground,
    ink: property(["--map-ink"], isPainted ? color : isDark ? "#e6e9eb" : "#1b1f23"),
    graticule: property(["--map-graticule"], "rgba(20, 28, 34, 0.28)"),
    rim: property(["--map-rim"], "#868d94"),
    coast: property(["--map-coast"], "rgba(16, 20, 24, 0.9)"),
    edges: property(["--map-edges"], "rgba(20, 28, 34, 0.3)"),
    selection,
    groundPixel: pixelOf(ground),
    selectionPixel: pixelOf(selection),
    hatchPixels: isDark ? [pack(74, 82, 89), pack(98, 107, 114)] : [pack(176, 184, 190), pack(205, 211, 215)],
  }
}

/**
 * A colour of a style sheet as the pixels of a canvas hold it.
 * @param {string} colour
 */
function pixelOf(colour) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 1
  const context = canvas.getContext("2d")
  if (!context) return pack(232, 236, 238)
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
  return pack(red, green, blue)
}

/** @param {number} pixel */
function luminance(pixel) {
  return 0.3 * (pixel & 255) + 0.59 * ((pixel >> 8) & 255) + 0.11 * ((pixel >> 16) & 255)
}
