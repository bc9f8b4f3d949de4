// Signs of checks and lights: a colour and a shape, so that nobody depends on the colour.

import { icon } from "../dom.js";
import { LIGHTS } from "../picture.js";

const SHAPES = [
  "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
  "M2.5 2.5h11v11h-11z",
  "M8 1 15 8 8 15 1 8z",
  "M8 1.5 15 14H1z",
  "M8 14.5 1 2h14z",
  "M5.5 1.5h5v4h4v5h-4v4h-5v-4h-4v-5h4z",
  "M8 1l1.9 4.7 5.1.3-3.9 3.3 1.3 5L8 11.5l-4.4 2.8 1.3-5L1 6l5.1-.3z",
  "M4.5 1.5h7L15 8l-3.5 6.5h-7L1 8z",
];

const LIGHT_SHAPES = {
  green: "M6.5 12.5 2 8l1.5-1.5 3 3 6-6L14 5z",
  amber: "M8 1.5 15 14H1z",
  red: "M3.5 2 8 6.5 12.5 2 14 3.5 9.5 8 14 12.5 12.5 14 8 9.5 3.5 14 2 12.5 6.5 8 2 3.5z",
};

/** Words beside a light. */
export const LIGHT_WORDS = { green: "holds", amber: "in doubt", red: "does not hold" };

/**
 * The sign of a check.
 * @param {number} position - Of the check in the host's list.
 * @param {string} colour
 */
export function checkSign(position, colour) {
  const sign = icon([SHAPES[position % SHAPES.length]], "pe-sign");
  sign.style.color = colour;
  return sign;
}

/**
 * The sign of a light.
 * @param {"green" | "amber" | "red"} light
 */
export function lightSign(light) {
  const sign = icon([LIGHT_SHAPES[light]], "pe-sign");
  sign.style.color = LIGHTS[light];
  return sign;
}
