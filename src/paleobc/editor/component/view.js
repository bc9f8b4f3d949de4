// What part of the globe the map shows, and where on the screen a place lies.
import { projectionOf, turnedGlobe } from "./projections.js"
import { RADIAN, wrapped } from "./sphere.js"

/** @typedef {import("./grid.js").AnyGrid} AnyGrid */
/** @typedef {import("./projections.js").ViewKind} ViewKind */
/** @typedef {import("./sphere.js").Place} Place */
/** @typedef {{kind: ViewKind, centre: [number, number], scale: number}} ViewData */

/** @type {ViewKind[]} */
export const VIEW_KINDS = ["plate", "globe", "north", "south", "cells"]
/** Largest scale [pixels per degree]. */
const CLOSEST = 20_000

/**
 * A projection, the place in the middle of the screen and a scale. Screen coordinates are CSS pixels, y downwards.
 *
 * `centre` is longitude and latitude, in the view "cells" column and row; `scale` is pixels per degree in the
 * middle, in the view "cells" pixels per cell.
 */
export class View {
  /**
   * @param {AnyGrid} grid
   * @param {number} width
   * @param {number} height
   * @param {ViewKind} kind
   */
  constructor(grid, width, height, kind = "plate") {
    this.grid = grid
    this.width = width
    this.height = height
    this.kind = kind
    /** @type {[number, number]} */
    this.centre = [0, 0]
    this.scale = 1
    this.projection = projectionOf(kind, this.centre, grid)
    this.out = new Float64Array(2)
    this.fit()
  }

  /**
   * Place at a point of the screen; null off the map.
   * @param {number} x
   * @param {number} y
   * @returns {Place | null}
   */
  place(x, y) {
    const found = this.projection.inverse((x - this.width / 2) / this.scale, (this.height / 2 - y) / this.scale, this.out)
    return found ? [this.out[0], this.out[1]] : null
  }

  /**
   * Point of the screen at which a place lies, on it or beside it; null where the map does not show it.
   * @param {number} longitude
   * @param {number} latitude
   * @returns {[number, number] | null}
   */
  screen(longitude, latitude) {
    return this.project(longitude, latitude) ? [this.out[0], this.out[1]] : null
  }

  /**
   * The same in `out`, for many points; false where the map does not show it.
   * @param {number} longitude
   * @param {number} latitude
   */
  project(longitude, latitude) {
    const shown = this.projection.forward(longitude, latitude, this.out)
    this.out[0] = this.width / 2 + this.out[0] * this.scale
    this.out[1] = this.height / 2 - this.out[1] * this.scale
    return shown
  }

  /**
   * Plane coordinates of the middle of the first of many pixels, and from one to the next.
   * @param {number} size of a pixel [CSS pixels]
   */
  plane(size) {
    const step = size / this.scale
    return { x: step / 2 - this.width / 2 / this.scale, y: this.height / 2 / this.scale - step / 2, step }
  }

  /** Scale at which the whole map is seen. */
  fitScale() {
    const { width, height } = this
    const least = Math.min(width, height)
    switch (this.kind) {
      case "plate":
        return Math.min(width / 360, height / 180)
      case "globe":
        return 0.47 * least * RADIAN
      case "cells":
        return Math.min(width / this.grid.columns, height / this.grid.rows)
      default:
        return least / 2 / (2 * Math.tan(33 * RADIAN)) * RADIAN // to 24 degrees
    }
  }

  /** Show the whole map. */
  fit() {
    this.scale = this.fitScale()
    const longitude = this.kind === "globe" || this.kind === "plate" ? this.centre[0] : 0
    switch (this.kind) {
      case "plate":
        return this.look(longitude, 0)
      case "globe":
        return this.look(longitude, Math.abs(this.centre[1]) > 60 ? 20 : this.centre[1])
      case "cells":
        return this.look(this.grid.columns / 2, this.grid.rows / 2)
      default:
        return this.look(0, this.kind === "north" ? 90 : -90)
    }
  }

  /**
   * Put numbers in the middle of the screen, those of `centre`.
   * @param {number} a
   * @param {number} b
   */
  look(a, b) {
    if (this.kind === "cells") {
      this.centre = [clip(a, 0, this.grid.columns), clip(b, 0, this.grid.rows)]
    } else {
      this.centre = [wrapped(a), clip(b, -90, 90)]
    }
    this.projection = projectionOf(this.kind, this.centre, this.grid)
  }

