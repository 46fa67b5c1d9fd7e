/* A crisp picture: a canvas at native resolution, and above it a canvas in device pixels for window and grid. */

import { element } from "../../shared/js/elements.js";
import { brief } from "../../shared/js/numbers.js";
import { sharesOf } from "../../shared/js/pointer.js";

export class PixelCanvas {
  /* handlers: onPoint(x, y, event) in picture pixels, onLeave(), onPress(x, y, event), onKey(event); all optional. */
  constructor(frame, handlers = {}) {
    this.frame = frame;
    const canvas = (name) => frame.appendChild(element("canvas", name, "", { "aria-hidden": "true" }));
    this.base = canvas("");
    this.over = canvas("over");
    this.width = this.height = this.pitch = 1;
    this.room = 200;
    this.ratio = 0;
    const at = (event) => {
      const [down, across] = sharesOf(this.over, event);
      return [across * this.width, down * this.height];
    };
    if (handlers.onPoint) {
      const held = frame.appendChild(element("i", "held")); // where a finger moves the window; around it one taps, or scrolls
      const free = (event) => event.pointerType === "touch" && event.target !== held;
      frame.addEventListener("pointermove", (event) => free(event) || handlers.onPoint(...at(event), event));
      frame.addEventListener("pointerdown", (event) => free(event) || handlers.onPress(...at(event), event));
      frame.addEventListener("click", (event) => free(event) && handlers.onPress(...at(event), event));
      frame.addEventListener("pointerleave", () => handlers.onLeave());
      frame.addEventListener("keydown", (event) => handlers.onKey(event));
    }
  }

  /* image: ImageData; shownWidth, shownHeight: its size in picture pixels where `image` is a coarse preview. */
  show(image, shownWidth = image.width, shownHeight = image.height) {
    if (this.base.width !== image.width || this.base.height !== image.height) {
      this.base.width = image.width;
      this.base.height = image.height;
    }
    this.base.getContext("2d").putImageData(image, 0, 0);
    if (this.width !== shownWidth || this.height !== shownHeight) {
      this.width = shownWidth;
      this.height = shownHeight;
      this.fit(this.room, true);
    }
  }

  /* Fill at most `room` CSS pixels in both directions, with whole device pixels per picture pixel where it is enlarged. */
  fit(room, force = false) {
    const ratio = window.devicePixelRatio || 1;
    if (!force && room === this.room && ratio === this.ratio) return;
    this.room = room;
    this.ratio = ratio;
    const exact = room / Math.max(this.width, this.height);
    const whole = Math.floor(exact * ratio) / ratio;
    this.pitch = whole >= 1 ? whole : exact;
    const width = this.pitch * this.width;
    const height = this.pitch * this.height;
    this.base.style.imageRendering = this.pitch >= 1 ? "pixelated" : "auto";
    for (const canvas of [this.base, this.over]) {
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.frame.style.width = `${width}px`;
    this.frame.style.height = `${height}px`;
    this.over.width = Math.round(width * ratio);
    this.over.height = Math.round(height * ratio);
  }

  /* Start a new overlay; returns its context, scaled to picture pixels times `pitch`. */
  begin() {
    const context = this.over.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.over.width, this.over.height);
    return context;
  }

  /* Outline a rectangle of picture pixels so that it shows on any ground. */
  outline(context, x, y, width, height, color, weight = 2) {
    const grow = Math.max(0, (7 - Math.min(width, height) * this.pitch) / 2);
    const box = [
      x * this.pitch - grow, y * this.pitch - grow, width * this.pitch + 2 * grow, height * this.pitch + 2 * grow,
    ];
    context.lineJoin = "round";
    context.strokeStyle = "rgb(255 255 255 / 0.95)";
    context.lineWidth = weight + 3;
    context.strokeRect(...box);
    context.strokeStyle = color;
    context.lineWidth = weight;
    context.strokeRect(...box);
  }

  /* Thin lines to the four sides, so that a small window is found in a large picture. */
  crosshair(context, x, y, color) {
    context.strokeStyle = color;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, y * this.pitch);
    context.lineTo(this.width * this.pitch, y * this.pitch);
    context.moveTo(x * this.pitch, 0);
    context.lineTo(x * this.pitch, this.height * this.pitch);
    context.stroke();
    context.globalAlpha = 1;
  }

  /* What lies around (x, y), enlarged, in the corner farthest from it; `marked` picture pixels are outlined. */
  loupe(context, x, y, marked, color) {
    const side = Math.min(132, (this.width * this.pitch) / 3);
    const seen = Math.max(15, marked + 8);
    const zoom = side / seen;
    const left = x < this.width / 2 ? this.width * this.pitch - side - 5 : 5;
    const top = y < this.height / 2 ? this.height * this.pitch - side - 5 : 5;
    const [fromX, fromY] = [x - seen / 2, y - seen / 2];
    context.fillStyle = "#808080";
    context.fillRect(left, top, side, side);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.base, fromX, fromY, seen, seen, left, top, side, side);
    const box = [left + ((seen - marked) / 2) * zoom, top + ((seen - marked) / 2) * zoom, marked * zoom, marked * zoom];
    for (const [ink, weight] of [["rgb(255 255 255 / 0.95)", 4], [color, 2]]) {
      context.strokeStyle = ink;
      context.lineWidth = weight;
      context.strokeRect(...box);
      context.strokeRect(left, top, side, side);
    }
  }

  /* Write every value into its pixel, where pixels are large enough to read. */
  numbers(context, values, inkFor) {
    if (this.pitch < 36) return;
    const size = Math.min(26, this.pitch * 0.3);
    context.font = `500 ${size}px ${getComputedStyle(this.frame).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const value = values[y * this.width + x];
        context.fillStyle = inkFor(value);
        context.fillText(brief(value, 2), (x + 0.5) * this.pitch, (y + 0.54) * this.pitch);
      }
    }
  }
}
