// Pointers on a map: one moves the tool or the map, two zoom, the wheel zooms to the cursor.

/** @typedef {import("./map_canvas.js").MapCanvas} MapCanvas */
/** @typedef {import("./types.js").MapPoint} MapPoint */
/** @typedef {{x: number, y: number}} Spot */

/** Middle and right button move the map, whatever tool is in hand. */
const MOVING_BUTTONS = new Set([1, 2]);

/**
 * Follow the pointers on a map.
 *
 * @param {MapCanvas} map
 * @param {object} to
 * @param {() => import("./tools/tool.js").Tool} to.tool - The tool in hand.
 * @param {(point: MapPoint | null) => void} to.onHover - Point under the pointer; null: off the map.
 */
export function followPointers(map, { tool, onHover }) {
  const { element } = map;
  /** @type {Map<number, Spot>} */
  const pointers = new Map();
  /** @type {"tool" | "move" | "pinch" | null} */
  let doing = null;
  /** @type {MapPoint | null} */
  let last = null;

  /** @param {{clientX: number, clientY: number}} event @returns {Spot} */
  function spotOf(event) {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  element.addEventListener("pointerdown", (event) => {
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const spot = spotOf(event);
    pointers.set(event.pointerId, spot);
    if (pointers.size > 1) {
      if (doing === "tool") tool().cancel();
      doing = "pinch";
      return;
    }
    const point = pointAt(map, spot);
    if (tool().pans || MOVING_BUTTONS.has(event.button)) {
      doing = "move";
    } else if (event.button === 0 && point) {
      doing = "tool";
      last = point;
      tool().down(point);
    }
    if (MOVING_BUTTONS.has(event.button)) event.preventDefault();
  });

  element.addEventListener("pointermove", (event) => {
    const spot = spotOf(event);
    const before = pointers.get(event.pointerId);
    const point = pointAt(map, spot);
    if (doing === "pinch" && before) pinch(event.pointerId, before, spot);
    else if (doing === "move" && before) map.panBy(spot.x - before.x, spot.y - before.y, before.x, before.y);
    else if (doing === "tool") drag(event);
    else if (point) tool().hover(point);
    if (before) pointers.set(event.pointerId, spot);
    onHover(point);
  });

  /** @param {PointerEvent} event */
  function drag(event) {
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) {
      const point = pointNear(map, spotOf(one), last);
      if (!point) continue;
      last = point;
      tool().drag(point);
    }
  }

  /** @param {number} identifier @param {Spot} before @param {Spot} now */
  function pinch(identifier, before, now) {
    const other = [...pointers].find(([one]) => one !== identifier)?.[1];
    if (!other) return;
    const [far, wide] = [before, now].map((spot) => Math.hypot(spot.x - other.x, spot.y - other.y));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    map.panBy((now.x - before.x) / 2, (now.y - before.y) / 2, (before.x + other.x) / 2, (before.y + other.y) / 2);
    if (far > 0) map.zoomAt(middle.x, middle.y, wide / far);
  }

  /** @param {PointerEvent} event */
  function release(event) {
    if (!pointers.delete(event.pointerId)) return;
    if (doing === "tool") {
      const point = event.type === "pointerup" ? pointNear(map, spotOf(event), last) : null;
      if (point) tool().up(point);
      else tool().cancel();
    }
    if (pointers.size === 0 || doing !== "pinch") doing = null;
  }

  element.addEventListener("pointerup", release);
  element.addEventListener("pointercancel", release);
  element.addEventListener("pointerleave", () => {
    if (pointers.size > 0) return;
    if (tool().pending === 0) tool().cancel();
    onHover(null);
  });
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = spotOf(event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const turned = Math.max(-240, Math.min(240, event.deltaY * lines));
      map.zoomAt(x, y, Math.exp(-turned * (event.ctrlKey ? 0.01 : 0.002)));
    },
    { passive: false },
  );
}

/**
 * What is under a spot of the screen; null: no place of the Earth.
 * @param {MapCanvas} map
 * @param {Spot} spot
 * @returns {MapPoint | null}
 */
export function pointAt(map, { x, y }) {
  const place = map.placeAtScreen(x, y);
  return place ? { longitude: place[0], latitude: place[1], cell: map.cellAtScreen(x, y), x, y } : null;
}

/**
 * What is under a spot, or, off the map, at its rim on the way from the last point: so a box reaches the pole.
 *
 * @param {MapCanvas} map
 * @param {Spot} spot
 * @param {MapPoint | null} last
 * @returns {MapPoint | null}
 */
export function pointNear(map, spot, last) {
  const here = pointAt(map, spot);
  if (here || !last) return here;
  let [inside, outside] = [0, 1];
  for (let step = 0; step < 14; step += 1) {
    const middle = (inside + outside) / 2;
    if (map.placeAtScreen(...between(last, spot, middle))) inside = middle;
    else outside = middle;
  }
  const [x, y] = between(last, spot, inside);
  const point = pointAt(map, { x, y });
  if (point && Math.abs(point.latitude) > 89.5) point.latitude = Math.sign(point.latitude) * 90;
  return point;
}

/** @param {Spot} from @param {Spot} to @param {number} share @returns {[number, number]} */
function between(from, to, share) {
  return [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)];
}
