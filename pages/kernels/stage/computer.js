/* Large pictures are computed beside the page: a coarse preview at once here, the whole result from a Web Worker. */

import { measured, outputSize, respond } from "./arithmetic.js";
import work from "./work.js" with { type: "text" };

const LARGE_PIXELS = 128 * 128;
const PREVIEW_PIXELS = 96 * 96;

export class Computer {
  constructor(onResponse) {
    this.onResponse = onResponse;
    this.ticket = 0;
    this.busy = false;
    this.waiting = null;
    this.sent = null;
    this.worker = null;
  }

  /* Hands over a response now, or a coarse one now and the whole one soon. job: see respond in arithmetic.js. */
  compute(planes, job) {
    this.ticket += 1;
    this.waiting = null;
    const outputs = outputSize(job.height, job.taps, job.options) *
      outputSize(job.width, job.taps, job.options);
    if (outputs <= LARGE_PIXELS) return this.onResponse(this.here(planes, job, 1), 1);
    const skip = Math.max(2, Math.ceil(Math.sqrt(outputs / PREVIEW_PIXELS)));
    this.onResponse(this.here(planes, job, skip), skip);
    this.waiting = { planes, job: { ...job, ticket: this.ticket } };
    this.next();
  }

  here(planes, job, skip) {
    const { height, width, kernels, taps, color, options } = job;
    return measured(respond(planes, height, width, kernels, taps, color, options, skip));
  }

  next() {
    if (this.busy || !this.waiting) return;
    const { planes, job } = this.waiting;
    this.waiting = null;
    const worker = this.start();
    if (!worker) {
      setTimeout(() => job.ticket === this.ticket && this.onResponse(this.here(planes, job, 1), 1));
      return;
    }
    this.busy = true;
    worker.postMessage({ planes: planes === this.sent ? null : planes, job });
    this.sent = planes;
  }

  /* The worker; null where the browser allows none. */
  start() {
    if (this.worker) return this.worker;
    try {
      this.address = URL.createObjectURL(new Blob(['"use strict";\n', work], { type: "text/javascript" }));
      this.worker = new Worker(this.address);
    } catch {
      return null;
    }
    this.worker.onmessage = ({ data }) => {
      this.busy = false;
      if (data.ticket === this.ticket) this.onResponse(data.response, 1);
      this.next();
    };
    return this.worker;
  }

  dispose() {
    this.worker?.terminate();
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
