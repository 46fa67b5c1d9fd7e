/* What the Web Worker does: the whole result of a large picture, whose planes it remembers between two jobs. */

import { measured, respond } from "./arithmetic.js";

const worker = /** @type {any} */ (self); // the check takes it for a window
let planes = null;

worker.onmessage = ({ data }) => {
  if (data.planes) planes = data.planes;
  if (!data.job) return;
  const { ticket, height, width, kernels, taps, color, options } = data.job;
  const response = measured(respond(planes, height, width, kernels, taps, color, options));
  worker.postMessage({ ticket, response }, [...response.maps, ...response.results].map((map) => map.buffer));
};
