// Curves of one setting's values, mean and spread of several seeds: on images held out, and on those it learns from.

import { Chart, guessing, nearest, swatch } from "../../shared/js/chart.js";
import { element, planted, remembering, themed } from "../../shared/js/elements.js";
import { counted, percent } from "../../shared/js/numbers.js";

const COLORS = ["light-dark(#b84e00, #ff9d4d)", "light-dark(#0862ae, #6cb4f5)"];
const DASHES = [[], [7, 4], [2, 3]];
const stateOf = remembering(build);

export default function ({ parentElement, data }) {
  const state = stateOf(parentElement);
  if (state.data?.setting !== data.setting) state.cursor = null;
  state.data = data;
  draw(state);
}

function build(parent) {
  const figure = `<figure><figcaption></figcaption><div class="plot"></div></figure>`;
  const { root, find } = planted(parent, "view settings", `<div class="pair">${figure}${figure}</div><ul class="lines"></ul>`);
  const state = { root, find, cursor: null };
  const onCursor = (x) => {
    state.cursor = x;
    for (const chart of state.charts) chart.show(x);
    lines(state);
  };
  state.charts = [...root.querySelectorAll(".plot")].map((host) => new Chart(host, { unit: "share", onCursor, baseline: guessing("share", 10) }));
  return state;
}

function draw(state) {
  const { data, root, charts } = state;
  const probe = element("span");
  root.append(probe);
  const colors = [themed(root, "--st-primary-color"), ...COLORS].map((color) => {
    probe.style.color = color;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  Object.entries(data.measures).forEach(([measure, words], number) => {
    const caption = root.querySelectorAll("figcaption")[number];
    caption.replaceChildren(element("b", "", "right "), element("span", "", words));
    const series = data.curves.map((curve, at) => {
      const y = curve.mean[measure].map((value) => value ?? NaN), spread = curve.spread[measure].map((value) => value ?? 0);
      const known = y.map((_, place) => place).filter((place) => Number.isFinite(y[place]));
      const [x, mean] = [curve.x, y].map((values) => known.map((place) => values[place]));
      const band = [-1, 1].map((side) => known.map((place) => y[place] + side * spread[place]));
      return { name: curve.value, x, y: mean, color: colors[at], dash: DASHES[at], width: curve.usual ? 3 : 2.2, dots: "round", band };
    });
    charts[number].set(series, { xMax: data.curves[0].x.at(-1), xTitle: "passes" });
    charts[number].describe(`${words}: ${series.map((one) => `${one.name} ${percent(one.y.at(-1))}`).join(", ")}. Arrow keys read it.`);
  });
  state.colors = colors;
  lines(state);
  root.dataset.setting = data.setting;
}

function lines(state) {
  const { data, cursor, colors, find } = state;
  const place = cursor === null ? data.curves[0].x.length - 1 : nearest(data.curves[0].x, cursor);
  find(".lines").replaceChildren(...data.curves.map((curve, at) => {
    const line = element("li");
    line.innerHTML = swatch(colors[at], DASHES[at]);
    const spread = percent(curve.spread.val_accuracy[place] ?? NaN).replace(" %", "");
    line.append(element("b", "", `${curve.value}${curve.usual ? " (usual)" : ""}`), element("span", "", `${percent(curve.mean.val_accuracy[place] ?? NaN)} ± ${spread}`));
    return line;
  }), element("li", "quiet", `after ${counted(place, "pass", "passes")}; ${data.curves[0].seeds} seeds, bands of one standard deviation`));
}
