// The two ways in which a question is not answered.

/** The host understood the question and refuses it; asking again does not help. */
export class Refused extends Error {
  /**
   * @param {number} status - As of HTTP: 409 somebody was faster, 422 the edit cannot be carried out ...
   * @param {string} sentence - What is wrong, and what to do.
   */
  constructor(status, sentence) {
    super(sentence);
    this.name = "Refused";
    this.status = status;
  }
}

/** No answer came: the connection dropped, and nobody knows whether the question arrived. */
export class Dropped extends Error {
  /** @param {string} sentence */
  constructor(sentence) {
    super(sentence);
    this.name = "Dropped";
  }
}

/**
 * Whether the host refused, with one of some statuses.
 *
 * @param {unknown} fault
 * @param {...number} statuses
 */
export function isRefused(fault, ...statuses) {
  return fault instanceof Refused && (statuses.length === 0 || statuses.includes(fault.status));
}
