// The histogram below the map; a drag over it selects cells by their values.

import { Counts, axisTicks } from "./counts.js";
import { el } from "./dom.js";
import { numberWords } from "./words.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./types.js").Change} Change */

const BIN_WIDTH = 5;
const AXIS = 18;
const SIDE = 14;

/** Bars of the values between the limits of the colours, in their colours. */
export class Histogram {
  /** @type {Counts | null} */
  #counts = null;
  /** @type {[number, number] | null} */
  #range = null;
  #isAsked = false;

  /** @param {Picture} picture @param {(low: number, high: number) => void} onRange - A range was dragged. */
  constructor(picture, onRange) {
    this.picture = picture;
    this.canvas = el("canvas", { class: "pe-histogram-canvas", "aria-hidden": "true" });
    this.element = el("div", { class: "pe-histogram", "data-part": "histogram" }, this.canvas);
    this.resized = new ResizeObserver(() => this.#recount());
    this.resized.observe(this.element);
    picture.addEventListener("scale", () => this.#recount());
    this.#followPointer(onRange);
  }

  /** @param {Change} change */
  follow({ cells, old }) {
    if (cells === null || old === null || !this.#counts) return this.#recount();
    const { values } = this.picture.session;
    const fresh = new Float64Array(cells.length);
    for (let at = 0; at < cells.length; at += 1) fresh[at] = values[cells[at]];
    this.#counts.add(old, -1);
    this.#counts.add(fresh, 1);
    this.#askPaint();
  }

  /**
   * Show a range of values.
   * @param {[number, number] | null} range
   */
  showRange(range) {
    this.#range = range;
    this.#askPaint();
  }

  close() {
    this.resized.disconnect();
  }

  #recount() {
    this.#counts = null;
    this.#askPaint();
  }

  /** Paint when the map has been painted: it goes first. */
  #askPaint() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#isAsked = false;
        this.#paint();
      }, 0),
    );
  }

  /** Values at the ends of the axis; each class stands in the middle of its bar. */
  get #limits() {
    const { low, high, classes } = this.picture.scale;
    return classes ? { low: -0.5, high: classes.length - 0.5 } : { low, high };
  }

  get #width() {
    return Math.max(1, this.element.clientWidth - 2 * SIDE);
  }

  /** @param {number} x */
  #valueAt(x) {
    const { low, high } = this.#limits;
    const share = Math.min(1, Math.max(0, (x - SIDE) / this.#width));
    return low + share * (high - low);
  }

  /** @param {number} value */
  #at(value) {
    const { low, high } = this.#limits;
    return SIDE + (this.#width * (value - low)) / (high - low);
  }

  #paint() {
    const { scale, session } = this.picture;
    const { clientWidth: width, clientHeight: height } = this.element;
    const ink = this.canvas.getContext("2d");
    if (!ink || width === 0 || height === 0) return;
    if (!this.#counts) {
      const { low, high } = this.#limits;
      this.#counts = new Counts(low, high, scale.classes?.length ?? Math.max(8, Math.floor(this.#width / BIN_WIDTH)));
      this.#counts.add(session.values);
    }
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(this.element); // colours stand in properties that are worked out, unlike our own
    this.#paintBars(ink, this.#counts, height - AXIS, style);
    this.#paintAxis(ink, height - AXIS, style);
    if (this.#range) this.#paintRange(ink, this.#range, height - AXIS, style);
  }

  /** @param {CanvasRenderingContext2D} ink @param {Counts} counts @param {number} base @param {CSSStyleDeclaration} style */
  #paintBars(ink, counts, base, style) {
    const { bins } = counts;
    const most = Math.sqrt(tallest(bins));
    const step = this.#width / bins.length;
    ink.lineWidth = 1;
    ink.strokeStyle = style.columnRuleColor;
    for (let bin = 0; bin < bins.length; bin += 1) {
      if (bins[bin] <= 0) continue;
      // the root of the count: a single odd value among millions is seen
      const tall = Math.min(base - 2, Math.max(1.5, (Math.sqrt(bins[bin]) / most) * (base - 8)));
      ink.fillStyle = this.picture.scale.colourOf(counts.lowerOf(bin + 0.5));
      ink.fillRect(SIDE + bin * step, base - tall, Math.max(1, step - 1), tall);
      ink.strokeRect(SIDE + bin * step + 0.5, base - tall + 0.5, Math.max(0, step - 2), tall - 0.5);
    }
  }

  /** @param {CanvasRenderingContext2D} ink @param {number} base @param {CSSStyleDeclaration} style */
  #paintAxis(ink, base, style) {
    const { low, high } = this.#limits;
    ink.fillStyle = style.color;
    ink.font = `11px ${style.fontFamily}`;
    ink.textAlign = "center";
    ink.textBaseline = "top";
    ink.fillRect(SIDE, base, this.#width, 1);
    for (const tick of axisTicks(low, high, this.#width / 90)) {
      const x = Math.round(this.#at(tick));
      ink.fillRect(x, base, 1, 4);
      ink.fillText(numberWords(tick), Math.min(Math.max(x, 18), this.#width + 2 * SIDE - 18), base + 5);
    }
  }

  /** @param {CanvasRenderingContext2D} ink @param {[number, number]} range @param {number} base @param {CSSStyleDeclaration} style */
  #paintRange(ink, [low, high], base, style) {
    const [left, right] = [this.#at(low), this.#at(high)].map((x) => Math.min(SIDE + this.#width, Math.max(SIDE, x)));
    ink.fillStyle = style.caretColor;
    ink.globalAlpha = 0.16;
    ink.fillRect(left, 2, Math.max(2, right - left), base - 2);
    ink.globalAlpha = 1;
    ink.fillRect(left - 1, 2, 2, base);
    ink.fillRect(right - 1, 2, 2, base);
  }

  /** @param {(low: number, high: number) => void} onRange */
  #followPointer(onRange) {
    /** @type {number | null} */
    let from = null;
    const at = (/** @type {PointerEvent} */ event) => this.#valueAt(event.clientX - this.element.getBoundingClientRect().left);
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      from = at(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (from !== null) this.showRange(ordered(from, at(event)));
    });
    this.element.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const [low, high] = ordered(from, at(event));
      from = null;
      if (high > low) onRange(low, high);
    });
    this.element.addEventListener("pointercancel", () => (from = null));
  }
}

/**
 * The second largest count: one value alone, as the 0 of all land, is cut off, so that the others are seen.
 * @param {Float64Array} bins
 */
function tallest(bins) {
  let [first, second] = [1, 1];
  for (const count of bins) {
    if (count > first) [first, second] = [count, first];
    else if (count > second) second = count;
  }
  return Math.max(second, first / 9);
}

/** @param {number} one @param {number} other @returns {[number, number]} */
function ordered(one, other) {
  return one < other ? [one, other] : [other, one];
}
