// How long to wait before something is tried again.

import { Dropped } from "./faults.js";

const LONGEST_WAIT = 10_000;

/**
 * Milliseconds to wait before the next try: twice as long each time, at most ten seconds.
 *
 * @param {number} tried
 * @param {number} first
 */
export function waitBefore(tried, first) {
  return Math.min(LONGEST_WAIT, first * 2 ** (tried - 1));
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * Do something until it is answered, with pauses between the tries.
 *
 * @template T
 * @param {() => Promise<T>} task
 * @param {object} options
 * @param {number} options.wait - Before the second try [ms].
 * @param {() => boolean} options.isOver - Nobody wants the answer any more.
 * @param {(tried: number) => void} options.onTry - Before the second try, and before each after it.
 */
export async function untilAnswered(task, { wait, isOver, onTry }) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await task();
    } catch (fault) {
      if (!(fault instanceof Dropped) || isOver()) throw fault;
      onTry(tried + 1);
      await pause(waitBefore(tried, wait));
    }
  }
}
