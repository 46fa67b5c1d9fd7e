// Scrubs through the epochs of one run. Every frame is here already; nothing is asked of the server while it moves.

import { Chart, guessing, nearest } from "../../shared/js/chart.js";
import { colorOf, inkOn } from "../../shared/js/colors.js";
import { element, leaving, planted, remembering, themed } from "../../shared/js/elements.js";
import { grouped, largestAt, percent, signed, wholePercent } from "../../shared/js/numbers.js";
import { RIDE, Ride } from "../../shared/js/ride.js";

const FRAME_MS = 450;
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue }) {
  const state = stateOf(parentElement);
  state.report = (epoch) => setStateValue("epoch", epoch);
  const fresh = state.data?.run !== data.run;
  const asked = state.asked !== data.epoch && state.reported !== data.epoch;
  state.asked = data.epoch;
  state.data = data;
  if (fresh) state.reported = data.epoch;
  load(state);
  if (fresh || asked) state.ride.pause();
  prepare(state);
  state.ride.stand(fresh || asked ? data.epochs.indexOf(data.epoch) : state.ride.at, data.epochs.length - 1);
  return leaving(parentElement, () => state.ride.pause());
}

function build(parent) {
  const { root, find } = planted(parent, "view machine", `
    ${RIDE}
    <div class="screen">
      <figure class="answer"><div class="pinned"><img alt=""><ol class="bars"></ol></div><figcaption></figcaption></figure>
      <figure class="kernels"><canvas role="img"></canvas><figcaption></figcaption></figure>
      <figure class="curve"><div class="plot"></div><figcaption></figcaption></figure>
      <figure class="maps"><canvas role="img"></canvas><figcaption></figcaption></figure>
      <figure class="confusion"><div class="matrix" role="img"></div><figcaption></figcaption></figure>
    </div>`);
  find("output").innerHTML = "<b></b><span></span>";
  const state = { root, find, sprites: {}, sources: {} };
  state.ride = new Ride(state, { name: "Epoch", frameMs: FRAME_MS, show: (at) => show(state, at), settle: (at) => settle(state, at) });
  const cursor = (epoch, event) => {
    if (epoch === null || !(event?.buttons || event?.type === "click")) return;
    state.ride.go(nearest(state.data.epochs, epoch));
  };
  state.chart = new Chart(find(".plot"), { unit: "share", onCursor: cursor });
  find(".plot").addEventListener("pointerdown", (event) => event.target.setPointerCapture(event.pointerId)); // drawn along
  return state;
}

function load(state) {
  for (const name of ["kernels", "maps"]) {
    if (state.sources[name] === state.data[name]) continue;
    const image = new Image();
    state.sources[name] = state.data[name];
    image.onload = () => show(state, state.ride.at);
    image.src = state.data[name];
    state.sprites[name] = image;
  }
}

// What stays the same while it moves: drawn once.
function prepare(state) {
  const { data, find } = state;
  state.colors = ["--st-text-color", "--st-background-color", "--st-primary-color"].map((name) => colorOf(themed(state.root, name)));
  find(".pinned img").src = data.image;
  find(".pinned img").alt = `the pinned image, ${data.classes[data.label]}`;
  find(".bars").replaceChildren(...data.classes.map((name, at) => {
    const bar = element("li");
    bar.innerHTML = `<span></span><i></i><em></em>`;
    bar.firstChild.textContent = name;
    bar.classList.toggle("true", at === data.label);
    return bar;
  }));
  const scrolls = data.classes.length > 10;
  find(".bars").classList.toggle("scrolls", scrolls);
  find(".bars").tabIndex = scrolls ? 0 : -1;
  const cells = ["", ...data.classes].map((name) => element("span", "head", name.slice(0, 2)));
  data.classes.forEach((name, row) => {
    cells.push(element("span", "label", name), ...data.classes.map((_, column) => element("span", row === column ? "cell right" : "cell")));
  });
  find(".matrix").style.setProperty("--classes", data.classes.length);
  find(".matrix").classList.toggle("many", data.classes.length > 14); // a picture then, its numbers under the pointer
  find(".matrix").replaceChildren(...cells);
  const { epoch, accuracy, val_accuracy } = data.curves;
  const known = accuracy.map((value) => value ?? NaN);
  const accent = themed(state.root, "--st-primary-color");
  state.chart.options.baseline = guessing("share", data.classes.length);
  state.chart.set(
    [{ name: "training", x: epoch, y: known, width: 1.5, dots: "square" }, { name: "validation", x: epoch, y: val_accuracy, color: accent, width: 2.5, dots: "round" }],
    { xMax: epoch[epoch.length - 1] || 1, xTitle: "epochs" },
  );
}

function settle(state, at) {
  const epoch = state.data.epochs[at];
  if (epoch === state.reported) return;
  state.reported = epoch;
  state.report(epoch);
}

