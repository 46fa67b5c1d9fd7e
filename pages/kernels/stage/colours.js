/* Numbers to colors and to text: the scales of core/charts/colour.py, in the browser. */

const POSITIVE = [8, 98, 174];
const NEGATIVE = [217, 95, 2];
const COLOUR_STEPS = 512;

const greyOf = (share) => [share * 255, share * 255, share * 255];

function signedOf(share) {
  const end = share < 0 ? NEGATIVE : POSITIVE;
  return end.map((channel) => 255 + Math.abs(share) * (channel - 255));
}

/* From values to colors: {low, high, colour(value) -> [r, g, b]}; values outside are clipped. */
function scaleFor(display, low, high) {
  const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const clip = (value, from, to) => Math.min(1, Math.max(0, to > from ? (value - from) / (to - from) : 0));
  if (display === "signed") {
    return { low: -limit, high: limit, colour: (v) => signedOf(clip(v, -limit, limit) * 2 - 1) };
  }
  if (display === "absolute") {
    return { low: 0, high: limit, colour: (v) => greyOf(clip(Math.abs(v), 0, limit)), magnitude: true };
  }
  if (display === "auto") return { low, high, colour: (v) => greyOf(clip(v, low, high)) };
  return { low: 0, high: 1, colour: (v) => greyOf(clip(v, 0, 1)) };
}

/* An image of one map in a scale's colors, or of three maps as red, green and blue. */
function paint(maps, height, width, scale) {
  const image = new ImageData(width, height);
  const out = new Uint32Array(image.data.buffer); // one write a pixel: alpha, blue, green, red from high to low byte
  const reach = scale.high - scale.low || 1;
  const factor = COLOUR_STEPS / reach;
  const stepOf = (value) => {
    const step = ((scale.magnitude ? Math.abs(value) : value) - scale.low) * factor;
    return step <= 0 ? 0 : step >= COLOUR_STEPS ? COLOUR_STEPS : Math.round(step);
  };
  if (maps.length === 1) {
    const [map] = maps;
    const table = Uint32Array.from({ length: COLOUR_STEPS + 1 }, (_, step) =>
      packed(...scale.colour(scale.low + (step / COLOUR_STEPS) * reach)));
    for (let i = 0; i < out.length; i++) out[i] = table[stepOf(map[i])];
  } else {
    const [reds, greens, blues] = maps;
    const levels = Uint8Array.from({ length: COLOUR_STEPS + 1 }, (_, step) => Math.round((step / COLOUR_STEPS) * 255));
    for (let i = 0; i < out.length; i++) {
      out[i] = packed(levels[stepOf(reds[i])], levels[stepOf(greens[i])], levels[stepOf(blues[i])]);
    }
  }
  return image;
}

const packed = (red, green, blue) => ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

/* Every n-th row and column of a map, where it is shown smaller than it is: painting the rest would be wasted. */
function thinned(map, height, width, most) {
  const every = Math.max(1, Math.floor(Math.max(height, width) / most));
  if (every === 1) return { map, height, width };
  const [rows, columns] = [Math.ceil(height / every), Math.ceil(width / every)];
  const thin = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) thin[y * columns + x] = map[y * every * width + x * every];
  }
  return { map: thin, height: rows, width: columns };
}

const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;

/* Black or white, whichever reads better on a color (relative luminance as WCAG defines it). */
function inkOn(colour) {
  const [red, green, blue] = colour.map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/* Short text of a number: three significant digits, a true minus sign. */
function brief(value, digits = 3) {
  if (value === 0 || Math.abs(value) < 1e-12) return "0";
  const size = Math.abs(value);
  let text;
  if (size >= 1e5 || size < 0.0005) text = value.toExponential(1).replace("e+", "e");
  else if (size >= 100) text = String(Math.round(value * 10) / 10);
  else text = String(Number(value.toFixed(size < 0.1 ? digits + 1 : digits)));
  return text.replace("-", "−");
}
