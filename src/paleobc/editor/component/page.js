// Puts the editor into a page of a server: what it is about stands as data at the element with the identifier "editor".

import { mount } from "./editor.js";
import { httpSource } from "./source_http.js";

const place = /** @type {HTMLElement} */ (document.getElementById("editor"));

/**
 * Say in the page why there is no editor.
 * @param {unknown} fault
 */
function tell(fault) {
  const words = document.createElement("p");
  words.className = "edit-wait";
  words.dataset.failed = "";
  words.setAttribute("role", "alert");
  words.textContent = fault instanceof Error ? fault.message : String(fault);
  place.replaceChildren(words);
}

async function begin() {
  const { address = "", events = null, csrf, variable } = place.dataset;
  const source = httpSource(address, { headers: csrf ? { "X-CSRF-Token": csrf } : {}, events });
  place.replaceChildren();
  try {
    await mount(place, source, variable ? { variable } : {});
  } catch (fault) {
    tell(fault);
  }
}

begin();
