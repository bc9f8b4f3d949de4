// Keeps the pages of an experiment up to date.

import { ask, coalesced, follow, showConnection } from "./live.js";
import { replacePart } from "./parts.js";
import { announcement, showAsset, tick } from "./states.js";
import "./upload.js";

const page = document.querySelector("[data-experiment-page]");
const base = `/experiments/${page.dataset.experimentPage}`;
const ownAsset = location.pathname.match(/\/assets\/([^/]+)$/)?.[1] ?? "";
const firstRevision = document.querySelector("[data-revision-shown]")?.dataset.revisionShown;
let assets = [];

const renew = coalesced(async () => {
  const state = await ask(`${base}/state${ownAsset ? `?asset=${encodeURIComponent(ownAsset)}` : ""}`);
  if (!state) return;
  state.assets.forEach(showAsset);
  for (const [name, html] of Object.entries(state.parts)) replacePart(name, html);
  const said = assets.length ? announcement(assets, state.assets) : "";
  assets = state.assets;
  const summary = document.querySelector("[data-summary]");
  if (summary && summary.textContent !== state.summary) summary.textContent = state.summary;
  const aloud = document.querySelector("[data-said]");
  if (aloud && said) aloud.textContent = said;
  const relief = assets.find((asset) => asset.asset === "relief");
  document.querySelector("[data-needs-relief]")?.toggleAttribute("hidden", relief?.state !== "missing");
  showNewer();
});

/** Say that there is a newer revision than the one on the page. */
function showNewer() {
  const own = assets.find((asset) => asset.asset === ownAsset);
  const notice = document.querySelector("[data-newer]");
  if (notice && own && own.revision !== null) notice.hidden = String(own.revision) === (firstRevision ?? "");
}

/** Light the lines that lead to a node and away from it. */
function light(node) {
  const asset = node?.dataset.asset;
  for (const line of document.querySelectorAll(".line")) {
    line.toggleAttribute("data-lit", line.dataset.source === asset || line.dataset.target === asset);
  }
}

for (const node of document.querySelectorAll(".node")) {
  node.addEventListener("pointerenter", () => light(node));
  node.addEventListener("pointerleave", () => light(null));
  node.addEventListener("focus", () => light(node));
  node.addEventListener("blur", () => light(null));
}

follow(`${base}/events`, Number(page.dataset.event), renew, showConnection);
renew();
setInterval(() => tick(assets), 1000);
