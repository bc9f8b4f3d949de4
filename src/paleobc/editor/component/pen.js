// Lines of places as a path on the canvas: lifted where the map does not show them and where it is cut.

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./sphere.js").Place} Place */

/**
 * Draws places as a view shows them.
 * @template {CanvasPath} [T=CanvasRenderingContext2D]
 */
export class Pen {
  /**
   * @param {T} context a canvas, or a path
   * @param {View} view
   */
  constructor(context, view) {
    this.context = context
    this.view = view
    /** Farther than this two neighbours on a line lie on different sides of the map's cut [CSS pixels]. */
    this.cut = (view.kind === "plate" ? 180 : view.kind === "cells" ? view.grid.columns / 8 : Infinity) * view.scale
    this.x = 0
    this.y = 0
    this.down = false
  }

  /** Lift the pen: the next place begins a line. */
  lift() {
    this.down = false
  }

  /**
   * Go on to a place.
   * @param {number} longitude
   * @param {number} latitude
   */
  to(longitude, latitude) {
    const { view, context } = this
    if (!view.project(longitude, latitude)) {
      this.down = false
      return
    }
    const x = view.out[0]
    const y = view.out[1]
    if (this.down && Math.abs(x - this.x) < this.cut && Math.abs(y - this.y) < this.cut) context.lineTo(x, y)
    else context.moveTo(x, y)
    this.x = x
    this.y = y
    this.down = true
  }

  /**
   * A line of places.
   * @param {Iterable<Place>} places
   */
  line(places) {
    this.lift()
    for (const place of places) this.to(place[0], place[1])
  }
}
