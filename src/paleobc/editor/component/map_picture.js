// The cells of the map as pixels: a raster of cells, and one colour for each cell.
import { CellRaster } from "./cell_raster.js"
import { NONE } from "./colour_scale.js"

/** @typedef {import("./map_colours.js").MapColours} MapColours */
/** @typedef {import("./view.js").View} View */

/** Width of the stripes of the hatch for cells without a value [CSS pixels]. */
const STRIPE = 3

/** Raster and pixels of one size, kept between paints. */
export class MapPicture {
  constructor() {
    this.raster = new CellRaster()
    this.small = document.createElement("canvas")
    /** @type {ImageData | null} */
    this.image = null
    this.pixels = new Uint32Array(0)
    this.factor = 1
    this.ratio = 1
  }

  /**
   * Find the cells of the pixels anew.
   * @param {View} view
   * @param {number} ratio device pixels per CSS pixel
   * @param {number} factor device pixels per pixel of the raster
   */
  build(view, ratio, factor) {
    this.factor = factor
    this.ratio = ratio
    this.raster.fill(view, factor / ratio)
    const { width, height } = this.raster
    if (this.image?.width === width && this.image.height === height) return
    this.image = new ImageData(width, height)
    this.pixels = new Uint32Array(this.image.data.buffer)
  }

  /**
   * Give the pixels the colours of their cells.
   * @param {Uint32Array} ink one colour per cell
   * @param {MapColours} colours
   */
  colour(ink, colours) {
    const { pixels, raster } = this
    const { cells, width, height } = raster
    const ground = colours.groundPixel
    const stripe = Math.max(1, Math.round(STRIPE * this.ratio / this.factor))
    const [dark, light] = colours.hatchPixels
    for (let y = 0, p = 0; y < height; y++) {
      for (let x = 0; x < width; x++, p++) {
        const cell = cells[p]
        if (cell < 0) {
          pixels[p] = ground
          continue
        }
        const colour = ink[cell]
        pixels[p] = colour !== NONE ? colour : ((x + y) / stripe) & 1 ? light : dark
      }
    }
  }

  /**
   * Put the pixels on a canvas of the size of the screen.
   * @param {CanvasRenderingContext2D} context
   */
  put(context) {
    if (!this.image) return
    context.setTransform(1, 0, 0, 1, 0, 0)
    if (this.factor === 1) {
      context.putImageData(this.image, 0, 0)
      return
    }
    const { width, height } = this.image
    const small = this.small.getContext("2d", { alpha: false })
    if (!small) return
    if (this.small.width !== width || this.small.height !== height) {
      this.small.width = width
      this.small.height = height
    }
    small.putImageData(this.image, 0, 0)
    context.imageSmoothingEnabled = false
    context.drawImage(this.small, 0, 0, width * this.factor, height * this.factor)
  }
}
