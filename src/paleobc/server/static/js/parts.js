// Parts of a page that the server writes anew.

import { showTimes } from "./times.js";

const shown = new Map();

/** Put new text of the server's into a part, where it differs and nobody is typing there. */
export function replacePart(name, html) {
  const part = document.querySelector(`[data-part="${name}"]`);
  if (!part || shown.get(name) === html) return;
  const isFirst = !shown.has(name);
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(`[data-part="${name}"]`);
  if (!fresh) return;
  shown.set(name, html);
  if (isFirst && plain(fresh) === plain(part)) return;
  if (part.contains(document.activeElement) && plain(fresh) === plain(part)) return;
  const id = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceWith(fresh);
  showTimes(fresh);
  if (id) document.getElementById(id)?.focus();
}

/** Text of a part without what the page itself has changed: times. */
function plain(part) {
  const copy = part.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.replaceWith(time.dateTime);
  return copy.innerHTML.replace(/\s+/g, " ");
}

/** Ask for this very page again and take a part of it. */
export async function renewPart(name) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) replacePart(name, await answer.text());
  } catch {
    // the stream of events tells again when it is back
  }
}
