/* The kernel editor: one field a weight, changed by typing, arrow keys, wheel or dragging. */

import { css, inkOn, signedOf } from "../../shared/js/colors.js";
import { element, focusedBeside } from "../../shared/js/elements.js";
import { grouped } from "../../shared/js/numbers.js";

/* What may still become a number: a sign, a point, a fraction without its lower part. */
export const UNFINISHED = /^\s*[+−-]?\s*[.,]?\s*$|\/\s*$|e[+-]?$/i;

const DRAG_PIXELS = 10; // pointer travel for one step

/* A number from what somebody typed: 0.5, 0,5, -1, 1/9 or 2e-3; NaN for anything else. */
export function parseNumber(text) {
  const clean = text.trim().replace("−", "-").replace(",", ".");
  const [top, bottom, more] = clean.split("/");
  if (clean === "" || more !== undefined) return NaN;
  const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const parts = bottom === undefined ? [top] : [top, bottom];
  if (!parts.every((part) => plain.test(part.trim()))) return NaN;
  return bottom === undefined ? Number(top) : Number(top) / Number(bottom);
}

/* A sentence that says why `value`, typed as `text`, is no good; empty where it is. */
export function complaintAbout(text, value, what, limit) {
  if (Number.isFinite(value) && Math.abs(value) <= limit) return "";
  const received = Number.isNaN(value) ? `“${text.trim().slice(0, 24)}”, which is not a number` : `${text.trim().slice(0, 24)}`;
  const bound = grouped(limit);
  return `Expected a ${what} from −${bound} to ${bound}. Received ${received}. The last good value stays.`;
}

export class Editor {
  /* onChange(kernel, finished): a new flat kernel; finished is false while a gesture goes on. onComplaint(sentence). */
  constructor(root, limit, onChange, onComplaint) {
    this.root = root;
    this.limit = limit;
    this.onChange = onChange;
    this.onComplaint = onComplaint;
    this.kernel = [];
    this.fields = [];
  }

  get taps() {
    return Math.round(Math.sqrt(this.kernel.length));
  }

  show(kernel) {
    this.kernel = Array.from(kernel);
    if (this.fields.length !== kernel.length) this.build();
    const largest = Math.max(...this.kernel.map(Math.abs)) || 1;
    this.fields.forEach((field, at) => {
      const value = this.kernel[at];
      const color = signedOf(value / largest);
      field.style.background = css(color);
      field.style.color = inkOn(color);
      if (field !== this.typing) {
        field.value = this.text(value);
        field.removeAttribute("aria-invalid");
      }
      field.title = `${this.place(at)}: ${value}`;
    });
  }

  place(at) {
    return `row ${Math.floor(at / this.taps)}, column ${at % this.taps}`;
  }

  text(value) {
    const plain = String(value);
    const room = this.taps > 5 ? 4 : 6;
    if (plain.length <= room) return plain;
    if (this.taps <= 5) return String(Number(value.toPrecision(3)));
    const brief = Number(Math.abs(value) < 0.01 ? value.toFixed(3) : value.toPrecision(2));
    return brief === 0 ? "~0" : String(brief).replace("0.", ".");
  }

  build() {
    this.root.replaceChildren();
    this.root.style.setProperty("--taps", this.taps);
    this.root.dataset.taps = this.taps;
    this.typing = null;
    this.fields = this.kernel.map((_, at) => {
      const field = element("input", "", "", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": `Weight in ${this.place(at)}` });
      field.addEventListener("focus", () => this.enter(at));
      field.addEventListener("input", () => this.type(at));
      field.addEventListener("blur", () => this.settle(at));
      field.addEventListener("keydown", (event) => this.press(at, event));
      field.addEventListener("wheel", (event) => this.turn(at, event), { passive: false });
      field.addEventListener("pointerdown", (event) => this.drag(at, event));
      return this.root.appendChild(field);
    });
  }

  /* Show the whole number to whoever is about to change it. */
  enter(at) {
    this.fields[at].value = String(this.kernel[at]);
    this.fields[at].select();
  }

  type(at) {
    const field = this.fields[at];
    this.typing = field;
    const text = field.value;
    const value = parseNumber(text);
    const unfinished = UNFINISHED.test(text);
    const complaint = unfinished ? "" : complaintAbout(text, value, "weight", this.limit);
    field.toggleAttribute("aria-invalid", false);
    if (complaint) field.setAttribute("aria-invalid", "true");
    this.onComplaint(complaint);
    if (!unfinished && !complaint) this.set(at, value, true);
  }

  settle(at) {
    if (this.typing === this.fields[at]) this.typing = null;
    this.show(this.kernel);
  }

  set(at, value, finished) {
    const kernel = this.kernel.slice();
    kernel[at] = value;
    this.onChange(kernel, finished);
  }

  /* A step that suits the numbers at hand: 1 among whole numbers, 0.1 among fractions. */
  step(event) {
    const base = this.kernel.every(Number.isInteger) ? 1 : 0.1;
    return base * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1);
  }

  nudge(at, amount, finished = true) {
    const value = Number((this.kernel[at] + amount).toFixed(6));
    if (Math.abs(value) > this.limit) return;
    this.typing = null;
    this.set(at, value, finished);
  }

  press(at, event) {
    const n = this.taps;
    const field = this.fields[at];
    const steps = { ArrowUp: 1, ArrowDown: -1 };
    if (event.key in steps && !event.ctrlKey) {
      event.preventDefault();
      this.nudge(at, steps[event.key] * this.step(event));
      field.select();
      return;
    }
    const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -n, ArrowDown: n, Enter: n };
    const atStart = field.selectionEnd === 0 || whole;
    const atEnd = field.selectionStart === field.value.length || whole;
    if (event.key === "ArrowLeft" && !atStart && !event.ctrlKey) return;
    if (event.key === "ArrowRight" && !atEnd && !event.ctrlKey) return;
    const next = this.fields[at + (moves[event.key] ?? NaN)];
    if (next) {
      event.preventDefault();
      next.focus();
    } else if (event.key === "Enter") {
      field.blur();
      field.focus();
    } else if (event.key === "Escape") {
      this.typing = null;
      this.onComplaint("");
      this.show(this.kernel);
      field.select();
    }
  }

  /* Only in the field that has the focus: elsewhere the wheel belongs to the page. */
  turn(at, event) {
    if (focusedBeside(this.root) !== this.fields[at]) return;
    event.preventDefault();
    const travel = event.deltaY || event.deltaX; // browsers turn Shift + wheel sideways
    if (travel) this.nudge(at, (travel < 0 ? 1 : -1) * this.step(event));
  }

  drag(at, event) {
    if (event.button !== 0) return;
    const field = this.fields[at];
    const from = { x: event.clientX, y: event.clientY, value: this.kernel[at] };
    let moved = false;
    const move = (now) => {
      const travel = now.clientX - from.x + (event.pointerType === "mouse" ? from.y - now.clientY : 0);
      const steps = Math.round(travel / DRAG_PIXELS);
      if (!moved && steps === 0) return;
      if (!moved) field.setPointerCapture(event.pointerId);
      moved = true;
      this.root.classList.add("dragging");
      this.nudge(at, from.value + steps * this.step(now) - this.kernel[at], false);
    };
    const end = () => {
      field.removeEventListener("pointermove", move);
      this.root.classList.remove("dragging");
      if (moved) this.onChange(this.kernel.slice(), true);
    };
    field.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) field.addEventListener(name, end, { once: true });
  }
}
