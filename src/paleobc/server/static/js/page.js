// What every page does.

import { showTimes } from "./times.js";

showTimes(document);
setInterval(() => showTimes(document), 30_000);
