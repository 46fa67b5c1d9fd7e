/* Values to pixels, quickly: every map of a network is painted anew while a visitor draws on its image. */

import { signedOf } from "../js/colors.js";

const SIDE = 32;
const STEPS = 255; // shades of each sign

/* The colors of −STEPS to STEPS as a canvas keeps them: alpha, blue, green, red. */
const SHADES = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, at) => {
  const [red, green, blue] = signedOf((at - STEPS) / STEPS).map(Math.round);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
});

/** @param {HTMLCanvasElement} canvas @param {number} height @param {number} width @param {(pixels: Uint32Array) => void} fill */
function paint(canvas, height, width, fill) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  fill(new Uint32Array(image.data.buffer));
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
}

/**
 * Blue positive, white zero, orange negative; full color at `limit`.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values of which every `maps`-th from `map` on is painted
 * @param {number[]} shape height and width
 * @param {number} limit
 * @param {{ map?: number, maps?: number, until?: number }} [part] `until`: so many pixels, the rest is left open
 */
export function paintSigned(canvas, values, [height, width], limit, { map = 0, maps = 1, until = Infinity } = {}) {
  const scale = limit > 0 ? STEPS / limit : 0;
  paint(canvas, height, width, (pixels) => {
    const count = Math.min(pixels.length, until);
    for (let pixel = 0, at = map; pixel < count; pixel++, at += maps) {
      const shade = values[at] * scale;
      if (Number.isNaN(shade)) continue; // left open
      pixels[pixel] = SHADES[STEPS + (shade > STEPS ? STEPS : shade < -STEPS ? -STEPS : Math.round(shade) || 0)];
    }
  });
}

/** @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} image red, green, blue of each pixel */
export function paintImage(canvas, image) {
  paint(canvas, SIDE, SIDE, (pixels) => {
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = rgb(image[3 * pixel], image[3 * pixel + 1], image[3 * pixel + 2]);
  });
}

/** @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} image @param {number} channel black is 0, white 255 */
export function paintChannel(canvas, image, channel) {
  paint(canvas, SIDE, SIDE, (pixels) => {
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = rgb(...Array(3).fill(image[3 * pixel + channel]));
  });
}

const rgb = (red, green, blue) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