  /**
   * Grow the map about a point of the screen; what is under it stays there.
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoomAt(x, y, factor) {
    const place = this.kind === "globe" ? this.place(x, y) : null
    const before = this.scale
    this.scale = clip(this.scale * factor, this.fitScale() / 2, CLOSEST)
    const grown = 1 / before - 1 / this.scale
    if (place) this.moveTo(place[0], place[1], x, y)
    else if (this.kind !== "globe") this.shift((x - this.width / 2) * grown, (this.height / 2 - y) * grown)
  }

  /**
   * Move what lies at a point of the screen, its middle where none is given.
   * @param {number} dx
   * @param {number} dy
   * @param {number} x
   * @param {number} y
   */
  panBy(dx, dy, x = this.width / 2, y = this.height / 2) {
    if (this.kind !== "globe") return this.shift(-dx / this.scale, dy / this.scale)
    const place = this.place(x, y)
    const target = this.place(x + dx, y + dy)
    if (place && target) return this.moveTo(place[0], place[1], x + dx, y + dy)
    const turn = 1 / Math.max(0.2, Math.cos(this.centre[1] * RADIAN)) // beside the globe
    this.look(this.centre[0] - dx / this.scale * turn, this.centre[1] + dy / this.scale)
  }

  /**
   * Move the middle of a flat map over its plane.
   * @param {number} right
   * @param {number} up
   */
  shift(right, up) {
    if (this.kind === "plate" || this.kind === "cells") return this.look(this.centre[0] + right, this.centre[1] + up)
    if (this.projection.inverse(right, up, this.out)) this.look(this.out[0], this.out[1])
  }

  /**
   * Put a place at a point of the screen, as nearly as the view allows.
   * @param {number} longitude
   * @param {number} latitude
   * @param {number} x
   * @param {number} y
   */
  moveTo(longitude, latitude, x, y) {
    if (this.kind === "globe") {
      const right = (x - this.width / 2) / this.scale
      const centre = turnedGlobe([longitude, latitude], right, (this.height / 2 - y) / this.scale, this.centre[1])
      return this.look(centre[0], centre[1])
    }
    if (!this.project(longitude, latitude)) return
    this.shift((this.out[0] - x) / this.scale, (y - this.out[1]) / this.scale)
  }

  /**
   * Put a place in the middle of the screen.
   * @param {number} longitude
   * @param {number} latitude
   * @param {number} [scale]
   */
  goTo(longitude, latitude, scale) {
    if (scale !== undefined) this.scale = clip(scale, this.fitScale() / 2, CLOSEST)
    if (this.kind !== "cells") return this.look(longitude, latitude)
    if (this.grid.positionOf(longitude, latitude, this.out)) this.look(this.out[0], this.out[1])
  }

  /**
   * Another kind of view of about the same place and scale; of the whole map where that was seen.
   * @param {ViewKind} kind
   */
  change(kind) {
    if (kind === this.kind) return
    const whole = this.scale <= 1.3 * this.fitScale()
    const place = this.place(this.width / 2, this.height / 2) ?? [0, 0]
    const cell = 180 / this.grid.rows // size of a cell, about [degrees]
    const scale = this.scale * (this.kind === "cells" ? 1 / cell : 1) * (kind === "cells" ? cell : 1)
    this.kind = kind
    this.look(place[0], place[1])
    if (whole || (kind === "north" && place[1] < 0) || (kind === "south" && place[1] > 0)) return this.fit()
    this.goTo(place[0], place[1], scale)
  }

  /**
   * The screen has another size; the part of the map stays.
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    const before = this.fitScale()
    this.width = width
    this.height = height
    if (before > 0) this.scale *= this.fitScale() / before
    else this.fit()
  }

  /** @returns {ViewData} */
  toData() {
    return { kind: this.kind, centre: [this.centre[0], this.centre[1]], scale: this.scale }
  }

  /** @param {ViewData} data */
  fromData(data) {
    this.kind = data.kind
    this.scale = clip(data.scale, this.fitScale() / 2, CLOSEST)
    this.look(data.centre[0], data.centre[1])
  }
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clip(value, low, high) {
  return Math.min(high, Math.max(low, value))
}
