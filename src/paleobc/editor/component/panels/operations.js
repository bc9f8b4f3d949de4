// The operations: their words, what they need, and how they are said to the host.

import { numberOf } from "../words.js";

/** @typedef {import("../types.js").Operation} Operation */
/** @typedef {{label: string, value: string, unit?: string, isRequired?: boolean}} Need */
/**
 * @typedef {object} OperationKind
 * @property {string} name
 * @property {string} [of] - Name of the operation that the host knows, where it is another.
 * @property {string} title
 * @property {Need[]} needs
 * @property {string} hint
 * @property {(numbers: (number | null)[], revision: string) => Operation | string} build - The operation; a sentence where it cannot be.
 */

/** @param {string} unit @param {string} quantity @returns {OperationKind[]} */
export function operationKinds(unit, quantity) {
  const isDepth = quantity === "depth";
  return [
    { name: "set", title: "Set", needs: [{ label: "Value", value: "", unit }], hint: "All selected cells get this value.", build: ([value]) => ({ set: value }) },
    ...(quantity === "value" ? [{ name: "missing", of: "set", title: "No value", needs: [], hint: "The selected cells get no value, where the variable can be without.", build: () => ({ set: null }) }] : []),
    { name: "add", title: "Add", needs: [{ label: "Amount", value: "", unit }], hint: "Negative amounts are taken away.", build: ([value]) => ({ add: value }) },
    { name: "scale", title: "Scale", needs: [{ label: "To", value: "100", unit: "%" }], hint: "100 % leaves values as they are.", build: ([value]) => ({ scale: Number((Number(value) / 100).toPrecision(12)) }) },
    {
      name: "clamp", title: "Limit", hint: "Values stay between these; one may be empty.",
      needs: [{ label: "Lowest", value: "", unit, isRequired: false }, { label: "Highest", value: "", unit, isRequired: false }],
      build: ([low, high]) => (low === null && high === null ? "Give the lowest or the highest value, or both." : { clamp: [low, high] }),
    },
    { name: "smooth", title: "Smooth", needs: [{ label: "Times", value: "1" }], hint: "Mean with the four neighbours, by area.", build: ([times]) => ({ smooth: times }) },
    { name: "fill", title: "Fill", needs: [], hint: "From the cells around, from the rim inwards.", build: () => ({ fill: "neighbours" }) },
    { name: "copy", title: "Copy", needs: [], hint: "Takes the values of another revision.", build: (_, revision) => ({ copy: revision }) },
    { name: "open_strait", title: "Open strait", needs: [{ label: "Sill depth", value: "50", unit: "m" }], hint: "All selected cells become sea, at least so deep.", build: ([depth]) => ({ open_strait: depth }) },
    {
      name: "close_sea", title: "Close sea", hint: isDepth ? "The sea among the selected cells becomes land." : "The sea among the selected cells becomes land of this height.",
      needs: isDepth ? [] : [{ label: "Height", value: "1", unit: "m", isRequired: false }], build: ([height]) => ({ close_sea: height ?? null }),
    },
  ];
}

/**
 * The operation of what somebody typed; a sentence where something is wrong.
 *
 * @param {OperationKind} kind
 * @param {string[]} texts - One for each need.
 * @param {string} revision
 */
export function operationOf(kind, texts, revision) {
  const numbers = texts.map(numberOf);
  for (const [at, { label, isRequired = true }] of kind.needs.entries()) {
    if (numbers[at] !== null) continue;
    if (texts[at].trim() !== "") return `${label}: "${texts[at].trim()}" is no number.`;
    if (isRequired) return `${label}: give a number.`;
  }
  return kind.build(numbers, revision);
}
