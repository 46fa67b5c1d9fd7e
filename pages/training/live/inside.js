// What is inside the network as it trains: its first kernels, and its answers for a few pinned images.

import { element } from "../../shared/js/elements.js";
import { grouped, largestAt, wholePercent } from "../../shared/js/numbers.js";
import { bytesOf, fillPixels } from "../../shared/js/pixels.js";

export function drawInside(state) {
  const live = state.answer?.live, inside = live ?? state.data.final; // what is there at once keeps the room
  state.find(".inside").hidden = !inside;
  if (!inside) return;
  const when = live ? `at step ${grouped(inside.step)}` : `after epoch ${inside.epoch}`;
  drawKernels(state, inside.kernels, when);
  const row = state.find(".pinned .row");
  [...row.children].forEach((tile, image) => {
    const answers = inside.probabilities[image];
    const truth = state.data.labels[image];
    tile.querySelectorAll("i").forEach((bar, at) => {
      bar.style.height = answers ? `${Math.max(2, answers[at] * 100)}%` : "0";
      bar.classList.toggle("true", at === truth);
    });
    if (!answers) { // the network is still to be asked
      tile.lastChild.textContent = tile.title = "";
      tile.setAttribute("aria-label", `in truth ${state.data.classes[truth]}`);
      return;
    }
    const best = largestAt(answers);
    const name = state.data.classes[best];
    tile.lastChild.textContent = `${best === truth ? "✓" : "✗"} ${name.replace(/^(air|auto)/, "$1\u00ad")}`; // may break there
    tile.classList.toggle("right", best === truth);
    tile.title = `in truth ${state.data.classes[truth]}; answered ${name}, ${wholePercent(answers[best])}`;
    tile.setAttribute("aria-label", tile.title);
  });
  state.find(".pinned figcaption").textContent = `${state.data.classes.length} probabilities each, colored: the true class (${when})`;
}

function drawKernels(state, { shape, limit, int8 }, when) {
  const [height, width, channels, filters] = shape;
  const canvas = state.find(".kernels canvas");
  const figure = state.find(".kernels");
  figure.hidden = !filters;
  if (!filters) return;
  const weights = new Int8Array(bytesOf(int8).buffer);
  const columns = Math.min(16, filters);
  const [high, wide] = [Math.ceil(filters / columns) * (height + 1) - 1, columns * (width + 1) - 1];
  fillPixels(canvas, high, wide, (pixel) => {
    const [y, x] = [Math.floor(pixel / wide), pixel % wide];
    const [r, c] = [y % (height + 1), x % (width + 1)];
    const filter = Math.floor(y / (height + 1)) * columns + Math.floor(x / (width + 1));
    if (r === height || c === width || filter >= filters) return null; // between two kernels
    return [0, 1, 2].map((color) => 127.5 + weights[((r * width + c) * channels + Math.min(color, channels - 1)) * filters + filter]);
  });
  canvas.setAttribute("aria-label", `${filters} first-layer kernels ${when}`);
  canvas.dataset.drawn = when;
  state.find(".kernels figcaption").textContent = `${filters} first-layer kernels as RGB; mid-gray 0, ±${limit.toFixed(2)} (${when})`;
}

export function drawPinned(state) {
  const row = state.find(".pinned .row");
  if (state.pictures === state.data.pictures) return;
  state.pictures = state.data.pictures;
  row.replaceChildren(...state.data.labels.map((_, image) => {
    const tile = element("div", "tile", "", { role: "img" });
    tile.innerHTML = `<span class="picture"></span><span class="bars${state.data.classes.length > 20 ? " many" : ""}">${"<i></i>".repeat(state.data.classes.length)}</span><span class="answer"></span>`;
    Object.assign(tile.firstChild.style, {
      backgroundImage: `url(${state.data.pictures})`,
      backgroundSize: `${state.data.labels.length * 100}% 100%`,
      backgroundPosition: `${(100 * image) / Math.max(state.data.labels.length - 1, 1)}% 0`,
    });
    return tile;
  }));
  state.find(".pinned").hidden = !state.data.labels.length;
}
