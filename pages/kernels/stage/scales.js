/* Maps to pictures: what color a number of a map gets, as in core/charts/color.py, and the image of a whole map. */

import { grayOf, signedOf } from "../../shared/js/colors.js";
import { within } from "../../shared/js/keys.js";

const COLOR_STEPS = 512;

/* From values to colors: {low, high, color(value) -> [r, g, b]}; values outside are clipped. */
export function scaleFor(display, low, high) {
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const clip = (value, from, to) => within(to > from ? (value - from) / (to - from) : 0, 0, 1);
  if (display === "signed") {
    return { low: -limit, high: limit, color: (v) => signedOf(clip(v, -limit, limit) * 2 - 1) };
  }
  if (display === "absolute") {
    return { low: 0, high: limit, color: (v) => grayOf(clip(Math.abs(v), 0, limit)), magnitude: true };
  }
  if (display === "auto") return { low, high, color: (v) => grayOf(clip(v, low, high)) };
  return { low: 0, high: 1, color: (v) => grayOf(clip(v, 0, 1)) };
}

/* An image of one map in a scale's colors, or of three maps as red, green and blue. */
export function paint(maps, height, width, scale) {
  const image = new ImageData(width, height);
  const out = new Uint32Array(image.data.buffer); // one write a pixel: alpha, blue, green, red from high to low byte
  const reach = scale.high - scale.low || 1;
  const factor = COLOR_STEPS / reach;
  const stepOf = (value) => {
    const step = ((scale.magnitude ? Math.abs(value) : value) - scale.low) * factor;
    return step <= 0 ? 0 : step >= COLOR_STEPS ? COLOR_STEPS : Math.round(step);
  };
  if (maps.length === 1) {
    const [map] = maps;
    const table = Uint32Array.from({ length: COLOR_STEPS + 1 }, (_, step) =>
      packed(...scale.color(scale.low + (step / COLOR_STEPS) * reach)));
    for (let i = 0; i < out.length; i++) out[i] = table[stepOf(map[i])];
  } else {
    const [reds, greens, blues] = maps;
    const levels = Uint8Array.from({ length: COLOR_STEPS + 1 }, (_, step) => Math.round((step / COLOR_STEPS) * 255));
    for (let i = 0; i < out.length; i++) {
      out[i] = packed(levels[stepOf(reds[i])], levels[stepOf(greens[i])], levels[stepOf(blues[i])]);
    }
  }
  return image;
}

const packed = (red, green, blue) => ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

/* Every n-th row and column of a map, where it is shown smaller than it is: painting the rest would be wasted. */
export function thinned(map, height, width, most) {
  const every = Math.max(1, Math.floor(Math.max(height, width) / most));
  if (every === 1) return { map, height, width };
  const [rows, columns] = [Math.ceil(height / every), Math.ceil(width / every)];
  const thin = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) thin[y * columns + x] = map[y * every * width + x * every];
  }
  return { map: thin, height: rows, width: columns };
}
