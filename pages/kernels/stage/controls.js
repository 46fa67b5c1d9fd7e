/* The fields and buttons around the pictures: they ask the stage to change, and show what it is set to. */

import * as maths from "./arithmetic.js";
import { complaintAbout, parseNumber, UNFINISHED } from "./editor.js";
import { brightnessMeaning, nameOf } from "./named.js";
import { CHANNELS } from "../../shared/js/colors.js";
import { element, focusedBeside } from "../../shared/js/elements.js";

export const COLORS = [
  ["red", "Red (0)"], ["green", "Green (1)"], ["blue", "Blue (2)"], ["gray", "Gray"],
  ["each", "R, G, B alike"], ["filter", "3-channel filter"],
];
const DISPLAYS = [["clamp", "0 to 1"], ["signed", "Signed"], ["absolute", "Absolute value"], ["auto", "Automatic"]];
const PADDINGS = [["same", "Same"], ["none", "None"], ["custom", "Custom"]];
const BORDERS = [["zero", "Zero"], ["reflect", "Reflect"], ["wrap", "Wrap"], ["edge", "Edge"]];
const SLIDES = [["true", "Convolution"], ["false", "Cross-correlation"]];
const SIZES = [1, 2, 3, 5, 7];

export class Controls {
  /** @param {any} stage */
  constructor(stage) {
    this.stage = stage;
    this.root = stage.root;
    /** @type {Record<string, any[][]>} */
    const options = {
      color: COLORS, display: DISPLAYS, padding: PADDINGS, border: BORDERS, flip: SLIDES,
      stride: [1, 2, 3, 4].map((n) => [n, n]), dilation: [1, 2, 3, 4].map((n) => [n, n]),
      size: SIZES.map((n) => [n, `${n} × ${n}`]),
    };
    this.fields = {};
    for (const element of this.root.querySelectorAll("[data-control]")) this.fields[element.dataset.control] = element;
    for (const [name, entries] of Object.entries(options)) {
      this.fields[name].replaceChildren(...entries.map(([value, label]) => new Option(label, value)));
    }
    const families = new Map();
    for (const { family, name, title } of stage.named) {
      if (!families.has(family)) families.set(family, Object.assign(element("optgroup"), { label: family }));
      families.get(family).append(new Option(title, name));
    }
    this.fields.name.replaceChildren(new Option("Your own kernel", ""), ...families.values());
    this.listen();
  }

