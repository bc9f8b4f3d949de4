// Keeps the newest activity up to date.

import { coalesced, follow } from "./live.js";
import { renewPart } from "./parts.js";

const list = document.querySelector("[data-activity]");
const renew = coalesced(() => renewPart("activity"));

if (!list.hasAttribute("data-older")) follow(list.dataset.events, Number(list.dataset.event), renew);
