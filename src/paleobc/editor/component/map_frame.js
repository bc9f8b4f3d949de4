// The canvas of the map in its element: its size, the view it shows, and when it is painted.
import { View } from "./view.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./view.js").ViewData} ViewData */
/** @typedef {import("./view.js").ViewKind} ViewKind */

/** The map is drawn in full so long after it has come to rest [ms]. */
const REST = 140

/**
 * A canvas that fills an element and shows a view. Coordinates x, y are CSS pixels in the element.
 *
 * Events: "viewchange" (detail: the view as data), "painted" (detail: {duration [ms], coarse}).
 */
export class MapFrame extends EventTarget {
  /**
   * @param {HTMLElement} element any box; its `position` should not be static
   * @param {AnyGrid} grid
   */
  constructor(element, grid) {
    super()
    this.element = element
    this.grid = grid
    this.canvas = document.createElement("canvas")
    this.canvas.className = "map-canvas"
    Object.assign(this.canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", display: "block" })
    element.append(this.canvas)
    const context = this.canvas.getContext("2d", { alpha: false })
    if (!context) throw new Error("This browser cannot draw on a canvas.")
    this.context = context
    this.view = new View(grid, element.clientWidth || 300, element.clientHeight || 150)
    /** Device pixels per CSS pixel. */
    this.ratio = 0
    this.rasterIsStale = true
    this.isMoving = false
    this.isCoarse = false
    /** Number of pictures painted, and when the last one was done [ms of performance.now()]. */
    this.frames = 0
    this.paintedAt = 0
    this.request = 0
    this.rest = 0
    /** @type {(() => void)[]} */
    this.waiting = []
    this.sizes = new ResizeObserver(() => this.resize() && this.paint()) // at once: a canvas of a new size is empty
    this.sizes.observe(element)
    this.resize()
  }

  /** End: the canvas is taken out of the page. */
  close() {
    this.sizes.disconnect()
    cancelAnimationFrame(this.request)
    clearTimeout(this.rest)
    this.canvas.remove()
  }

  /** Take the size of the element; tells whether it is another one. */
  resize() {
    const width = Math.max(1, this.element.clientWidth)
    const height = Math.max(1, this.element.clientHeight)
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1)
    if (width === this.view.width && height === this.view.height && ratio === this.ratio) return false
    this.ratio = ratio
    this.canvas.width = Math.round(width * this.ratio)
    this.canvas.height = Math.round(height * this.ratio)
    this.view.resize(width, height)
    this.rasterIsStale = true
    this.draw()
    return true
  }

  // ---- where

  /**
   * @param {number} x
   * @param {number} y
   */
  placeAtScreen(x, y) {
    return this.view.place(x, y)
  }

  /**
   * Cell under a point, never a copy; -1 where there is none.
   * @param {number} x
   * @param {number} y
   */
  cellAtScreen(x, y) {
    const place = this.view.place(x, y)
    return place ? this.grid.cellAt(place[0], place[1]) : -1
  }

  /**
   * @param {number} longitude
   * @param {number} latitude
   */
  screenOf(longitude, latitude) {
    return this.view.screen(longitude, latitude)
  }

  /**
   * Cells and places under many points, for tests; places off the map are not numbers.
   * @param {Float64Array | number[]} points x and y in turn
   */
  pick(points) {
    const count = points.length / 2
    const cells = new Int32Array(count)
    const places = new Float64Array(2 * count).fill(NaN)
    for (let k = 0; k < count; k++) {
      const place = this.view.place(points[2 * k], points[2 * k + 1])
      cells[k] = place ? this.grid.cellAt(place[0], place[1]) : -1
      if (place) places.set(place, 2 * k)
    }
    return { cells, places }
  }

  // ---- moving

  /** @param {ViewData} data */
  setView(data) {
    this.view.fromData(data)
    this.moved()
  }

  /** @param {ViewKind} kind */
  setKind(kind) {
    this.view.change(kind)
    this.moved(true)
  }

  fit() {
    this.view.fit()
    this.moved(true)
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoomAt(x, y, factor) {
    this.view.zoomAt(x, y, factor)
    this.moved()
  }

  /**
   * @param {number} dx
   * @param {number} dy
   * @param {number} [x]
   * @param {number} [y] what lies there moves by dx, dy
   */
  panBy(dx, dy, x, y) {
    this.view.panBy(dx, dy, x, y)
    this.moved()
  }

  /**
   * @param {number} longitude
   * @param {number} latitude
   * @param {number} x
   * @param {number} y
   */
  moveTo(longitude, latitude, x, y) {
    this.view.moveTo(longitude, latitude, x, y)
    this.moved()
  }

  /**
   * @param {number} longitude
   * @param {number} latitude
   * @param {number} [scale]
   */
  goTo(longitude, latitude, scale) {
    this.view.goTo(longitude, latitude, scale)
    this.moved(true)
  }

  /**
   * The view has changed: paint it, coarsely while it goes on moving.
   * @param {boolean} atOnce whether the next picture is a full one
   */
  moved(atOnce = false) {
    this.isMoving = !atOnce
    this.rasterIsStale = true
    clearTimeout(this.rest)
    if (!atOnce) {
      this.rest = setTimeout(() => {
        this.isMoving = false
        if (this.isCoarse) this.rasterIsStale = true
        this.draw()
      }, REST)
    }
    this.draw()
    this.dispatchEvent(new CustomEvent("viewchange", { detail: this.view.toData() }))
  }

  // ---- painting

  /**
   * Resolves when everything is painted in full.
   * @returns {Promise<void>}
   */
  settled() {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.draw()
    })
  }

  /** Paint in the next frame. */
  draw() {
    if (this.request === 0) this.request = requestAnimationFrame(() => this.paint())
  }

  /** Paint at once; done by the map itself. */
  paint() {
    cancelAnimationFrame(this.request)
    this.request = 0
  }

  /**
   * A picture is painted.
   * @param {number} start when its painting began
   * @param {boolean} coarse
   */
  painted(start, coarse) {
    this.isCoarse = coarse
    this.paintedAt = performance.now()
    this.frames++
    this.dispatchEvent(new CustomEvent("painted", { detail: { duration: this.paintedAt - start, coarse } }))
    if (coarse || this.isMoving) return
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
