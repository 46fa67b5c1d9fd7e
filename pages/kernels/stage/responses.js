/* The histogram of all responses, in the colors of the output's display. */

import { css } from "../../shared/js/colors.js";
import { within } from "../../shared/js/keys.js";

export const BINS = 72;
const HISTOGRAM_HEIGHT = 30; // CSS pixels, as in stage.css

export function drawHistogram(canvas, width, counts, low, high, scale, ink) {
  const ratio = window.devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(HISTOGRAM_HEIGHT * ratio)];
  [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d");
  const tallest = Math.sqrt(Math.max(...counts)) || 1; // square root: rare responses stay visible
  const ground = size[1] - 4 * ratio;
  const step = size[0] / counts.length;
  counts.forEach((count, bin) => {
    const value = low + ((bin + 0.5) / counts.length) * (high - low);
    const bar = Math.max(count ? ratio : 0, (Math.sqrt(count) / tallest) * (ground - 2 * ratio));
    context.fillStyle = css(scale.color(value));
    context.fillRect(bin * step, ground - bar, Math.max(1, step), bar);
    context.fillStyle = ink;
    context.globalAlpha = 0.45;
    if (bar) context.fillRect(bin * step, ground - bar - ratio / 2, Math.max(1, step), ratio / 2);
    context.globalAlpha = 1;
  });
  context.fillStyle = ink;
  context.globalAlpha = 0.5;
  context.fillRect(0, ground, size[0], ratio);
  if (low < 0 && high > 0) context.fillRect(histogramPlace(0, low, high, size[0]) - ratio / 2, 0, ratio, size[1]);
}

/* Where a value lies along a histogram of this width. */
export function histogramPlace(value, low, high, width) {
  return high > low ? within((value - low) / (high - low), 0, 1) * width : width / 2;
}
