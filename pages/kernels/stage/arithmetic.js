/* The arithmetic of the stage, and nothing else: no screen, no state; it runs in the page, in a Web Worker and in the
   tests. All numbers are float64; planes are row-major.

   options = {stride, padding, custom, dilation, border, flip, bias, relu}, as pages/kernels/state.py describes them. */

export const LARGEST_NUMBER = 1e6;
const LUMA = [0.299, 0.587, 0.114];

/* ---- geometry: one axis at a time; options = {stride, padding, custom, dilation, border} ---- */

export function span(taps, options) {
  return options.dilation * (taps - 1) + 1;
}

export function pads(size, taps, options) {
  if (options.padding === "none") return [0, 0];
  if (options.padding === "custom") return [options.custom, options.custom];
  const wanted = Math.ceil(size / options.stride);
  const total = Math.max((wanted - 1) * options.stride + span(taps, options) - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/* Output pixels along an axis; 0 where the kernel does not fit. */
export function outputSize(size, taps, options) {
  const [before, after] = pads(size, taps, options);
  const room = size + before + after - span(taps, options);
  return room < 0 ? 0 : Math.floor(room / options.stride) + 1;
}

export function outputFormula(size, taps, options) {
  const [before, after] = pads(size, taps, options);
  const sum = `${size}+${before}+${after}−${span(taps, options)}`;
  return `⌊(${sum})/${options.stride}⌋+1 = ${outputSize(size, taps, options)}`;
}

/* Which pixel of the axis an index outside it borrows its value from; -1 stands for zero. NumPy's pad modes. */
export function borderIndex(index, size, border) {
  if (index >= 0 && index < size) return index;
  if (border === "edge") return index < 0 ? 0 : size - 1;
  if (border === "wrap") return ((index % size) + size) % size;
  if (border === "reflect") {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const phase = ((index % period) + period) % period;
    return phase < size ? phase : period - phase;
  }
  return -1;
}

export function pad(plane, height, width, taps, options) {
  const [top, bottom] = pads(height, taps, options);
  const [left, right] = pads(width, taps, options);
  const outHeight = height + top + bottom;
  const outWidth = width + left + right;
  const columns = new Int32Array(outWidth);
  for (let x = 0; x < outWidth; x++) columns[x] = borderIndex(x - left, width, options.border);
  const values = new Float64Array(outHeight * outWidth + 4 * options.dilation); // taps of weight 0 may read past the end
  for (let y = 0; y < outHeight; y++) {
    const row = borderIndex(y - top, height, options.border);
    if (row < 0) continue;
    const from = row * width;
    const to = y * outWidth;
    for (let x = 0; x < outWidth; x++) if (columns[x] >= 0) values[to + x] = plane[from + columns[x]];
  }
  return { values, height: outHeight, width: outWidth, top, left };
}

/* ---- convolution ---- */

/* The weights, four neighbors of a row at a time: so the sums are read and written a quarter as often. */
function tapGroups(weights, taps) {
  const groups = [];
  for (let row = 0; row < taps; row++) {
    for (let column = 0; column < taps; column += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((j) => (column + j < taps ? weights[row * taps + column + j] : 0));
      if (a || b || c || d) groups.push({ row, column, a, b, c, d });
    }
  }
  return groups;
}

/* Weighted sums of one plane, before bias and ReLU. `skip` > 1 computes every skip-th output pixel only. */
function weightedSums(plane, height, width, kernel, taps, options, skip = 1) {
  const fullHeight = outputSize(height, taps, options);
  const fullWidth = outputSize(width, taps, options);
  const outHeight = Math.ceil(fullHeight / skip);
  const outWidth = Math.ceil(fullWidth / skip);
  const sums = new Float64Array(outHeight * outWidth);
  if (sums.length === 0) return { values: sums, height: outHeight, width: outWidth };
  const padded = pad(plane, height, width, taps, options);
  const source = padded.values;
  const weights = options.flip ? flip(kernel) : Array.from(kernel);
  const step = options.stride * skip;
  const apart = options.dilation;
  const groups = tapGroups(weights, taps);
  for (let y = 0; y < outHeight; y++) {
    const to = y * outWidth;
    for (const { row, column, a, b, c, d } of groups) {
      let from = (y * step + row * apart) * padded.width + column * apart;
      for (let x = 0; x < outWidth; x++, from += step) {
        sums[to + x] += a * source[from] + b * source[from + apart] + c * source[from + 2 * apart] +
          d * source[from + 3 * apart];
      }
    }
  }
  return { values: sums, height: outHeight, width: outWidth };
}

export function finish(value, options) {
  const result = value + options.bias;
  return options.relu && result < 0 ? 0 : result;
}

/* Everything the stage shows. color: red, green, blue, gray (one plane), each (three maps), filter (three maps, one
   sum). Returns partial maps before bias, and results: one map, or three for "each". */
export function respond(planes, height, width, kernels, taps, color, options, skip = 1) {
  const partial = planes.map((plane, c) =>
    weightedSums(plane, height, width, kernels.length > 1 ? kernels[c] : kernels[0], taps, options, skip));
  const size = { height: partial[0].height, width: partial[0].width };
  const maps = partial.map((map) => map.values);
  let results;
  if (color === "filter") {
    const total = new Float64Array(maps[0].length);
    for (const map of maps) for (let i = 0; i < total.length; i++) total[i] += map[i];
    results = [total.map((value) => finish(value, options))];
  } else {
    results = maps.map((map) => map.map((value) => finish(value, options)));
  }
  return { maps, results, ...size };
}

/* What happens at one output pixel of one plane: patch, weights as applied, products, their sum. */
export function terms(plane, height, width, kernel, taps, options, row, column) {
  const [top] = pads(height, taps, options);
  const [left] = pads(width, taps, options);
  const weights = Float64Array.from(options.flip ? flip(kernel) : kernel);
  const patch = new Float64Array(taps * taps);
  const products = new Float64Array(taps * taps);
  let sum = 0;
  for (let i = 0; i < taps; i++) {
    const y = borderIndex(row * options.stride + i * options.dilation - top, height, options.border);
    for (let j = 0; j < taps; j++) {
      const x = borderIndex(column * options.stride + j * options.dilation - left, width, options.border);
      const at = i * taps + j;
      patch[at] = y < 0 || x < 0 ? 0 : plane[y * width + x];
      products[at] = patch[at] * weights[at];
      sum += products[at];
    }
  }
  return { patch, weights, products, sum };
}

/* ---- images ---- */

/* The planes a color mode works on, from interleaved numbers (height, width, channels) divided by `unit`. */
export function planesOf(pixels, height, width, channels, unit, color) {
  const count = height * width;
  const plane = (channel) => {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = pixels[i * channels + channel] / unit;
    return values;
  };
  if (channels === 1) return [plane(0)];
  if (color === "each" || color === "filter") return [plane(0), plane(1), plane(2)];
  if (color !== "gray") return [plane({ red: 0, green: 1, blue: 2 }[color])];
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const p = i * channels;
    values[i] = (pixels[p] / unit) * LUMA[0] + (pixels[p + 1] / unit) * LUMA[1] + (pixels[p + 2] / unit) * LUMA[2];
  }
  return [values];
}

function extremes(maps) {
  let low = Infinity;
  let high = -Infinity;
  for (const map of maps) {
    for (let i = 0; i < map.length; i++) {
      if (map[i] < low) low = map[i];
      if (map[i] > high) high = map[i];
    }
  }
  return [low, high];
}

/* A response with the extremes of all results together, and of each partial map. */
export function measured(response) {
  response.range = extremes(response.results);
  response.mapRanges = response.maps.map((map) => extremes([map]));
  return response;
}

export function histogram(maps, low, high, bins) {
  const counts = new Array(bins).fill(0);
  const scale = high > low ? bins / (high - low) : 0;
  for (const map of maps) {
    for (let i = 0; i < map.length; i++) counts[Math.min(bins - 1, Math.max(0, Math.floor((map[i] - low) * scale)))]++;
  }
  return counts;
}

/* ---- kernels: flat arrays of taps * taps numbers ---- */

const taps = (kernel) => Math.round(Math.sqrt(kernel.length));
const moved = (kernel, from) => {
  const n = taps(kernel);
  return kernel.map((_, at) => kernel[from(Math.floor(at / n), at % n, n)]);
};
export const flip = (kernel) => Array.from(kernel).reverse();
export const transpose = (kernel) => moved(kernel, (row, column, n) => column * n + row);
export const rotate = (kernel) => moved(kernel, (row, column, n) => (n - 1 - column) * n + row);
export const total = (kernel) => kernel.reduce((sum, weight) => sum + weight, 0);

export function normalize(kernel) {
  const sum = total(kernel);
  const magnitude = kernel.reduce((all, weight) => all + Math.abs(weight), 0);
  if (magnitude === 0) return kernel.slice();
  const divisor = Math.abs(sum) > 1e-9 * magnitude ? sum : magnitude;
  return kernel.map((weight) => weight / divisor);
}

/* Keep what is in the middle: rows and columns of zeros are added or the outermost are cut off. */
export function resize(kernel, size) {
  const old = taps(kernel);
  const shift = Math.floor(old / 2) - Math.floor(size / 2);
  return Array.from({ length: size * size }, (_, at) => {
    const row = Math.floor(at / size) + shift;
    const column = (at % size) + shift;
    return row >= 0 && column >= 0 && row < old && column < old ? kernel[row * old + column] : 0;
  });
}

/* mulberry32, as in core/ops/kernels.py: the same seed gives the same weights there. */
export function random(size, seed) {
  let state = seed >>> 0;
  return Array.from({ length: size * size }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    return (Math.floor(fraction * 201) - 100) / 100;
  });
}
