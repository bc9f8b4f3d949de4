// The colour in which each cell is painted: its value's colour, shaded, under the mark of a problem and of the selection.
import { NONE } from "./colour_scale.js"

/** @typedef {{bit: number, colour: number}} Mark colour as the pixels of a canvas hold it */

/** Part of a mark's colour in that of a marked cell, and of the selection's [256ths]. */
const MARK = 190
const SELECTED = 96

/** One colour per cell, kept up to date for the cells that change. */
export class Ink {
  /** @param {number} size number of cells */
  constructor(size) {
    this.size = size
    this.ink = new Uint32Array(size)
    /** Colours of the values. */
    this.colours = new Uint32Array(size)
    /** @type {Int8Array | null} hundredths by which cells are lighter */
    this.light = null
    /** @type {Uint8Array | Uint16Array | Uint32Array | null} bits of the problems of each cell */
    this.mask = null
    /** @type {Mark[]} */
    this.marks = []
    /** @type {Uint8Array | null} */
    this.selected = null
    this.selectionColour = 0xffffffff
    /** Colour under marks where a cell has no value. */
    this.ground = 0xff808080
  }

  /**
   * Mix the colours of cells anew, of all where none are named.
   * @param {Int32Array | null} cells
   */
  refresh(cells) {
    const { ink, light, mask, selected, size } = this
    if (cells) {
      for (let k = 0; k < cells.length; k++) ink[cells[k]] = this.mixed(cells[k])
      return
    }
    ink.set(this.colours)
    for (const marks of [light, mask, selected]) {
      if (marks) for (let cell = 0; cell < size; cell++) if (marks[cell] !== 0) ink[cell] = this.mixed(cell)
    }
  }

  /** @param {number} cell */
  mixed(cell) {
    let colour = this.colours[cell]
    if (this.light && colour !== NONE && this.light[cell] !== 0) colour = lighter(colour, this.light[cell])
    if (this.mask && this.mask[cell] !== 0) {
      const bits = this.mask[cell]
      for (const mark of this.marks) {
        if ((bits >> mark.bit) & 1) {
          colour = blend(colour === NONE ? this.ground : colour, mark.colour, MARK)
          break
        }
      }
    }
    if (this.selected && this.selected[cell] !== 0) colour = blend(colour === NONE ? this.ground : colour, this.selectionColour, SELECTED)
    return colour
  }
}

/**
 * @param {number} colour
 * @param {number} over
 * @param {number} part of the colour over it [256ths]
 */
function blend(colour, over, part) {
  const rest = 256 - part
  const red = ((colour & 255) * rest + (over & 255) * part) >> 8
  const green = (((colour >> 8) & 255) * rest + ((over >> 8) & 255) * part) >> 8
  const blue = (((colour >> 16) & 255) * rest + ((over >> 16) & 255) * part) >> 8
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0
}

/**
 * @param {number} colour
 * @param {number} hundredths towards white, or towards black where negative
 */
function lighter(colour, hundredths) {
  return blend(colour, hundredths > 0 ? 0xffffffff : 0xff000000, Math.round(Math.abs(hundredths) * 2.56))
}
