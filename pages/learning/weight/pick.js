// Any weight of a network: its variable from a list, its filter and the map under it from strips, itself from a grid of cells.

import { CHANNELS, css, inkOn, signedOf } from "../../shared/js/colors.js";
import { element } from "../../shared/js/elements.js";
import { arrow, within } from "../../shared/js/keys.js";
import { brief } from "../../shared/js/numbers.js";
import { fillPixels } from "../../shared/js/pixels.js";
import { lay, sharesOf } from "../../shared/js/pointer.js";

const READABLE = 49; // cells up to a 7 x 7 kernel show their numbers

/**
 * Draws the choice into a box; `data` as weight/__init__.py makes it.
 * @param {any} box
 * @param {any} data
 * @param {(weight: string) => void} choose called with the name of what was picked
 */
export function drawPicker(box, data, choose) {
  const [, variable] = split(data.weight);
  const focus = box.getRootNode().activeElement?.dataset.part;
  const made = [variables(data, choose), ...data.strips.map((strip) => stripOf(strip, data, choose))];
  const cells = element("div", "grids");
  cells.append(gridOf("weight", data, choose), gridOf("slope", data, choose));
  box.replaceChildren(...made, cells);
  box.dataset.variable = variable;
  if (focus) box.querySelector(`[data-part="${focus}"]`)?.focus();
}

// "conv2d.kernel.0.2.1.31" is the place [0, 2, 1, 31] of "conv2d.kernel".
function split(weight) {
  const parts = weight.split(".");
  return [parts.slice(2).map(Number), parts.slice(0, 2).join(".")];
}

function variables(data, choose) {
  const label = element("label", "variable", "Weights of ");
  const list = element("select", "", "", { "data-part": "variable" });
  for (const each of data.variables) {
    const option = element("option", "", `${each.text.replace(".", " ")}  ${each.shape.join(" × ")}`);
    option.value = each.text;
    list.append(option);
  }
  list.value = split(data.weight)[1];
  list.addEventListener("change", () => choose(list.value));
  label.append(list);
  return label;
}

function stripOf(strip, data, choose) {
  const [index, variable] = split(data.weight);
  const label = element("label", "strip");
  const colors = strip.name === "channel"; // of the picture
  const name = (place) => (colors ? CHANNELS[place] : `${strip.name} ${place + 1}`);
  const most = Math.max(...strip.strengths, 1e-30);
  const range = element("input", "", "", { type: "range", min: 0, max: strip.strengths.length - 1, value: index[strip.axis], "data-part": strip.name, "aria-label": strip.name });
  range.style.setProperty("--count", strip.strengths.length);
  range.style.setProperty("--strengths", stops(strip.strengths.map((strength) => strength / most)));
  const words = element("span");
  const say = () => {
    const place = Number(range.value);
    words.textContent = colors ? name(place) : `${name(place)} of ${strip.strengths.length}`;
    range.setAttribute("aria-valuetext", `${words.textContent}, slope ${brief(strip.strengths[place])}`);
  };
  range.addEventListener("input", say);
  range.addEventListener("change", () => {
    index[strip.axis] = Number(range.value);
    choose([variable, ...index].join("."));
  });
  say();
  label.append(words, range);
  return label;
}

// One color a place, side by side: the stronger, the more of the accent.
function stops(shares) {
  return shares.map((share, at) => {
    const color = `color-mix(in srgb, var(--st-primary-color) ${Math.round(100 * share)}%, var(--st-secondary-background-color))`;
    return `${color} ${(100 * at) / shares.length}% ${(100 * (at + 1)) / shares.length}%`;
  }).join(", ");
}

function gridOf(kind, data, choose) {
  const { places, values, slopes, limit } = data.cells;
  const [index, variable] = split(data.weight);
  const numbers = kind === "weight" ? values : slopes;
  const most = limit[kind === "weight" ? 0 : 1] || 1;
  const figure = element("figure", `of-${kind}`);
  const cells = {
    count: places.length,
    columns: columnsOf(places),
    at: places.findIndex((place) => String(place) === String(index)),
    colors: numbers.map((number) => signedOf(within(Math.cbrt((number ?? 0) / most), -1, 1))),
    text: (at) => brief(numbers[at] ?? NaN, 2),
    words: (at) => `${named(places[at])}: ${brief(numbers[at] ?? NaN)}`,
    pick: (at) => places[at] && choose([variable, ...places[at]].join(".")),
    name: `${kind}s`,
  };
  figure.append(element("figcaption", "", kind === "weight" ? "weights" : "their slopes"));
  figure.append(places.length > READABLE ? painted(cells) : written(cells));
  return figure;
}

// What a cell is beside the others: rows and columns count from 0, all else from 1.
function named([first, second, ...others]) {
  return others.length ? `row ${first}, column ${second}` : second === undefined ? `${first + 1}` : `input ${first + 1}`;
}

// Cells large enough to be read: a button each.
function written({ count, columns, at, colors, text, words, pick, name }) {
  const grid = element("div", "cells", "", { role: "group", "aria-label": name });
  grid.style.setProperty("--columns", columns);
  for (let number = 0; number < count; number++) {
    const cell = element("button", number === at ? "chosen" : "", text(number), {
      "data-part": name + number, tabindex: number === at ? 0 : -1, "aria-label": words(number), "aria-pressed": number === at,
    });
    cell.style.background = css(colors[number]);
    cell.style.color = inkOn(colors[number]);
    cell.addEventListener("click", () => pick(number));
    grid.append(cell);
  }
  grid.addEventListener("keydown", (event) => {
    const step = arrow(event);
    const next = step && grid.children[[...grid.children].indexOf(/** @type {any} */ (event.target)) + step[0] * columns + step[1]];
    if (next) next.focus();
  });
  return grid;
}

// Many cells: one picture, in which a click or the arrow keys pick.
function painted({ count, columns, at, colors, words, pick, name }) {
  const canvas = element("canvas"), ring = element("div", "ring");
  const label = `${name}, ${count} of them. Chosen: ${words(at)}. Arrow keys choose another.`;
  const frame = element("div", "painted", "", { tabindex: 0, "data-part": name, role: "img", "aria-label": label });
  const rows = Math.ceil(count / columns);
  fillPixels(canvas, rows, columns, (pixel) => colors[pixel] ?? null);
  frame.style.setProperty("--aspect", `${columns} / ${rows}`);
  lay(ring, [Math.floor(at / columns), at % columns], [rows, columns]);
  frame.addEventListener("click", (event) => {
    const [down, across] = sharesOf(frame, event);
    pick(Math.floor(down * rows) * columns + Math.floor(across * columns));
  });
  frame.addEventListener("keydown", (event) => {
    const step = arrow(event);
    if (step) pick(at + step[0] * columns + step[1]);
  });
  frame.append(canvas, ring);
  return frame;
}

// A kernel is as wide as it is; a vector fills about a square.
function columnsOf(places) {
  const wide = places[0].length === 4 ? Math.max(...places.map((place) => place[1])) + 1 : 0;
  return wide || Math.max(1, Math.ceil(Math.sqrt(places.length * (places.length > READABLE ? 1 : 0.5))));
}
