// Overlays the curves of several runs, each with a color and a dash of its own.

import { Chart, ceiling, guessing, nearest, swatch } from "../../shared/js/chart.js";
import { element, planted, remembering, themed } from "../../shared/js/elements.js";
import { counted, lossText, percent } from "../../shared/js/numbers.js";

const COLORS = ["#d95f02", "#7570b3", "#e7298a", "#66a61e", "#a6761d", "#1f78b4", "#888888"];
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const stateOf = remembering(build);

export default function ({ parentElement, data }) {
  const state = stateOf(parentElement);
  if (state.data?.axis !== data.axis) state.cursor = null;
  state.data = data;
  draw(state);
}

function build(parent) {
  const html = `<div class="plot"></div><p class="note"></p><ul class="lines"></ul>`;
  const { root, find } = planted(parent, "view comparison", html);
  const onCursor = (x) => { state.cursor = x; chart.show(x); lines(state); };
  const chart = new Chart(find(".plot"), { unit: "share", onCursor });
  const state = { root, find, chart, cursor: null };
  return state;
}

function draw(state) {
  const { data, chart, root } = state;
  const { column, axis } = data;
  const unit = unitOf(column);
  const accent = themed(root, "--st-primary-color");
  Object.assign(chart.options, { unit, baseline: guessing(unit, data.classes), ceiling: ceiling(data.classes) });
  state.series = data.lines.map((line, at) => {
    const color = at === 0 ? accent : COLORS[(at - 1) % COLORS.length];
    const keep = line.mean[column].map((value) => value ?? NaN);
    const spread = line.spread[column].map((value) => value ?? 0);
    const band = line.count > 1 ? [keep.map((y, i) => y - spread[i]), keep.map((y, i) => y + spread[i])] : null;
    return { name: line.name, x: line[axis], y: keep, spread, count: line.count, color, dash: DASHES[at % DASHES.length], width: 2.4, dots: "round", band };
  });
  const most = Math.max(1, ...state.series.map((one) => one.x[one.x.length - 1] ?? 0));
  chart.set(state.series, { xMax: most, xTitle: axis === "epoch" ? "epochs" : "seconds of processor time" });
  state.find(".note").textContent = data.note;
  lines(state);
  root.dataset.lines = state.series.length;
}

const unitOf = (column) => (column.endsWith("loss") ? "loss" : "share");

function lines(state) {
  const { measure, column, axis } = state.data;
  const format = unitOf(column) === "loss" ? lossText : percent;
  const words = state.series.map((one) => {
    const at = state.cursor === null ? one.x.length - 1 : nearest(one.x, state.cursor);
    const spread = one.count > 1 ? ` ± ${format(one.spread[at])} (${one.count} seeds)` : "";
    const place = axis === "epoch" ? `epoch ${one.x[at] ?? 0}` : `${Math.round(one.x[at] ?? 0)} s`;
    return [one, `${format(one.y[at])}${spread}, ${place}`];
  });
  state.find(".lines").replaceChildren(...words.map(([one, text]) => {
    const item = element("li");
    item.innerHTML = swatch(one.color, one.dash);
    item.append(element("span", "name", one.name), element("span", "value", text));
    return item;
  }));
  state.chart.describe(`${measure} of ${counted(words.length, "run")}: ${words.map(([one, text]) => `${one.name} ${text}`).join("; ")}.`);
}
