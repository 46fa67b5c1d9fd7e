/* Line charts on a canvas: many points, exact values under the pointer, arrow keys. */

import { arrowAlong, within } from "./keys.js";
import { grouped } from "./numbers.js";
import { penOn, spotOn } from "./pen.js";
import { onPointed } from "./pointer.js";

const PAD = { left: 50, right: 12, top: 12, bottom: 22 };

/**
 * Where a curve lies that knows nothing: each class as likely as the others.
 * @param {string} unit
 * @param {number} classes
 */
export function guessing(unit, classes) {
  if (unit === "share") return { value: 1 / classes, text: `guessing: ${Math.round(1000 / classes) / 10} %` };
  return { value: Math.log(classes), text: `ln ${classes} = ${Math.log(classes).toFixed(3)}: guessing` };
}

/**
 * Above this loss nothing is told apart any more.
 * @param {number} classes
 */
export const ceiling = (classes) => 4 * Math.log(classes);

/**
 * How a curve is drawn, before its name: a piece of it.
 * @param {string} color
 * @param {number[]} dash
 */
export const swatch = (color, dash) =>
  `<svg width="34" height="10" aria-hidden="true"><line x1="1" y1="5" x2="33" y2="5" stroke="${color}" stroke-width="3" stroke-dasharray="${dash.join(" ")}"/></svg>`;

export class Chart {
  // host: an element to fill. options: { label, unit: "loss" | "share", baseline: { value, text }, onCursor(x, event) }
  constructor(host, options) {
    this.host = host;
    this.options = options;
    this.series = [];
    this.width = this.height = 0; // of the canvas, in lengths of its pen
    this.yMax = 1;
    this.cursor = null;
    host.classList.add("chart");
    host.innerHTML = `<canvas tabindex="0" role="img"></canvas>`;
    this.canvas = host.firstChild;
    onPointed(this.canvas, (event) => this.point(event), () => this.options.onCursor(null));
    this.canvas.addEventListener("keydown", (event) => this.walk(event));
    new ResizeObserver(() => this.draw()).observe(host);
  }

  // series: [{ name, x, y, color, width, dots, faint, dash, band: [low, high], end }], xs and ys are arrays of numbers.
  set(series, { xMax, xTitle }) {
    this.series = series;
    this.xMax = xMax;
    this.xTitle = xTitle;
    this.yMax = this.highest();
    this.draw();
  }

  highest() {
    if (this.options.unit === "share") return 1;
    const solid = this.series.filter((one) => !one.faint).flatMap((one) => one.y.filter(Number.isFinite));
    const base = this.options.baseline ? this.options.baseline.value * 1.06 : 0;
    const highest = Math.max(base, ...solid.map((y) => y * 1.05), 0.1);
    return Math.min(highest, this.options.ceiling ?? Infinity); // a loss that explodes runs along the upper edge
  }

  x(value) { return PAD.left + (value / this.xMax) * (this.width - PAD.left - PAD.right); }
  y(value) { return this.height - PAD.bottom - (Math.min(value, this.yMax) / this.yMax) * (this.height - PAD.top - PAD.bottom); }

  draw() {
    if (!this.host.clientWidth || !this.xMax) return;
    const { pen, width, height } = penOn(this.canvas);
    this.width = width;
    this.height = height;
    const style = getComputedStyle(this.host);
    this.ink = style.color;
    this.paper = style.getPropertyValue("--st-background-color");
    this.line = style.getPropertyValue("--st-border-color");
    this.font = style.fontFamily;
    this.axes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(PAD.left, 0, this.width - PAD.left, this.height - PAD.bottom + 4);
    pen.clip();
    for (const one of this.series) this.trace(pen, one);
    pen.restore();
    if (this.cursor !== null) this.crosshair(pen);
    this.host.dataset.points = this.series.reduce((sum, one) => sum + one.x.length, 0);
  }

  axes(pen) {
    pen.font = `14px ${this.font}`;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    pen.lineWidth = 1;
    const share = this.options.unit === "share";
    for (const tick of ticks(this.yMax, share ? 5 : 4)) {
      const at = Math.round(this.y(tick)) + 0.5;
      stroke(pen, this.line, () => line(pen, PAD.left, at, this.width - PAD.right, at));
      this.text(pen, share ? `${Math.round(tick * 100)} %` : tick.toFixed(1), PAD.left - 7, at);
    }
    pen.textAlign = "right"; // what the axis counts stands where its last number would, and leaves no line of its own
    const right = this.width - PAD.right;
    const marks = ticks(this.xMax, Math.max(2, Math.floor(this.width / 60)), this.xTitle.startsWith("epoch"));
    const ending = marks[marks.length - 1] === this.xMax ? `${grouped(this.xMax)} ${this.xTitle}` : this.xTitle;
    this.text(pen, ending, right, this.height - 10);
    const room = right - pen.measureText(ending).width - 10;
    pen.textAlign = "center";
    for (const tick of marks) {
      const words = grouped(tick);
      if (this.x(tick) + pen.measureText(words).width / 2 < room) this.text(pen, words, this.x(tick), this.height - 10);
    }
    const base = this.options.baseline;
    if (!base) return;
    pen.textAlign = "right";
    const at = this.y(base.value);
    pen.setLineDash([5, 4]);
    stroke(pen, this.ink, () => line(pen, PAD.left, at, this.width - PAD.right, at), 0.5);
    pen.setLineDash([]);
    this.text(pen, base.text, this.width - PAD.right, share ? at - 10 : at + 11);
  }

