/* How the window moves over the picture: with the pointer, by keys, or by itself. */

import { span } from "./arithmetic.js";
import { PixelCanvas } from "./canvas.js";

const REST_AFTER_MOVE_MS = 350;

export class Walk {
  constructor(stage) {
    this.stage = stage;
    this.playing = null; // at which output pixel, a fraction in between
    this.pinned = this.hovering = false;
  }

  /* The canvas of the input or the output, over which the window follows the pointer. */
  over(name) {
    const { stage } = this;
    const target = (x, y) => {
      if (name === "output") return [Math.floor(y), Math.floor(x)];
      const half = span(stage.taps, stage.state) / 2;
      return [y, x].map((at) => Math.round((at - half) / stage.state.stride));
    };
    return new PixelCanvas(stage.find(`[data-picture="${name}"]`), {
      onPoint: (x, y, event) => {
        if (this.playing || (this.pinned && !event.buttons)) return;
        this.hovering = true;
        stage.place(...target(x, y));
      },
      onPress: (x, y, event) => {
        if (this.playing) return this.stop();
        this.hold(event.pointerType === "mouse" && !this.pinned);
        stage.place(...target(x, y));
        stage.settle(REST_AFTER_MOVE_MS);
      },
      onLeave: () => {
        if (this.hovering) stage.settle(REST_AFTER_MOVE_MS);
        this.hovering = false;
      },
      onKey: (event) => this.steer(event),
    });
  }

  /* Held, the window stays where it is whatever the pointer does. */
  hold(pinned) {
    this.pinned = pinned;
    this.stage.element.classList.toggle("pinned", pinned);
    this.stage.draw();
  }

  steer(event) {
    const far = event.shiftKey ? 5 : 1;
    const { row, column } = this.stage.state;
    const moves = {
      ArrowUp: [row - far, column], ArrowDown: [row + far, column], ArrowLeft: [row, column - far], ArrowRight: [row, column + far],
      Home: [row, 0], End: [row, Infinity], PageUp: [row - 5, column], PageDown: [row + 5, column],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      event.preventDefault();
      this.stop();
      const [height, width] = this.stage.outputSize(this.stage.state);
      const [nextRow, nextColumn] = moves[event.key];
      this.stage.place(Math.min(nextRow, height - 1), Math.min(nextColumn, width - 1));
      this.stage.settle(REST_AFTER_MOVE_MS);
    } else if (event.key === " ") {
      event.preventDefault();
      this.toggle();
    } else if (event.key === "Enter") {
      if (this.playing) this.stop();
      else this.hold(!this.pinned);
    }
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  play() {
    const { stage } = this;
    const [height, width] = stage.outputSize(stage.state);
    const last = height * width - 1;
    let at = stage.state.row * width + stage.state.column;
    if (at >= last) at = 0;
    this.playing = { at };
    stage.find('[data-action="play"]').setAttribute("aria-pressed", "true");
    const topSpeed = Math.max(8, last / 6); // output pixels per second
    let speed = 3;
    let before = null;
    const tick = (now) => {
      if (!this.playing) return;
      const elapsed = before === null ? 0 : Math.min(0.1, (now - before) / 1000);
      before = now;
      speed = Math.min(topSpeed, speed * 2 ** (elapsed / 0.9)); // slow enough to read at first, then faster
      this.playing.at = Math.min(last, this.playing.at + elapsed * speed);
      const whole = Math.floor(this.playing.at);
      stage.place(Math.floor(whole / width), whole % width);
      if (whole >= last) this.stop();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  stop() {
    if (!this.playing) return;
    this.playing = null;
    this.stage.find('[data-action="play"]').setAttribute("aria-pressed", "false");
    this.stage.draw();
    this.stage.settle(REST_AFTER_MOVE_MS);
  }
}
