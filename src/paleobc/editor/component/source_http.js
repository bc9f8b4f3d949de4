// Asks a server over HTTP, and listens to its stream of events.

import { unpack } from "./packed.js";
import { Dropped, Refused } from "./faults.js";
import { pause, waitBefore } from "./pauses.js";

/** @typedef {import("./types.js").Source} Source */

const TRIES = 4;

/** Kinds of questions that change nothing: asked again without harm. */
const HARMLESS = new Set(["open", "geometry", "values", "changes", "select", "propose", "revision", "colours", "export"]);

/** Answers of a proxy before a server that is down or starts again. */
const NOT_THERE = new Set([502, 503, 504]);

/**
 * A source on a server: `POST <address>/<kind>` with JSON, answered by packed arrays.
 *
 * @param {string} address
 * @param {object} [options]
 * @param {Record<string, string>} [options.headers] - Headers of every request.
 * @param {string | null} [options.events] - Address of a stream of server-sent events; each means: look what is new.
 * @param {number} [options.wait] - Milliseconds before the second try.
 * @returns {Source}
 */
export function httpSource(address, options = {}) {
  const { headers = {}, events = null, wait = 400 } = options;
  /** @param {string} kind @param {object} body */
  async function once(kind, body) {
    let response;
    let bytes;
    try {
      response = await fetch(`${address}/${kind}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
        credentials: "same-origin",
      });
      bytes = await response.arrayBuffer();
    } catch {
      throw new Dropped("The server does not answer.");
    }
    if (NOT_THERE.has(response.status)) throw new Dropped("The server is not there at the moment.");
    if (!response.ok) throw new Refused(response.status, sentenceOf(bytes, response.status));
    return unpack(bytes);
  }

  return {
    async ask(kind, body) {
      for (let tried = 1; ; tried += 1) {
        try {
          return await once(kind, body);
        } catch (fault) {
          if (!(fault instanceof Dropped) || !HARMLESS.has(kind) || tried >= TRIES) throw fault;
          await pause(waitBefore(tried, wait));
        }
      }
    },
    listen(callback) {
      if (!events) return () => {};
      return follow(events, callback);
    },
  };
}

/**
 * The sentence of a problem+json, or one of ours.
 *
 * @param {ArrayBuffer} bytes
 * @param {number} status
 */
function sentenceOf(bytes, status) {
  try {
    const problem = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof problem.detail === "string") return problem.detail;
  } catch {
    // not JSON: a proxy's own page
  }
  if (status === 401) return "You are signed out. Sign in again in another tab, then go on here.";
  if (status === 403) return "You may look at this map, but not change it.";
  return `The server refused this (${status}).`;
}

/** @param {string} events @param {() => void} callback */
function follow(events, callback) {
  let tried = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {EventSource | null} */
  let stream = null;

  function open() {
    const fresh = new EventSource(events);
    stream = fresh;
    fresh.addEventListener("open", () => {
      if (tried > 0) callback(); // what happened while nobody listened
      tried = 0;
    });
    for (const name of ["change", "message"]) fresh.addEventListener(name, callback);
    fresh.addEventListener("error", () => {
      tried += 1;
      if (fresh === stream && fresh.readyState === EventSource.CLOSED) later = setTimeout(open, waitBefore(tried, 500));
    });
  }

  function close() {
    clearTimeout(later);
    stream?.close();
    stream = null;
  }

  // A page that nobody sees needs no stream: browsers allow six to a host, whatever the number of tabs.
  function seen() {
    close();
    if (document.hidden) return;
    open();
    callback();
  }

  document.addEventListener("visibilitychange", seen);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
  };
}