  listen() {
    const { stage, fields } = this;
    const on = (name, act, type = "change") => fields[name].addEventListener(type, () => act(fields[name]));
    on("color", (field) => stage.setColor(field.value));
    on("size", (field) => stage.setSize(Number(field.value)));
    on("name", (field) => stage.setName(field.value));
    on("flip", (field) => {
      stage.change({ flip: field.value === "true" });
      this.turnAnimation();
    });
    on("relu", (field) => stage.change({ relu: field.checked }));
    for (const name of ["display", "padding", "border"]) on(name, (field) => stage.change({ [name]: field.value }));
    for (const name of ["stride", "dilation"]) on(name, (field) => stage.change({ [name]: Number(field.value) }));
    on("custom", (field) => this.setNumber(field, "custom", "padding", 12), "input");
    on("bias", (field) => this.setNumber(field, "bias", "bias", maths.LARGEST_NUMBER), "input");
    for (const name of ["custom", "bias"]) on(name, () => this.show(), "blur");
    on("seed", () => this.act("random"), "input");
    stage.element.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action) this.act(action);
      const tab = event.target.closest("[data-channel]");
      if (tab) stage.choose(Number(tab.dataset.channel));
    });
  }

  /* Take over a number that is being typed, or say what is wrong with it. */
  setNumber(field, name, what, limit) {
    const text = field.value;
    if (field.type === "text" && UNFINISHED.test(text)) return this.stage.say("");
    const value = parseNumber(text);
    const fits = Number.isInteger(value) && value >= 0 && value <= limit;
    const refusal = `Expected a whole number from 0 to ${limit}. Received “${text.slice(0, 24)}”. The last good value stays.`;
    const complaint = name === "bias" ? complaintAbout(text, value, what, limit) : fits ? "" : refusal;
    field.toggleAttribute("aria-invalid", false);
    if (complaint) {
      field.setAttribute("aria-invalid", "true");
      this.stage.say(complaint);
    } else if (value !== this.stage.state[name]) this.stage.change({ [name]: value }, { gesture: name });
    else this.stage.say("");
  }

  act(action) {
    const seed = Number(this.fields.seed.value);
    if (action === "play") return this.stage.walk.toggle();
    if (action === "undo") return this.stage.undo();
    if (action !== "random") return this.stage.change({ kernels: this.stage.withKernel(maths[action](this.stage.kernel)) });
    if (!Number.isInteger(seed) || seed < 0 || seed > 999999) {
      return this.stage.say("Expected a whole number from 0 to 999,999 as seed. Received something else. The kernel stays.");
    }
    this.stage.change({ kernels: this.stage.withKernel(maths.random(this.stage.taps, seed)) }, { gesture: "seed" });
  }

  turnAnimation() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = this.stage.state.flip ? -180 : 180;
    this.stage.find('[data-grid="weights"]').animate(
      [{ transform: `rotate(${from}deg)` }, { transform: "rotate(0deg)" }], { duration: 450, easing: "ease-in-out" },
    );
  }

  /* Show what the stage is set to; a field somebody types in is left alone. */
  show() {
    const { stage, fields } = this;
    const { state } = stage;
    const own = focusedBeside(this.root);
    for (const name of ["color", "display", "padding", "border", "stride", "dilation"]) fields[name].value = state[name];
    fields.flip.value = String(state.flip);
    fields.relu.checked = state.relu;
    for (const name of ["bias", "custom"]) {
      if (fields[name] === own) continue;
      fields[name].value = state[name];
      fields[name].removeAttribute("aria-invalid");
    }
    fields.custom.hidden = state.padding !== "custom";
    const unpadded = state.padding === "none" || (state.padding === "custom" && state.custom === 0);
    fields.border.disabled = unpadded;
    fields.border.title = unpadded ? "Without padding there is no border to fill" : "What the added pixels hold";
    fields.color.disabled = stage.image.channels === 1;
    fields.color.title = stage.image.channels === 1 ? "These numbers have one channel" : "";
    this.showSizes();
    this.showKernel();
    this.showTabs();
  }

  showSizes() {
    const { stage } = this;
    const { size } = this.fields;
    const reasons = [...size.options].map((option) => {
      const reason = stage.unfit({ ...stage.state, kernels: [new Array(Number(option.value) ** 2).fill(0)] });
      option.disabled = Boolean(reason);
      return reason;
    });
    size.value = stage.taps;
    size.title = reasons.find(Boolean) ?? "";
  }

  showKernel() {
    const { stage } = this;
    const named = nameOf(stage.named, stage.kernel);
    this.fields.name.value = named?.name ?? "";
    stage.text("about", named ? (stage.state.flip ? named.turned : named.sentence) : "Weights of your own.");
    stage.text("source", named ? `Source: ${named.source}.` : "");
    stage.text("meaning", brightnessMeaning(maths.total(stage.kernel)));
    stage.find('[data-action="undo"]').disabled = stage.undos.length === 0;
    stage.editor.show(stage.kernel);
  }

  showTabs() {
    const { stage } = this;
    const tabs = stage.find('[data-tabs="channel"]');
    tabs.hidden = stage.planes.length < 3;
    if (!tabs.children.length) {
      tabs.append(...CHANNELS.map((name, at) => element("button", "", name, { "data-channel": at })));
    }
    [...tabs.children].forEach((tab, at) => tab.setAttribute("aria-pressed", String(at === stage.channel)));
    tabs.title = stage.isFilter ? "Each channel has a kernel of its own" : "One kernel for all; the numbers are of this channel";
  }
}
