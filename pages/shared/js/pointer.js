/* What is pointed at, by a mouse and by a finger. */

import { within } from "./keys.js";

/** Whether it is a finger: words then speak of taps. */
export const BY_FINGER = matchMedia("(hover: none)").matches;

/**
 * Where on a picture an event is.
 * @param {Element} picture
 * @param {MouseEvent} event
 * @returns {[number, number]} shares of its height and its width, 0 to just below 1
 */
export function sharesOf(picture, { clientX, clientY }) {
  const { left, top, width, height } = picture.getBoundingClientRect(), share = (part, size) => within(part / size, 0, 0.9999);
  return [share(clientY - top, height), share(clientX - left, width)];
}

/**
 * Lays a frame around a part of a picture.
 * @param {any} frame an element that lies in the picture's own, absolutely
 * @param {number[]} corner first row and column of the part
 * @param {number[]} sides rows and columns of the picture
 * @param {number} [height] rows of the part
 * @param {number} [width] columns of the part
 */
export function lay(frame, [row, column], [rows, columns], height = 1, width = height) {
  const share = (part, size) => `${(100 * part) / size}%`;
  Object.assign(frame.style, { top: share(row, rows), left: share(column, columns), height: share(height, rows), width: share(width, columns) });
}

/**
 * Calls `at` under a mouse that moves, and where a finger taps or is drawn sideways; not where one is put down or drawn up
 * or down, which scrolls the page. What a finger pointed at stays so when it is off again: `away` is for the mouse.
 * @param {Element} target
 * @param {(event: any) => void} at
 * @param {(event: any) => void} [away]
 */
export function onPointed(target, at, away = () => {}) {
  let from = { clientX: 0, clientY: 0 };
  const listen = (kind, act) => target.addEventListener(kind, act);
  listen("pointerdown", (event) => (from = event));
  listen("pointermove", (event) => {
    const [across, down] = [event.clientX - from.clientX, event.clientY - from.clientY].map(Math.abs);
    if (event.pointerType === "mouse" || across > down) at(event);
  });
  listen("click", at);
  listen("pointerleave", (event) => event.pointerType === "mouse" && away(event));
}
