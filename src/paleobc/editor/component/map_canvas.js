// The map: draws cells, marks and shapes of a grid on a canvas. It has no tools and no keyboard.
import { Borders, landAndSea, SMALLEST_WITH_COAST } from "./coast.js"
import { colourNumber } from "./colour_scale.js"
import { differences } from "./differences.js"
import { HillShade } from "./hill_shade.js"
import { Ink } from "./ink.js"
import { mapColours } from "./map_colours.js"
import { MapFrame } from "./map_frame.js"
import { MapLayers } from "./map_layers.js"
import { MapPicture } from "./map_picture.js"
import { VisibleCells } from "./visible_cells.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./colour_scale.js").Values} Values */
/** @typedef {import("./view.js").ViewKind} ViewKind */
/** @typedef {{graticule: boolean, coast: boolean, edges: boolean, shade: boolean}} MapOptions */
/** @typedef {{bit: number, colour: string, shown: boolean}} CheckMark colour "#rrggbb" */
/** @typedef {Uint8Array | Uint16Array | Uint32Array} Mask bit b of a cell: it has the problem of that bit */

/** A view that is drawn faster than this is drawn in full also while it moves [ms]. */
const QUICK = 14

/** The map of a grid in an element; see `MapFrame` for its view and its events. */
export class MapCanvas extends MapFrame {
  /**
   * @param {HTMLElement} element any box; its `position` should not be static
   * @param {AnyGrid} grid
   * @param {Partial<MapOptions>} [options]
   */
  constructor(element, grid, options = {}) {
    super(element, grid)
    /** @type {MapOptions} */
    this.options = { graticule: true, coast: true, edges: true, shade: false, ...options }
    this.colours = mapColours(element)
    this.ink = new Ink(grid.size)
    this.layers = new MapLayers()
    this.picture = new MapPicture()
    this.visible = new VisibleCells(grid.rows, grid.columns)
    /** @type {{values: Values, isSea: ((value: number) => boolean) | null} | null} */
    this.field = null
    this.kinds = new Uint8Array(0)
    /** @type {HillShade | null} */
    this.hillShade = null
    /**
     * Cells whose colour is to be mixed anew: lists, or all.
     * @type {(Int32Array | null)[]}
     */
    this.stale = []
    /**
     * Time that a full picture takes, by kind of view [ms].
     * @type {Partial<Record<ViewKind, number>>}
     */
    this.cost = {}
    /** Times of the parts of the last painting [ms]. */
    this.durations = { raster: 0, recolour: 0, paint: 0, overlay: 0 }
    this.dark = matchMedia("(prefers-color-scheme: dark)")
    this.refreshColours = this.refreshColours.bind(this)
    this.dark.addEventListener("change", this.refreshColours)
    this.refreshColours()
  }

  /** @override */
  close() {
    super.close()
    this.dark.removeEventListener("change", this.refreshColours)
  }

  /** Read the colours of the page anew, after its style has changed. */
  refreshColours() {
    this.colours = mapColours(this.element)
    this.ink.selectionColour = this.colours.selectionPixel
    this.ink.ground = this.colours.hatchPixels[0]
    this.mix(null)
  }

  /** @param {Partial<MapOptions>} options */
  setOptions(options) {
    const shaded = this.options.shade
    Object.assign(this.options, options)
    if (this.options.shade !== shaded) this.updateShade()
    this.draw()
  }

  /**
   * Values, for coast and shade; kept by reference: change them in place and call `recolour`.
   * @param {Values} values
   * @param {((value: number) => boolean) | null} isSea null where there is no shore
   */
  setField(values, isSea) {
    this.field = { values, isSea }
    this.layers.coast = null
    this.updateShade()
    this.draw()
  }

  /** Find the coast when it is drawn for the first time. */
  updateCoast() {
    if (!this.options.coast || this.layers.coast || !this.field?.isSea || this.visible.size < SMALLEST_WITH_COAST) return
    this.kinds = new Uint8Array(this.grid.size)
    landAndSea(this.field.values, this.field.isSea, this.kinds)
    this.layers.coast = new Borders(this.grid, this.kinds)
  }

  updateShade() {
    const wanted = this.options.shade && this.field
    this.hillShade = wanted ? new HillShade(this.grid, wanted.values, wanted.isSea) : null
    this.ink.light = this.hillShade?.light ?? null
    this.mix(null)
  }

  /**
   * Colours of all cells, as ColourScale gives them; 0 where there is no value.
   * @param {Uint32Array} colours
   */
  setColours(colours) {
    this.ink.colours.set(colours)
    this.mix(null)
  }

