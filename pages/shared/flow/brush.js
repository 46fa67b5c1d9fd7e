/* Paint on an image: dabs of a round brush, and the text that stands for them in an address. */

import { within } from "../js/keys.js";

/** @typedef {{ color: string, dabs: number[] }} Stroke `color`: six hexadecimal digits; row and column of each dab, in
 *     half pixels */

const SIDE = 32, BRUSH = 1.6; // pixels
const FINE = 2, PLACES = SIDE * FINE;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // one a place

/**
 * The image with all strokes on it.
 * @param {Uint8ClampedArray} image
 * @param {Stroke[]} strokes
 */
export function painted(image, strokes) {
  const changed = image.slice();
  for (const { color, dabs } of strokes) for (let at = 0; at < dabs.length; at += 2) dab(changed, color, dabs[at], dabs[at + 1]);
  return changed;
}

/* Whether anything changed. */
function dab(image, hex, fineRow, fineColumn) {
  const color = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const row = (fineRow + 0.5) / FINE, column = (fineColumn + 0.5) / FINE, last = SIDE - 1;
  let changed = false;
  for (let y = within(Math.floor(row - BRUSH), 0, last); y <= within(row + BRUSH, 0, last); y++)
    for (let x = within(Math.floor(column - BRUSH), 0, last); x <= within(column + BRUSH, 0, last); x++) {
      const at = 3 * (y * SIDE + x);
      if (Math.hypot(y + 0.5 - row, x + 0.5 - column) >= BRUSH || color.every((value, c) => image[at + c] === value)) continue;
      image.set(color, at);
      changed = true;
    }
  return changed;
}

/**
 * Adds a dab to the strokes, unless all below it is painted so already.
 * @param {Uint8ClampedArray} image with all strokes on it
 * @param {Stroke[]} strokes
 * @param {string} color six hexadecimal digits
 * @param {number} row in pixels
 * @param {number} column
 * @param {{ dabs: number, strokes: number }} most so many there may be
 * @returns {boolean} whether there was room for it
 */
export function add(image, strokes, color, row, column, most) {
  const [y, x] = [row, column].map((place) => within(Math.floor(place * FINE), 0, PLACES - 1));
  const last = strokes[strokes.length - 1], another = last?.color !== color;
  const count = strokes.reduce((all, { dabs }) => all + dabs.length / 2, 0);
  if (count >= most.dabs || (another && strokes.length >= most.strokes)) return false;
  if (!dab(image.slice(), color, y, x)) return true;
  if (another) strokes.push({ color, dabs: [y, x] });
  else last.dabs.push(y, x);
  return true;
}

/** @param {Stroke[]} strokes */
export const textOf = (strokes) => strokes.map(({ color, dabs }) => color + dabs.map((place) => LETTERS[place]).join("")).join(".");

/**
 * The strokes of such a text; the server has looked at its form.
 * @param {string} text
 * @returns {Stroke[]}
 */
export const strokesOf = (text) =>
  text.split(".").filter(Boolean).map((part) => ({ color: part.slice(0, 6), dabs: Array.from(part.slice(6), (letter) => LETTERS.indexOf(letter)) }));
