// Keeps the list of experiments up to date.

import { ask, coalesced, follow } from "./live.js";

const table = document.querySelector("[data-list]");

const renew = coalesced(async () => {
  for (const one of (await ask(table.dataset.list)) ?? []) {
    const place = document.querySelector(`[data-experiment="${CSS.escape(one.id)}"]`);
    const word = place?.querySelector("[data-word]");
    if (!word || (word.textContent === one.words && place.dataset.state === one.state)) continue;
    place.dataset.state = one.state;
    place.querySelector("use").setAttribute("href", `/static/signs.svg#${one.state}`);
    word.textContent = one.words;
  }
});

if (table) follow("/events", Number(table.dataset.event), renew);
