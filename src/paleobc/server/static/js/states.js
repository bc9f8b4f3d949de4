// The states of assets, shown in place.

import { elapsed, showTimes } from "./times.js";

/** What is said aloud of the changes between two lists of assets: ends and faults, not each wait. */
export function announcement(before, after) {
  const old = new Map(before.map((asset) => [asset.asset, asset]));
  const said = [];
  for (const asset of after) {
    const was = old.get(asset.asset);
    if (!was || (was.state === asset.state && was.revision === asset.revision)) continue;
    if (asset.state === "current" || asset.state === "failed") said.push(asset.label);
  }
  return said.length > 4 ? `${said.slice(0, 3).join(" ")} And ${said.length - 3} more.` : said.join(" ");
}

/** The word of a state, with the time that a run has taken where its progress is not known. */
export function wordOf(asset, now) {
  if (asset.state !== "running" || asset.progress > 0 || !asset.started) return asset.word;
  const seconds = (now - Date.parse(asset.started)) / 1000;
  return seconds >= 1 ? `${asset.word} ${elapsed(seconds)}` : asset.word;
}

const shown = new Map();

/** Show an asset wherever the page speaks of it, if anything of it has changed. */
export function showAsset(asset) {
  const now = JSON.stringify(asset);
  if (shown.get(asset.asset) === now) return;
  shown.set(asset.asset, now);
  for (const place of document.querySelectorAll(`[data-asset="${CSS.escape(asset.asset)}"]`)) {
    if (place.classList.contains("node")) showNode(place, asset);
    else showRow(place, asset);
  }
}

function showNode(node, asset) {
  if (node.dataset.state !== asset.state) node.dataset.state = asset.state;
  node.setAttribute("aria-label", asset.label);
  node.querySelector("title").textContent = asset.label;
  node.querySelector("use").setAttribute("href", `/static/signs.svg#${asset.state}`);
  node.toggleAttribute("data-progress", asset.progress > 0);
  const bar = node.querySelector("[data-bar]");
  bar.setAttribute("width", Number(bar.dataset.bar) * asset.progress);
  // A box has no room for whom it waits; its label says so.
  node.querySelector("[data-word]").textContent = asset.state === "waiting" ? "waiting" : wordOf(asset, Date.now());
}

function showRow(row, asset) {
  const badge = row.querySelector(".badge");
  if (badge) {
    badge.dataset.state = asset.state;
    badge.querySelector("use").setAttribute("href", `/static/signs.svg#${asset.state}`);
    badge.querySelector("[data-word]").textContent = wordOf(asset, Date.now());
  }
  const isQuiet = asset.state === "missing" && asset.kind === "given";
  put(row, "[data-why]", isQuiet ? "" : asset.why);
  put(row, "[data-revision]", asset.revision ?? "");
  put(row, "[data-size]", asset.size);
  const made = row.querySelector("[data-made]");
  if (made && asset.created) {
    const time = document.createElement("time");
    time.dateTime = asset.created;
    time.textContent = asset.made;
    made.replaceChildren(time);
    showTimes(made);
  }
  row.querySelector("[data-download]")?.toggleAttribute("hidden", asset.revision === null);
}

/** Put text into a place, where it is there and differs. */
function put(root, selector, text) {
  const place = root.querySelector(selector);
  if (place && place.textContent !== String(text)) place.textContent = text;
}

/** Let the time of running steps go on. */
export function tick(assets) {
  for (const asset of assets.filter((one) => one.state === "running" && one.started)) {
    for (const word of document.querySelectorAll(`[data-asset="${CSS.escape(asset.asset)}"] [data-word]`)) {
      word.textContent = wordOf(asset, Date.now());
    }
  }
}
