// Keeps the page of a run up to date.

import { coalesced, follow } from "./live.js";
import { renewPart } from "./parts.js";

const page = document.querySelector("[data-run-page]");
const renew = coalesced(() => renewPart("run"));

follow(page.dataset.events, Number(page.dataset.event), renew);
