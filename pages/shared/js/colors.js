/* Numbers to colors: the scales of core/charts/color.py, in the browser. A color is [red, green, blue], 0 to 255. */

/** @typedef {number[]} Color */

/** What the channels of a picture show, in their order. */
export const CHANNELS = ["red", "green", "blue"];

const POSITIVE = [8, 98, 174];
const NEGATIVE = [217, 95, 2];

/** @param {number} share 0 is black, 1 white */
export const grayOf = (share) => [share * 255, share * 255, share * 255];

/** @param {number} share -1 to 1 */
export function signedOf(share) {
  const end = share < 0 ? NEGATIVE : POSITIVE;
  return end.map((channel) => 255 + Math.abs(share) * (channel - 255));
}

/** @param {ArrayLike<number>} color */
export const css = (color) => `rgb(${Array.from(color, Math.round).join(" ")})`;

/**
 * Black or white, whichever reads better on a color (relative luminance as WCAG defines it).
 * @param {ArrayLike<number>} color
 */
export function inkOn(color) {
  const [red, green, blue] = Array.from(color, (channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/**
 * A theme's color, which Streamlit writes as #rrggbb.
 * @param {string} hex
 */
export const colorOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) || 0);
