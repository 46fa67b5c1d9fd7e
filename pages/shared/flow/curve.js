/* Probabilities over the strength of a change. */

import { wholePercent } from "../js/numbers.js";
import { Network, softmax } from "../network/forward.js";

const POINTS = 25;
const BUDGET_MS = 10; // of a frame

/**
 * Asks a second copy of the network over all strengths; hands over what is known after every frame, as long as `take`
 * wants it.
 * @param {any} state
 * @param {(strength: number) => ArrayLike<number>} changed
 * @param {number} low
 * @param {number} high
 * @param {(curve: { strengths: number[], probabilities: number[][] }) => boolean} take
 */
export function probe(state, changed, low, high, take) {
  const { network } = state;
  const copy = new Network(state.data.steps, new Float32Array(0), network.shapes[0]);
  Object.assign(copy, { weights: network.weights, off: network.off });
  const curve = { strengths: /** @type {number[]} */ ([]), probabilities: /** @type {number[][]} */ ([]) };
  const go = () => {
    const end = performance.now() + BUDGET_MS;
    do {
      const strength = low + ((high - low) * curve.strengths.length) / (POINTS - 1);
      curve.probabilities.push(softmax(copy.run(changed(Math.round(strength)))));
      curve.strengths.push(strength);
    } while (curve.strengths.length < POINTS && performance.now() < end);
    if (take(curve) && curve.strengths.length < POINTS) requestAnimationFrame(go);
  };
  requestAnimationFrame(go);
}

/** Draws the curve of every class, that of the answer strongest. */
export function drawCurve(canvas, { strengths, probabilities }, { best, classes, size: [width, height] }) {
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  const low = strengths[0], span = (strengths.length > 1 ? strengths[1] - low : 1) * (POINTS - 1);
  const x = (value) => ((value - low) / span) * width, y = (share) => height - 1 - share * (height - 2);
  pen.scale(ratio, ratio);
  classes.forEach((_, place) => {
    pen.globalAlpha = place === best ? 1 : 0.25;
    pen.lineWidth = place === best ? 2 : 1;
    pen.strokeStyle = place === best ? style.getPropertyValue("--st-primary-color") : style.color;
    pen.beginPath();
    strengths.forEach((value, at) => pen.lineTo(x(value), y(probabilities[at][place])));
    pen.stroke();
  });
  const line = probabilities.map((odds) => odds[best]);
  canvas.setAttribute("aria-label", `Probability of ${classes[best]} over the strength: ${wholePercent(Math.min(...line))} to ${wholePercent(Math.max(...line))}`);
}