function show(state, at) {
  const { data, find, root } = state;
  const began = performance.now();
  const epoch = data.epochs[at];
  state.chart.show(epoch); // first: it measures itself, which is cheap only before the rest is touched
  const row = data.curves.epoch.indexOf(epoch);
  find("input").setAttribute("aria-valuetext", `epoch ${epoch}`);
  find("output b").textContent = `epoch ${epoch}`;
  find("output span").textContent = epoch === 0 ? "before training" : `of ${data.epochs[data.epochs.length - 1]}`;
  answer(state, data.probabilities[at]);
  tiles(state, "kernels", data.kernelShape, at, 8, 1);
  tiles(state, "maps", data.mapShape, at, 8, 2);
  find(".kernels figcaption").textContent = `first-layer kernels, ${data.kernelShape[0]} × ${data.kernelShape[1]} as RGB; gray 0, ±${data.kernelLimits[at]}`;
  find(".maps figcaption").textContent = `${data.layer}: its first ${data.mapShape[2]} feature maps; black 0 or less, white each map's own maximum (${signed(String(data.mapHighs[at][0]))} to ${data.mapHighs[at][1]})`;
  matrix(state, data.confusion[at]);
  const [train, val] = [data.curves.accuracy[row], data.curves.val_accuracy[row]];
  find(".curve figcaption").innerHTML = `accuracy: <b class="val">validation ${percent(val ?? NaN)}</b>, training ${percent(train ?? NaN)} as a running average`;
  state.chart.describe(`Accuracy by epoch. Epoch ${epoch}: validation ${percent(val ?? NaN)}, training ${percent(train ?? NaN)}.`);
  root.dataset.epoch = epoch;
  root.dataset.ms = (performance.now() - began).toFixed(1);
}

function answer(state, probabilities) {
  const best = largestAt(probabilities);
  const { data, find } = state;
  find(".bars").childNodes.forEach((bar, at) => {
    bar.children[1].style.setProperty("--share", probabilities[at]);
    bar.children[2].textContent = wholePercent(probabilities[at]);
    bar.classList.toggle("best", at === best);
  });
  const verdict = best === data.label ? "right" : `in truth ${data.classes[data.label]}`;
  find(".answer figcaption").textContent = `${data.classes[best]} ${wholePercent(probabilities[best])}: ${verdict}`;
}

function tiles(state, name, [height, width, count], at, columns, gap) {
  const sprite = state.sprites[name];
  const canvas = state.find(`.${name} canvas`);
  if (!sprite.complete || !sprite.naturalWidth) return;
  const rows = Math.ceil(count / columns);
  const size = [columns * (width + gap) - gap, rows * (height + gap) - gap];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const pen = canvas.getContext("2d");
  for (let tile = 0; tile < count; tile++) {
    const [row, column] = [Math.floor(tile / columns), tile % columns];
    pen.drawImage(sprite, tile * width, at * height, width, height, column * (width + gap), row * (height + gap), width, height);
  }
  canvas.setAttribute("aria-label", `${name} after epoch ${state.data.epochs[at]}`);
  canvas.dataset.drawn = state.data.epochs[at];
}

function matrix(state, counts) {
  const { find, data } = state;
  const box = find(".matrix");
  box.hidden = !counts;
  if (!counts) return void (find(".confusion figcaption").textContent = "no evaluation was kept for this epoch");
  const cells = box.querySelectorAll(".cell");
  let right = 0, total = 0;
  counts.forEach((row, truth) => {
    const all = row.reduce((sum, n) => sum + n, 0);
    total += all;
    right += row[truth];
    row.forEach((count, guess) => {
      const cell = cells[truth * counts.length + guess];
      const share = all ? count / all : 0;
      cell.style.setProperty("--share", Math.sqrt(share).toFixed(3));
      cell.textContent = Math.round(share * 100) || "";
      cell.title = `${data.classes[truth]} taken for ${data.classes[guess]}: ${count} of ${all}`;
      cell.style.color = letters(state, Math.sqrt(share), truth === guess);
    });
  });
  const where = data.validation === "test" ? "test" : "held-out";
  find(".confusion figcaption").textContent = `true class (row) answered as (column), in % of ${grouped(total)} ${where} images${data.note ? ", " + data.note : ""}`;
  box.setAttribute("aria-label", `Confusion matrix: ${percent(right / total)} of ${grouped(total)} images right.`);
}

// Black or white, whichever reads better on a cell so strongly colored.
function letters(state, strength, right) {
  const [ink, paper, accent] = state.colors;
  const full = right ? accent : ink.map((value, at) => 0.9 * value + 0.1 * paper[at]);
  return inkOn(full.map((value, at) => strength * value + (1 - strength) * paper[at]));
}
