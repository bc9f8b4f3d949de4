// Where two arrays differ.

/**
 * Positions at which two arrays of the same length differ.
 * @param {Uint8Array | Uint16Array | Uint32Array} before
 * @param {Uint8Array | Uint16Array | Uint32Array} now
 */
export function differences(before, now) {
  let count = 0
  for (let k = 0; k < now.length; k++) if (before[k] !== now[k]) count++
  const positions = new Int32Array(count)
  for (let k = 0, p = 0; p < count; k++) if (before[k] !== now[k]) positions[p++] = k
  return positions
}
