// Passages that have to be open or closed, and whether they are.

import { el, keepList, setText } from "../dom.js";
import { gatewayForm } from "./gateway_form.js";
import { LIGHT_WORDS, lightSign } from "./signs.js";

/** @typedef {import("../workbench.js").Editor} Editor */
/** @typedef {import("../types.js").Gateway} Gateway */
/** @typedef {import("../types.js").GatewayFinding} GatewayFinding */

/**
 * @param {Editor} editor
 * @param {(problem: import("../types.js").Problem) => void} propose
 */
export function gatewaysPanel(editor, propose) {
  const { session } = editor;
  const badge = el("span", { class: "pe-badge", "data-count": "gateways" });
  const list = el("ul", { class: "pe-list", "data-part": "gateways" });
  const none = el("p", { class: "pe-hint" }, "No gateways yet. A gateway is a passage between seas that has to be open, or closed, in your experiment.");
  const add = el("button", { type: "button", class: "pe-button", "data-action": "add-gateway", onclick: () => open(null) }, "Add a gateway");
  const place = el("div", {});
  const element = el("div", {}, none, list, add, place);

  /** @param {Gateway | null} gateway */
  function open(gateway) {
    add.hidden = true;
    const close = () => {
      place.replaceChildren();
      add.hidden = false;
      add.focus();
    };
    place.replaceChildren(gatewayForm(editor, gateway, async (fresh) => {
      const others = session.opened.gateways.filter((one) => one !== gateway);
      const at = gateway ? session.opened.gateways.indexOf(gateway) : others.length;
      const done = await editor.attempt(() => session.setGateways([...others.slice(0, at), fresh, ...others.slice(at)]).then(() => true));
      if (done) close();
    }, close));
    place.querySelector("input")?.focus();
  }

  /** @param {GatewayFinding} finding */
  function item({ name, state, light, words, lines, holds }) {
    const gateway = session.opened.gateways.find((one) => one.name === name);
    const middle = lines[0]?.[Math.floor(lines[0].length / 2)] ?? gateway?.from ?? gateway?.line?.[0];
    const button = (/** @type {string} */ action, /** @type {string} */ title, /** @type {() => void} */ run) =>
      el("button", { type: "button", class: "pe-button pe-quiet pe-small", "data-action": action, "aria-label": `${title}: ${name}`, onclick: run }, title);
    const remove = () => editor.attempt(() => session.setGateways(session.opened.gateways.filter((one) => one !== gateway)));
    const repair = () => propose({ check: "gateway", cell: -1, longitude: middle?.[0] ?? 0, latitude: middle?.[1] ?? 0, cells: 0, label: name, repairable: true });
    return el(
      "li",
      { class: "pe-gateway", "data-gateway": name, "data-light": light },
      el("div", { class: "pe-gateway-head" }, lightSign(light), el("strong", {}, name), el("span", { class: "pe-where" }, `wanted ${state}; ${LIGHT_WORDS[light]}`)),
      el("p", { class: "pe-hint" }, words),
      el("div", { class: "pe-row" },
        middle ? button("go-to-gateway", "Go there", () => editor.goToPlace(middle[0], middle[1])) : null,
        !holds && session.opened.can.repair ? button("propose-gateway", "Repair…", repair) : null,
        gateway && session.opened.can.gateways ? button("edit-gateway", "Edit", () => open(gateway)) : null,
        gateway && session.opened.can.gateways ? button("remove-gateway", "Remove", remove) : null),
    );
  }

  function renew() {
    const found = session.findings.gateways;
    const failing = found.filter(({ light }) => light !== "green").length;
    setText(badge, found.length === 0 ? "" : failing === 0 ? `${found.length} ✓` : `${failing} of ${found.length} ✕`);
    none.hidden = found.length > 0;
    if (place.childElementCount === 0) add.hidden = !session.opened.can.gateways;
    if (!element.hidden) keepList(list, found, (one) => JSON.stringify([one.name, one.state, one.light, one.words, session.opened.gateways.find(({ name }) => name === one.name)]), item);
  }

  session.addEventListener("change", renew);
  element.addEventListener("shown", renew);
  renew();
  return { element, badge };
}
