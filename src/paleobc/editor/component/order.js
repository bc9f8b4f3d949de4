// One task after the other, in the order in which they were asked for.

/** Each task begins where the one before it ended, well or not. */
export class Order {
  #tail = /** @type {Promise<unknown>} */ (Promise.resolve());

  /**
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  next(task) {
    const done = this.#tail.then(task);
    this.#tail = done.catch(() => {});
    return done;
  }

  /**
   * When all that was asked for is done.
   * @returns {Promise<void>}
   */
  get settled() {
    return this.#tail.then(() => undefined);
  }
}
