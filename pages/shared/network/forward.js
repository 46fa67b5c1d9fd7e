/* A network in the browser: the weights of a snapshot, fetched once, and what every layer makes of an image. */

import { ACTIVATIONS, KINDS } from "./layers.js";

/** @typedef {import("./layers.js").Step} Step */

const WHITE = 255;

export class Network {
  /**
   * @param {Step[]} steps
   * @param {Float32Array} weights those of all steps, one after the other
   * @param {number[]} shape of an image
   */
  constructor(steps, weights, shape) {
    this.steps = steps;
    this.shapes = [shape, ...steps.map((step) => step.shape)];
    /** @type {Float32Array[]} what flows: the image, in 0 to 1, then every step's output */
    this.values = this.shapes.map((sides) => new Float32Array(product(sides)));
    /** @type {Float32Array[][]} */
    this.weights = [];
    this.load(weights);
    /** @type {Set<string>} "step.filter": what is taken for zero */
    this.off = new Set();
  }

  /**
   * Takes the weights of another snapshot of the same network.
   * @param {Float32Array} weights
   */
  load(weights) {
    let at = 0;
    this.weights = this.steps.map((step) => step.weights.map((sides) => weights.subarray(at, (at += product(sides)))));
  }

  /**
   * Computes all layers' outputs anew; they are in `values`.
   * @param {ArrayLike<number>} pixels 0 to 255, red, green and blue of each
   * @returns {Float32Array} the logits
   */
  run(pixels) {
    const [image] = this.values;
    for (let at = 0; at < image.length; at++) image[at] = pixels[at] / WHITE;
    this.steps.forEach((_, at) => this.step(at));
    return this.values[this.steps.length];
  }

  /** @param {number} at */
  step(at) {
    const { kind, inputs, shape, settings, activation } = this.steps[at];
    const [input, ...others] = inputs.map((n) => this.values[n]), output = this.values[at + 1];
    KINDS[kind]({ input, others, from: this.shapes[inputs[0]], to: shape, settings, weights: this.weights[at], output });
    const apply = activation && ACTIVATIONS[activation];
    if (apply) for (let n = 0; n < output.length; n++) output[n] = apply(output[n]);
    if (this.off.size) this.silence(at, output, shape[shape.length - 1]);
  }

  /* Sets the maps that are switched off to zero. */
  silence(at, output, maps) {
    for (const name of this.off) {
      const [step, map] = name.split(".").map(Number);
      if (step === at) for (let n = map; n < output.length; n += maps) output[n] = 0;
    }
  }
}

/** @param {number[]} sides */
export const product = (sides) => sides.reduce((all, side) => all * side, 1);

/** @param {ArrayLike<number>} logits */
export function softmax(logits) {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

/** @type {Map<string, Promise<Float32Array>>} */
const fetched = new Map();
const MOST_FETCHED = 24; // addresses whose weights a page keeps, two a snapshot: the epoch's slider comes by all of a run

/**
 * The weights at an address. Where that names them by their content, the browser's own cache keeps them from visit to
 * visit; another address leads to such a one.
 * @param {string} address
 */
export function weightsAt(address) {
  const { href } = new URL(address, document.baseURI);
  return kept(href, fetched.get(href) ?? load(href));
}

/** @param {string} href @param {Promise<Float32Array>} weights */
function kept(href, weights) {
  fetched.delete(href); // the newest last
  fetched.set(href, weights);
  if (fetched.size > MOST_FETCHED) fetched.delete(fetched.keys().next().value ?? "");
  return weights;
}

/** @param {string} href */
async function load(href) {
  try {
    const answer = await fetch(href);
    if (!answer.ok) throw new Error(await answer.text());
    const weights = decoded(await answer.arrayBuffer(), answer.url);
    if (answer.url !== href) kept(answer.url, Promise.resolve(weights));
    return weights;
  } catch (error) {
    fetched.delete(href);
    throw error;
  }
}

/**
 * The weights in an answer's bytes, which its address says how to read; see `core.training.routes.weights`.
 * @param {ArrayBuffer} bytes @param {string} address
 */
export function decoded(bytes, address) {
  return address.endsWith(".f2") ? Float32Array.from(new Uint16Array(bytes), half) : new Float32Array(bytes);
}

/* The number that 16 bits stand for: IEEE 754's binary16. */
function half(bits) {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 25) * (1024 + fraction) : sign * 2 ** -24 * fraction;
}