  /**
   * Colours of cells whose values have changed.
   * @param {Int32Array | null} cells all where null
   * @param {Uint32Array} colours one for each of the cells
   */
  recolour(cells, colours) {
    if (cells) for (let k = 0; k < cells.length; k++) this.ink.colours[cells[k]] = colours[k]
    else this.ink.colours.set(colours)
    this.mix(cells)
    const { coast } = this.layers
    if (coast && this.field?.isSea) {
      landAndSea(this.field.values, this.field.isSea, this.kinds, cells)
      coast.refresh(cells)
    }
    if (this.hillShade) this.mix(this.hillShade.refresh(cells))
  }

  /**
   * Bits of the problems of each cell, and how each is drawn; the first that is shown wins.
   * @param {Mask | null} mask
   * @param {CheckMark[]} checks
   * @param {Int32Array | null} cells cells whose bits have changed, where they are known
   */
  setMask(mask, checks, cells = null) {
    const marks = checks.filter((check) => check.shown).map((check) => ({ bit: check.bit, colour: colourNumber(check.colour) }))
    const same = JSON.stringify(marks) === JSON.stringify(this.ink.marks)
    const before = this.ink.mask
    this.ink.marks = marks
    this.ink.mask = mask ? mask.slice() : null
    if (same && mask && before && before.length === mask.length) this.mix(cells ?? differences(before, mask))
    else this.mix(null)
  }

  /** @param {import("./marks.js").Ring[]} rings */
  setRings(rings) {
    this.layers.rings = rings
    this.draw()
  }

  /** @param {import("./marks.js").Marker[]} markers */
  setMarkers(markers) {
    this.layers.markers = markers
    this.draw()
  }

  /** @param {import("./map_layers.js").MapLine[]} lines */
  setLines(lines) {
    this.layers.lines = lines
    this.draw()
  }

  /**
   * A shape, finished or in the making.
   * @param {Record<string, any> | null} shape plain data as in lists of edits
   * @param {import("./map_layers.js").ShapeOptions} [options]
   */
  setShape(shape, options = {}) {
    this.layers.shape = shape
    this.layers.shapeOptions = options
    this.draw()
  }

  /** @param {Uint8Array | null} selected 1 for each cell that is selected */
  setSelection(selected) {
    const before = this.ink.selected ?? new Uint8Array(this.grid.size)
    const now = selected ? selected.slice() : new Uint8Array(this.grid.size)
    const changed = differences(before, now)
    this.ink.selected = selected ? now : null
    const { selection } = this.layers
    const rim = selection ?? (selected ? new Borders(this.grid, new Uint8Array(this.grid.size).fill(2)) : null)
    if (rim) {
      for (const cell of changed) rim.kinds[cell] = now[cell] ? 1 : 2
      rim.refresh(changed)
    }
    this.layers.selection = rim
    this.mix(changed)
  }

  /** @param {Int32Array | null} cells whose colours are to be mixed anew */
  mix(cells) {
    if (cells && cells.length === 0) return
    if (cells === null) this.stale = [null]
    else if (this.stale[0] !== null) this.stale.push(cells)
    this.draw()
  }

  /**
   * Cell that is painted at a point.
   * @param {number} x
   * @param {number} y
   */
  rasterCell(x, y) {
    const { raster } = this.picture
    const i = Math.floor(x / raster.step)
    const j = Math.floor(y / raster.step)
    return i >= 0 && j >= 0 && i < raster.width && j < raster.height ? raster.cells[j * raster.width + i] : -1
  }

  /** @override */
  paint() {
    super.paint()
    const start = performance.now()
    const factor = this.isMoving ? this.movingFactor() : 1
    const built = this.rasterIsStale
    if (this.rasterIsStale) {
      this.picture.build(this.view, this.ratio, factor)
      this.visible.mark(this.picture.raster, this.view.scale * (this.view.kind === "cells" ? 1 : this.grid.typicalSize))
    }
    const rastered = performance.now()
    for (const cells of this.stale) this.ink.refresh(cells)
    if (built || this.stale.length) this.picture.colour(this.ink.ink, this.colours)
    this.stale = []
    this.rasterIsStale = false
    const recoloured = performance.now()
    this.picture.put(this.context)
    const put = performance.now()
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    this.updateCoast()
    this.layers.draw(this.context, this.view, this.visible, this.options, this.colours)
    const done = performance.now()
    if (built && factor === 1) this.cost[this.view.kind] = put - start
    this.durations = { raster: rastered - start, recolour: recoloured - rastered, paint: put - recoloured, overlay: done - put }
    this.painted(start, this.picture.factor > 1)
  }

  /** How many device pixels are drawn as one while the map moves. */
  movingFactor() {
    const cost = this.cost[this.view.kind] ?? 2 * QUICK
    return cost < QUICK ? 1 : cost < 4 * QUICK ? 2 : 3
  }
}
