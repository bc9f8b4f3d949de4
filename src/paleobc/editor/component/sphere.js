// Places on the globe: unit vectors, great circles and distances.

export const RADIAN = Math.PI / 180
/** Radius of the Earth [km], as the edits use it. */
export const EARTH_RADIUS_KM = 6371

/** @typedef {[number, number]} Place longitude and latitude [degrees] */
/** @typedef {[number, number, number]} Vector unit vector */

/**
 * Longitude from -180 up to 180 [degrees].
 * @param {number} longitude
 */
export function wrapped(longitude) {
  if (longitude >= -180 && longitude < 180) return longitude
  const turned = (((longitude + 180) % 360) + 360) % 360 - 180
  return turned >= 180 ? -180 : turned
}

/**
 * @param {number} longitude
 * @param {number} latitude
 * @returns {Vector}
 */
export function vectorOf(longitude, latitude) {
  const a = wrapped(longitude) * RADIAN
  const b = latitude * RADIAN
  const c = Math.abs(latitude) >= 90 ? 0 : Math.cos(b)
  return [c * Math.cos(a), c * Math.sin(a), Math.sin(b)]
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} z any length but zero
 * @returns {Place}
 */
export function placeOf(x, y, z) {
  return [Math.atan2(y, x) / RADIAN, Math.atan2(z, Math.hypot(x, y)) / RADIAN]
}

/**
 * Angle between two unit vectors [degrees], good for small angles also.
 * @param {Vector} a
 * @param {Vector} b
 */
export function angleBetween(a, b) {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
  return 2 * Math.asin(Math.min(1, chord / 2)) / RADIAN
}

/**
 * Places along the great circle from one place to another, both included.
 * @param {Place} from
 * @param {Place} to
 * @param {number} spacing largest distance between neighbours [degrees]
 * @returns {Place[]}
 */
export function greatCircle(from, to, spacing = 1) {
  const a = vectorOf(from[0], from[1])
  const b = vectorOf(to[0], to[1])
  const angle = angleBetween(a, b) * RADIAN
  const parts = Math.max(1, Math.ceil(angle / (spacing * RADIAN)))
  /** @type {Place[]} */
  const places = [from]
  const sine = Math.sin(angle)
  for (let k = 1; k < parts; k++) {
    if (sine < 1e-12) break // the same place, or opposite ones: no great circle is told
    const s = Math.sin(angle * (1 - k / parts)) / sine
    const t = Math.sin(angle * k / parts) / sine
    places.push(placeOf(s * a[0] + t * b[0], s * a[1] + t * b[1], s * a[2] + t * b[2]))
  }
  places.push(to)
  return places
}

/**
 * Place at a distance from another in a direction.
 * @param {Place} place
 * @param {number} bearing clockwise from north [degrees]
 * @param {number} angle distance [degrees]
 * @returns {Place}
 */
export function placeTowards(place, bearing, angle) {
  const latitude = place[1] * RADIAN
  const course = bearing * RADIAN
  const far = angle * RADIAN
  const sine = Math.sin(latitude) * Math.cos(far) + Math.cos(latitude) * Math.sin(far) * Math.cos(course)
  const east = Math.sin(course) * Math.sin(far) * Math.cos(latitude)
  const turn = Math.atan2(east, Math.cos(far) - Math.sin(latitude) * sine)
  return [wrapped(place[0] + turn / RADIAN), Math.asin(Math.max(-1, Math.min(1, sine))) / RADIAN]
}

/**
 * Direction in which the great circle from one place to another starts, clockwise from north [degrees].
 * @param {Place} from
 * @param {Place} to
 */
export function bearing(from, to) {
  const a = (to[0] - from[0]) * RADIAN
  const b = from[1] * RADIAN
  const c = to[1] * RADIAN
  const east = Math.sin(a) * Math.cos(c)
  return Math.atan2(east, Math.cos(b) * Math.sin(c) - Math.sin(b) * Math.cos(c) * Math.cos(a)) / RADIAN
}

/**
 * @param {Vector} a
 * @param {Vector} b
 * @returns {Vector}
 */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/**
 * @param {Vector} a
 * @param {Vector} b
 */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
