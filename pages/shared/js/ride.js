/* A ride through moments that are all here already: a slider to move by hand, and a round button that plays them. */

import { resting } from "./elements.js";
import { arrowAlong, within } from "./keys.js";

/** What a component's html holds for it; ride.css is its style. */
export const RIDE = `<div class="ride"><button type="button" class="play" aria-label="Play"><span></span></button>
  <input type="range" min="0" step="1"><output></output></div>`;

export class Ride {
  /**
   * @param {{ root: any, find: (selector: string) => any }} component in whose root the keys move it, too
   * @param {{ name: string, frameMs: number, show: (at: number) => void, settle: (at: number) => void }} of
   *   `name` of what the slider chooses; `frameMs` from a moment to the next; `show` draws one; `settle` hears where it
   *   came to rest
   */
  constructor({ root, find }, { name, frameMs, show, settle }) {
    this.root = root;
    this.slider = find(".ride input");
    this.button = find(".ride .play");
    this.frameMs = frameMs;
    this.show = show;
    this.settle = settle;
    this.at = this.last = this.timer = 0;
    this.rest = resting(root);
    this.slider.setAttribute("aria-label", name);
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.button.addEventListener("click", () => this.toggle());
    root.addEventListener("keydown", (event) => this.steer(event));
  }

  /**
   * Stands at a moment and shows it, as far as there are so many.
   * @param {number} at
   * @param {number} last the last there is
   */
  stand(at, last = this.last) {
    this.last = last;
    this.slider.max = last;
    this.at = this.slider.value = within(at, 0, last);
    this.show(this.at);
  }

  /**
   * Goes where a hand leads: what plays stops.
   * @param {number} at
   */
  go(at) {
    this.pause();
    if (at === this.at) return;
    this.stand(at);
    this.rest(() => this.settle(this.at));
  }

  toggle() {
    if (this.timer) this.pause();
    else this.play();
  }

  play() {
    if (this.at >= this.last) this.stand(0);
    this.timer = setInterval(() => (this.at < this.last ? this.stand(this.at + 1) : this.pause()), this.frameMs);
    this.label();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.label();
    this.rest(() => this.settle(this.at));
  }

  label() {
    this.root.classList.toggle("playing", Boolean(this.timer));
    this.button.setAttribute("aria-label", this.timer ? "Pause" : "Play");
  }

  /** @param {any} event a key: the space bar plays, the slider moves itself by its own */
  steer(event) {
    if (event.key === " " && !event.target.matches("button")) {
      event.preventDefault();
      this.toggle();
      return;
    }
    const step = event.target.matches("input") ? 0 : arrowAlong(event);
    if (step) this.go(within(this.at + step, 0, this.last));
  }
}
