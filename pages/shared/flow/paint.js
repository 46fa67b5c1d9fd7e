/* Values to pixels, quickly: every map of a network is painted anew while a visitor draws on its image. */

import { signedOf } from "../js/colors.js";

const SIDE = 32;
const STEPS = 255; // shades of each sign

/* The colors of −STEPS to STEPS as a canvas keeps them: alpha, blue, green, red. */
const SHADES = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, at) => {
  const [red, green, blue] = signedOf((at - STEPS) / STEPS).map(Math.round);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
});

/**
 * The color of a value, ready to be written into a canvas' memory.
 * @param {number} shade the value, scaled so that full color lies at STEPS
 */
const inked = (shade) => SHADES[((shade > STEPS ? STEPS : shade < -STEPS ? -STEPS : shade) + STEPS + 0.5) | 0];

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
      pixels[pixel] = inked(shade);
    }
  });
}

const FRAME = 0x50808080; // around each map of a plate, so that a white one is seen on white paper: alpha, then gray

/** All maps of a layer on one canvas, at the screen's own resolution: drawn faster than a canvas a map. */
export class Plate {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.form = "";
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.across = 0; // pixels of a row
    /** @type {number[]} */
    this.corners = []; // where each map's place begins
    this.height = this.width = new Int32Array(0); // where each of a map's rows and columns begins in its place
  }

  /**
   * Makes room for `count` maps, `rows` of them below each other.
   * @param {number} count
   * @param {number} rows
   * @param {number} tile the side of a map's place, in pixels of the screen
   * @param {number} rim so many pixels of it, on every side, are left open
   * @param {number[]} shape height and width of a map
   */
  lay(count, rows, tile, rim, [height, width]) {
    const form = [count, rows, tile, rim, height, width].join();
    if (form === this.form) return;
    const columns = Math.ceil(count / rows);
    Object.assign(this.canvas, { width: columns * tile, height: rows * tile });
    this.image = new ImageData(columns * tile, rows * tile);
    this.pixels = new Uint32Array(this.image.data.buffer);
    const edges = (sides) => Int32Array.from({ length: sides + 1 }, (_, at) => rim + Math.round((at * (tile - 2 * rim)) / sides));
    Object.assign(this, { form, across: columns * tile, height: edges(height), width: edges(width) });
    this.corners = Array.from({ length: count }, (_, map) => (map % rows) * tile * this.across + Math.floor(map / rows) * tile);
    for (const corner of this.corners)
      for (let row = rim - 1; row <= tile - rim; row++) this.pixels.fill(FRAME, corner + row * this.across + rim - 1, corner + row * this.across + tile - rim + 1);
  }

  /**
   * @param {ArrayLike<number>} values those of all maps of the layer, of every pixel one after the other
   * @param {number} maps how many the layer has
   * @param {number} limit full color
   */
  paint(values, maps, limit) {
    if (!this.form) return;
    const scale = limit > 0 ? STEPS / limit : 0, { pixels, height, width, across } = this;
    this.corners.forEach((corner, map) => {
      for (let y = 0, at = map; y + 1 < height.length; y++) {
        const first = corner + height[y] * across;
        for (let x = 0, to = first + width[0]; x + 1 < width.length; x++, at += maps) {
          const ink = inked(values[at] * scale), end = first + width[x + 1];
          while (to < end) pixels[to++] = ink;
        }
        for (let row = height[y] + 1; row < height[y + 1]; row++)
          pixels.copyWithin(corner + row * across + width[0], first + width[0], first + width[width.length - 1]);
      }
    });
    this.canvas.getContext("2d", { willReadFrequently: true })?.putImageData(this.image, 0, 0);
  }
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
