// How the map is looked at, kept in the browser as long as the page is open; edits are not kept here.

/**
 * Settings that are read and written at once; where the browser keeps nothing, they hold as long as the page.
 *
 * @param {string} name - Of what is edited: each address and variable has its own.
 */
export function keptSettings(name) {
  const key = `paleobc-editor:${name}`;
  /** @type {Record<string, any>} */
  let kept = {};
  try {
    const found = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    if (found && typeof found === "object") kept = found;
  } catch {
    // notebooks and private windows may have no storage; what is stored may not be ours
  }
  return {
    /** @template T @param {string} word @param {T} otherwise @returns {T} */
    get(word, otherwise) {
      return word in kept && typeof kept[word] === typeof otherwise ? kept[word] : otherwise;
    },
    /** @param {string} word @param {any} value */
    set(word, value) {
      kept[word] = value;
      try {
        sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // see above
      }
    },
  };
}

/** @typedef {ReturnType<typeof keptSettings>} Settings */
