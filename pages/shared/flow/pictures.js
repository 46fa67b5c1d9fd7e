/* Framed pictures of the panel, with a box that marks a window. */

import { element } from "../js/elements.js";
import { lay } from "../js/pointer.js";
import { paintSigned } from "./paint.js";

/** Whether a visitor wants no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A canvas with a caption and a box. */
export function frame(words) {
  const root = element("span", "frame"), picture = element("span", "picture"), box = element("i", "box");
  const canvas = element("canvas", "", "", { "aria-hidden": "true" }); // words beside it say what it shows
  picture.append(canvas, box);
  const caption = element("span", "caption", words);
  root.append(picture, caption);
  return { root, canvas, box, caption };
}

/** Paints a map; NaN and what comes after `until` pixels is left open. */
export function paintMap({ canvas }, values, shape, limit, until = Infinity) {
  paintSigned(canvas, values, shape, limit, { until });
}

/** Marks rows and columns of a picture. */
export function mark({ box }, [top, bottom, left, right], sides) {
  box.style.display = "block";
  lay(box, [top, left], sides, bottom - top + 1, right - left + 1);
}

/** The largest magnitude in several arrays. */
export const largest = (arrays) => arrays.reduce((most, values) => values.reduce((all, value) => Math.max(all, Math.abs(value)), most), 0);

const NAME_REM = 3.5; // as in flow.css
const GAP = 10, SMALLEST = 22, LARGEST = 120; // CSS pixels

/** Chooses the columns that leave the pictures of `count` parts largest. */
export function sizeParts(list, count) {
  const { clientWidth: width, clientHeight: height } = list;
  const beside = NAME_REM * parseFloat(getComputedStyle(document.documentElement).fontSize) + GAP + 12;
  let found = { columns: 1, side: SMALLEST };
  for (let columns = 1; columns <= count; columns++) {
    const across = (width / columns - beside) / 3, down = height / Math.ceil(count / columns) - 6;
    const side = Math.min(across, down, LARGEST);
    if (side > found.side) found = { columns, side };
  }
  if (found.side === SMALLEST) found.columns = Math.max(1, Math.floor(width / (beside + 3 * SMALLEST)));
  list.style.setProperty("--columns", found.columns);
  list.style.setProperty("--side", `${Math.floor(found.side)}px`);
}
