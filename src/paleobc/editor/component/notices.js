// What the editor says: in a corner of the map, and to those who hear the page.

import { el } from "./dom.js";

/** Good news goes after so long [ms]; faults stay until somebody closes them. */
const SHORT = 8000;
const MOST = 4;

/** A place for notices, and the live region. */
export function noticeBoard() {
  const live = el("div", { class: "pe-hidden", role: "status", "aria-live": "polite", "data-part": "live" });
  const element = el("div", { class: "pe-notices", "data-part": "notices" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;

  /**
   * Say to those who hear; what comes at once counts last.
   * @param {string} words
   */
  function say(words) {
    clearTimeout(later);
    later = setTimeout(() => {
      live.textContent = words;
    }, 120);
  }

  /**
   * Show a notice.
   * @param {string} words
   * @param {"told" | "fault"} [kind]
   * @param {string | null} [href] - A link for it.
   */
  function tell(words, kind = "told", href = null) {
    if ([...element.children].some((child) => child.firstElementChild?.textContent === words)) return;
    const notice = el(
      "div",
      { class: `pe-notice pe-notice-${kind}`, role: kind === "fault" ? "alert" : null, "data-notice": kind },
      el("p", {}, words),
      href ? el("a", { href }, "Show") : null,
      el("button", { class: "pe-close", "aria-label": "Close this notice", onclick: () => notice.remove() }, "×"),
    );
    element.append(notice);
    while (element.childElementCount > MOST) element.firstElementChild?.remove();
    if (kind === "told") {
      say(words);
      setTimeout(() => notice.remove(), SHORT);
    }
  }

  return { element, live, say, tell };
}
