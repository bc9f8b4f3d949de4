// Follows what happens on the server: one stream of events, no polling.

const LONGEST_WAIT = 10_000;

/** How long to wait before the next try, in milliseconds: longer each time, at most ten seconds. */
export function waitBefore(tries) {
  return Math.min(LONGEST_WAIT, 500 * 2 ** tries);
}

/**
 * A function that does a task now, or once more after the one under way: however often it is called
 * meanwhile, no two run at a time and the last call is never lost.
 */
export function coalesced(task) {
  let running = false;
  let wanted = false;
  return async function run() {
    wanted = true;
    if (running) return;
    running = true;
    try {
      while (wanted) {
        wanted = false;
        await task();
      }
    } finally {
      running = false;
    }
  };
}

/** Address of a stream of events after the last one that is known. */
export function streamAddress(address, after) {
  return `${address}?after=${encodeURIComponent(after)}`;
}

/**
 * Follow a stream of events.
 *
 * @param {string} address
 * @param {number} after - Number of the last event that the page knows.
 * @param {(data: object) => void} onEvent
 * @param {(open: boolean) => void} onConnection
 */
export function follow(address, after, onEvent, onConnection = () => {}) {
  let last = after;
  let tries = 0;
  let source = null;
  let later = 0;

  function open() {
    source?.close();
    const stream = new EventSource(streamAddress(address, last));
    source = stream;
    stream.addEventListener("open", () => {
      onConnection(true);
      // What happened while nobody listened is told again by the stream; a look does no harm.
      if (tries > 0) onEvent({});
      tries = 0;
    });
    stream.addEventListener("change", heard);
    stream.addEventListener("message", heard);
    stream.addEventListener("error", () => {
      onConnection(false);
      tries += 1;
      if (stream === source && stream.readyState === EventSource.CLOSED) later = setTimeout(open, waitBefore(tries));
    });
  }

  function heard(event) {
    last = Math.max(last, Number(event.lastEventId) || last);
    let data = {};
    try {
      data = JSON.parse(event.data);
    } catch {
      // an event without data of ours still means that something happened
    }
    onEvent(data);
  }

  // A page that nobody sees needs no stream: browsers allow six to a host, whatever the number of tabs.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(later);
    source?.close();
    source = null;
    if (!document.hidden) {
      open();
      onEvent({});
    }
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
  if (!document.hidden) open();
}

/** Ask for JSON of the server; null where it cannot be had now. */
export async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.status === 404) location.reload();
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Say whether the page is still told of changes. */
export function showConnection(open) {
  for (const element of document.querySelectorAll("[data-connection]")) {
    element.textContent = open ? "" : "Not connected; trying again.";
  }
}