  text(pen, words, x, y) {
    pen.globalAlpha = 0.72;
    pen.fillStyle = this.ink;
    pen.fillText(words, x, y);
    pen.globalAlpha = 1;
  }

  trace(pen, one) {
    const color = one.color || this.ink;
    if (one.band) this.shade(pen, one, color);
    pen.lineWidth = one.width || 2;
    pen.lineJoin = "round";
    pen.setLineDash(one.dash || []);
    pen.globalAlpha = one.faint ? 0.22 : 1;
    pen.strokeStyle = pen.fillStyle = color;
    pen.beginPath();
    let drawing = false;
    for (let at = 0; at < one.x.length; at++) {
      if (!Number.isFinite(one.y[at])) continue; // what nobody measured is left out
      if (drawing) pen.lineTo(this.x(one.x[at]), this.y(one.y[at]));
      else pen.moveTo(this.x(one.x[at]), this.y(one.y[at]));
      drawing = true;
    }
    pen.stroke();
    pen.setLineDash([]);
    if (one.dots)
      for (let at = 0; at < one.x.length; at++) {
        if (!Number.isFinite(one.y[at])) continue;
        pen.beginPath();
        if (one.dots === "square") pen.rect(this.x(one.x[at]) - 3, this.y(one.y[at]) - 3, 6, 6);
        else pen.arc(this.x(one.x[at]), this.y(one.y[at]), 3.5, 0, 7);
        pen.fill();
      }
    pen.globalAlpha = 1;
  }

  shade(pen, { x, band: [low, high] }, color) {
    pen.globalAlpha = 0.18;
    pen.fillStyle = color;
    pen.beginPath();
    x.forEach((value, at) => pen.lineTo(this.x(value), this.y(high[at])));
    for (let at = x.length - 1; at >= 0; at--) pen.lineTo(this.x(x[at]), this.y(low[at]));
    pen.fill();
    pen.globalAlpha = 1;
  }

  crosshair(pen) {
    const at = this.x(this.cursor);
    stroke(pen, this.ink, () => line(pen, at, PAD.top, at, this.height - PAD.bottom), 0.6);
    for (const one of this.series) {
      const place = nearest(one.x, this.cursor);
      if (one.faint || one.still || place < 0 || !Number.isFinite(one.y[place]) || Math.abs(one.x[place] - this.cursor) > this.xMax * 0.06) continue;
      pen.fillStyle = one.color || this.ink;
      pen.strokeStyle = this.paper;
      pen.lineWidth = 2;
      pen.beginPath();
      pen.arc(this.x(one.x[place]), this.y(one.y[place]), 5, 0, 7);
      pen.fill();
      pen.stroke();
    }
  }

  show(cursor) {
    this.cursor = cursor;
    this.draw();
  }

  point(event) {
    const value = ((spotOn(this.canvas, event)[0] - PAD.left) / (this.width - PAD.left - PAD.right)) * this.xMax;
    this.options.onCursor(value < -this.xMax * 0.02 || value > this.xMax * 1.02 ? null : within(value, 0, this.xMax), event);
  }

  walk(event) {
    const step = arrowAlong(event);
    if (event.key === "Escape") this.options.onCursor(null);
    if (!step) return;
    const by = this.xMax / (event.shiftKey ? 10 : 100);
    this.options.onCursor(within((this.cursor ?? this.xMax) + step * by, 0, this.xMax));
  }

  describe(words) { this.canvas.setAttribute("aria-label", words); }
}

function stroke(pen, color, path, alpha = 1) {
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  path();
  pen.globalAlpha = 1;
}

function line(pen, x1, y1, x2, y2) {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}

// Round numbers from 0 to `most`, about `count` of them.
function ticks(most, count, whole = false) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = whole ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  let step = steps.map((n) => n * power).find((n) => n >= rough * 0.999) ?? rough;
  if (whole) step = Math.max(1, Math.round(step));
  const made = [];
  for (let n = 0; n * step <= most * 1.0001; n++) made.push(Number((n * step).toFixed(6)));
  return made;
}

// Position of the value closest to `wanted` in ascending `values`; -1 when there is none.
export function nearest(values, wanted) {
  let low = 0, high = values.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle;
    else high = middle;
  }
  return Math.abs(values[low] - wanted) <= Math.abs(values[high] - wanted) ? low : high;
}
