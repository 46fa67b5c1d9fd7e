/* Large pictures are computed beside the page: a coarse preview at once here, the whole result from a Web Worker. */

const LARGE_PIXELS = 128 * 128;
const PREVIEW_PIXELS = 96 * 96;

function workerMain(maths) {
  let planes = null;
  self.onmessage = ({ data }) => {
    if (data.planes) planes = data.planes;
    if (!data.job) return;
    const { ticket, height, width, kernels, taps, colour, options } = data.job;
    const response = maths.measured(maths.respond(planes, height, width, kernels, taps, colour, options));
    self.postMessage({ ticket, response }, [...response.maps, ...response.results].map((map) => map.buffer));
  };
}

class Computer {
  constructor(maths, onResponse) {
    this.maths = maths;
    this.onResponse = onResponse;
    this.ticket = 0;
    this.busy = false;
    this.waiting = null;
    this.sent = null;
    this.worker = null;
  }

  /* Hands over a response now, or a coarse one now and the whole one soon. job: see maths.respond. */
  compute(planes, job) {
    this.ticket += 1;
    this.waiting = null;
    const outputs = this.maths.outputSize(job.height, job.taps, job.options) *
      this.maths.outputSize(job.width, job.taps, job.options);
    if (outputs <= LARGE_PIXELS) return this.deliver(this.here(planes, job, 1), 1);
    const skip = Math.max(2, Math.ceil(Math.sqrt(outputs / PREVIEW_PIXELS)));
    this.deliver(this.here(planes, job, skip), skip);
    this.waiting = { planes, job: { ...job, ticket: this.ticket } };
    this.next();
  }

  here(planes, job, skip) {
    const { height, width, kernels, taps, colour, options } = job;
    return this.maths.measured(this.maths.respond(planes, height, width, kernels, taps, colour, options, skip));
  }

  deliver(response, skip) {
    this.onResponse(response, skip);
  }

  next() {
    if (this.busy || !this.waiting) return;
    const { planes, job } = this.waiting;
    this.waiting = null;
    if (!this.start()) {
      setTimeout(() => job.ticket === this.ticket && this.deliver(this.here(planes, job, 1), 1));
      return;
    }
    this.busy = true;
    this.worker.postMessage({ planes: planes === this.sent ? null : planes, job });
    this.sent = planes;
  }

  start() {
    if (this.worker) return true;
    try {
      const text = `"use strict"; const maths = (${arithmetic})(); (${workerMain})(maths);`;
      this.address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      this.worker = new Worker(this.address);
    } catch {
      return false;
    }
    this.worker.onmessage = ({ data }) => {
      this.busy = false;
      if (data.ticket === this.ticket) this.deliver(data.response, 1);
      this.next();
    };
    return true;
  }

  dispose() {
    this.worker?.terminate();
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
