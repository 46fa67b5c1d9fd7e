/* What can be done to an image: numbers in, numbers out. An image is red, green, blue of each pixel, 0 to 255. */

const SIDE = 32;
const GRAY = 128;

/**
 * @typedef {{ strength: number, row: number, column: number }} Change `row` and `column`: where, of what has a place
 * @typedef {{ label: string, low: number, high: number, none: number, step: number, unit: string,
 *             apply: (image: Uint8ClampedArray, change: Change) => Uint8ClampedArray }} Kind `none`: the strength that
 *     changes nothing
 */

/** @type {Record<string, Kind>} */
export const CHANGES = {
  cover: { label: "Cover", low: 0, high: 24, none: 0, step: 1, unit: "px", apply: cover },
  shift: { label: "Shift", low: -12, high: 12, none: 0, step: 1, unit: "px", apply: shift },
  turn: { label: "Turn", low: -180, high: 180, none: 0, step: 5, unit: "°", apply: turn },
  light: { label: "Light", low: 0, high: 200, none: 100, step: 5, unit: "%", apply: light },
  noise: { label: "Noise", low: 0, high: 100, none: 0, step: 2, unit: "of 255", apply: noise },
};

/* A gray square of so many pixels about its place. */
function cover(image, { strength, row, column }) {
  const changed = image.slice(), top = Math.round(row - strength / 2), left = Math.round(column - strength / 2);
  for (let y = Math.max(0, top); y < Math.min(SIDE, top + strength); y++)
    for (let x = Math.max(0, left); x < Math.min(SIDE, left + strength); x++) changed.fill(GRAY, 3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3);
  return changed;
}

/* To the right; what enters is mirrored at the edge. */
function shift(image, { strength }) {
  return from(image, (y, x) => [y, x - strength]);
}

/* About the middle, counterclockwise. */
function turn(image, { strength }) {
  const angle = (strength * Math.PI) / 180, cos = Math.cos(angle), sin = Math.sin(angle), middle = (SIDE - 1) / 2;
  return from(image, (y, x) => {
    const [down, across] = [y - middle, x - middle];
    return [middle + down * cos + across * sin, middle + across * cos - down * sin];
  });
}

/* So many percent of its light. */
function light(image, { strength }) {
  return image.map((value) => Math.round((value * strength) / 100));
}

/* Normal noise of this standard deviation; always the same, so that its strength alone changes. */
function noise(image, { strength }) {
  return image.map((value, at) => value + strength * NOISE[at]);
}

const NOISE = normal(SIDE * SIDE * 3, 1);

/* Normal numbers by Box and Muller 1958, from the generator "mulberry32". */
function normal(count, seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/* The image whose every pixel comes from another place; between pixels it is interpolated. */
function from(image, place) {
  const changed = new Uint8ClampedArray(image.length);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const [row, column] = place(y, x), top = Math.floor(row), left = Math.floor(column);
      for (let c = 0; c < 3; c++) {
        const at = (i, j) => image[3 * (mirrored(top + i) * SIDE + mirrored(left + j)) + c];
        const upper = at(0, 0) * (1 - column + left) + at(0, 1) * (column - left);
        const lower = at(1, 0) * (1 - column + left) + at(1, 1) * (column - left);
        changed[3 * (y * SIDE + x) + c] = upper * (1 - row + top) + lower * (row - top);
      }
    }
  return changed;
}

/* Positions outside of the image, reflected at its outermost pixels. */
function mirrored(at) {
  const around = Math.abs(at) % (2 * SIDE - 2);
  return around < SIDE ? around : 2 * SIDE - 2 - around;
}
