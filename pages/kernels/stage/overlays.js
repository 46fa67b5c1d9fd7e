/* What is drawn over the pictures: window, marked pixel, border, loupe. */

import { span } from "./arithmetic.js";
import { grayOf, inkOn } from "../../shared/js/colors.js";

const LOUPE_BELOW = 3; // CSS pixels per picture pixel

/* Over the input: the border's veil, the window, and what is too small to see enlarged. */
export function drawWindow(stage) {
  const { input } = stage.pictures;
  const { row, column, stride, dilation } = stage.state;
  const { height, width } = stage.image;
  const { top, left } = stage.padded;
  const context = input.begin();
  const pitch = input.pitch;
  if (input.width > width || input.height > height) {
    context.fillStyle = stage.paper;
    context.globalAlpha = 0.62; // the border is not part of the picture
    context.beginPath();
    context.rect(0, 0, input.width * pitch, input.height * pitch);
    context.rect(left * pitch, top * pitch, width * pitch, height * pitch);
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  if (stage.planes.length === 1) {
    input.numbers(context, stage.padded.values, (value) => inkOn(grayOf(value / (stage.image.high || 1))));
  }
  const reach = span(stage.taps, stage.state);
  const [y, x] = [row * stride, column * stride];
  if (reach * pitch < 14) input.crosshair(context, x + reach / 2, y + reach / 2, stage.accent);
  const middle = [x + reach / 2, y + reach / 2];
  if (dilation > 1 && stage.taps > 1) {
    context.fillStyle = stage.accent;
    context.globalAlpha = 0.6;
    for (let i = 0; i < stage.taps; i++) {
      for (let j = 0; j < stage.taps; j++) {
        context.fillRect((x + j * dilation) * pitch, (y + i * dilation) * pitch, pitch, pitch);
      }
    }
    context.globalAlpha = 1;
  }
  input.outline(context, x, y, reach, reach, stage.accent, stage.walk.pinned ? 3 : 2);
  if (pitch < LOUPE_BELOW) input.loupe(context, ...middle, reach, stage.accent);
}

/* Over the output: the marked pixel; while playing, a veil over what is still to come. */
export function drawMarkedPixel(stage) {
  const { output } = stage.pictures;
  const { row, column } = stage.state;
  const context = output.begin();
  if (stage.walk.playing) {
    context.fillStyle = stage.paper;
    context.globalAlpha = 0.85; // what is still to come
    const { pitch, width, height } = output;
    context.fillRect((column + 1) * pitch, row * pitch, (width - column - 1) * pitch, pitch);
    context.fillRect(0, (row + 1) * pitch, width * pitch, (height - row - 1) * pitch);
    context.globalAlpha = 1;
  }
  if (stage.response.results.length === 1 && stage.response.skip === 1 && !stage.walk.playing) {
    output.numbers(context, stage.response.results[0], (value) => inkOn(stage.scale.color(value)));
  }
  if (output.pitch < 4) output.crosshair(context, column + 0.5, row + 0.5, stage.accent);
  output.outline(context, column, row, 1, 1, stage.accent, stage.walk.pinned ? 3 : 2);
  if (output.pitch < LOUPE_BELOW && stage.response.skip === 1) output.loupe(context, column + 0.5, row + 0.5, 1, stage.accent);
}
