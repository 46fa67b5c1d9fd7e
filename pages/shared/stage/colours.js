/* Numbers to colours and to text: the scales of core/charts/colour.py, in the browser. */

const POSITIVE = [8, 98, 174];
const NEGATIVE = [217, 95, 2];
const COLOUR_STEPS = 512;

const greyOf = (share) => [share * 255, share * 255, share * 255];

function signedOf(share) {
  const end = share < 0 ? NEGATIVE : POSITIVE;
  return end.map((channel) => 255 + Math.abs(share) * (channel - 255));
}

/* From values to colours: {low, high, colour(value) -> [r, g, b]}; values outside are clipped. */
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

/* An image of one map in a scale's colours, or of three maps as red, green and blue. */
function paint(maps, height, width, scale) {
  const image = new ImageData(width, height);
  const bytes = image.data;
  const table = new Uint8ClampedArray((COLOUR_STEPS + 1) * 3);
  const reach = scale.high - scale.low || 1;
  for (let step = 0; step <= COLOUR_STEPS; step++) {
    table.set(scale.colour(scale.low + (step / COLOUR_STEPS) * reach), step * 3);
  }
  const factor = COLOUR_STEPS / reach;
  const stepOf = (value) => {
    const seen = scale.magnitude ? Math.abs(value) : value;
    return Math.max(0, Math.min(COLOUR_STEPS, Math.round((seen - scale.low) * factor)));
  };
  for (let i = 0, p = 0; i < height * width; i++, p += 4) {
    if (maps.length === 1) {
      const entry = stepOf(maps[0][i]) * 3;
      bytes[p] = table[entry];
      bytes[p + 1] = table[entry + 1];
      bytes[p + 2] = table[entry + 2];
    } else {
      for (let c = 0; c < 3; c++) bytes[p + c] = (stepOf(maps[c][i]) / COLOUR_STEPS) * 255;
    }
    bytes[p + 3] = 255;
  }
  return image;
}

const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;

/* Black or white, whichever reads better on a colour (relative luminance as WCAG defines it). */
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
