// Makes elements, and keeps lists of them in step with data; text only, never HTML.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with attributes, listeners (`onclick: ...`) and children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes] - `class`, `data-...`, `aria-...`; true: there without a value; false or null: not there.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * A drawing of paths in a square of 16 units.
 *
 * @param {string[]} paths
 * @param {string} [name] - Class beside `pe-icon`.
 */
export function icon(paths, name = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `pe-icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const data of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

let identifiers = 0;

/**
 * An identifier that no other element has.
 * @param {string} word
 */
export function identifier(word) {
  identifiers += 1;
  return `pe-${word}-${identifiers}`;
}

/**
 * A control with its label beside it.
 *
 * @param {string} words
 * @param {HTMLElement} control
 * @param {Child} [after] - What stands behind it, as a unit.
 */
export function field(words, control, after = null) {
  control.id ||= identifier("field");
  return el("div", { class: "pe-field" }, el("label", { for: control.id }, words), control, after);
}

/**
 * A box to tick.
 *
 * @param {string} words
 * @param {boolean} checked
 * @param {(checked: boolean) => void} onchange
 * @param {Record<string, any>} [attributes]
 */
export function tick(words, checked, onchange, attributes = {}) {
  const input = el("input", { type: "checkbox", ...attributes, onchange: () => onchange(input.checked) });
  input.checked = checked;
  return el("label", { class: "pe-tick" }, input, el("span", {}, words));
}

/**
 * A list to choose from.
 *
 * @template {string} N
 * @param {{name: N, title: string}[]} choices
 * @param {N} chosen
 * @param {(name: N) => void} onchange
 * @param {Record<string, any>} [attributes]
 */
export function choice(choices, chosen, onchange, attributes = {}) {
  const select = el("select", { ...attributes, onchange: () => onchange(/** @type {N} */ (select.value)) });
  setChoices(select, choices, chosen);
  return select;
}

/** @param {HTMLSelectElement} select @param {{name: string, title: string}[]} choices @param {string} chosen */
export function setChoices(select, choices, chosen) {
  select.replaceChildren(...choices.map(({ name, title }) => el("option", { value: name }, title)));
  select.value = chosen;
}

/**
 * Buttons of which one is pressed, as a group of radio buttons: one stop of the Tab key, arrows choose.
 *
 * @template {string} N
 * @param {string} words - Name of the group.
 * @param {{name: N, title: string, hint?: string}[]} choices
 * @param {N} chosen
 * @param {(name: N) => void} onchange
 * @param {string} key - Buttons carry `data-<key>="<name>"`.
 */
export function segments(words, choices, chosen, onchange, key) {
  const group = identifier(key);
  const labels = choices.map(({ name, title, hint }) => {
    const input = el("input", { type: "radio", name: group, value: name, [`data-${key}`]: name, onchange: () => onchange(name) });
    input.checked = name === chosen;
    return el("label", { title: hint }, input, el("span", {}, title));
  });
  const element = el("div", { class: "pe-segments", role: "radiogroup", "aria-label": words }, ...labels);
  /** @param {string} name */
  const choose = (name) => {
    for (const input of element.querySelectorAll("input")) input.checked = input.value === name;
  };
  return { element, choose };
}

/**
 * Keep the children of a list in step with items: kept where the key is the same, moved, made and removed otherwise.
 *
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} items
 * @param {(item: T) => string} keyOf - Items of the same key are shown alike.
 * @param {(item: T) => HTMLElement} make
 */
export function keepList(list, items, keyOf, make) {
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const child of /** @type {HTMLElement[]} */ ([...list.children])) known.set(child.dataset.key ?? "", child);
  /** @type {Element | null} */
  let next = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let element = known.get(key);
    known.delete(key);
    if (!element) {
      element = make(item);
      element.dataset.key = key;
    }
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
  for (const element of known.values()) element.remove();
}

/**
 * Write text only where it differs: the layout of what stays is not worked out anew.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
