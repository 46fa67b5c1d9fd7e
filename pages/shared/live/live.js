// Watches one run: asks the server for what is new, draws curves, kernels and the answers for a few pinned images.

const HIDDEN_POLL_S = 5;
const states = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let state = states.get(parentElement);
  if (!state) {
    state = build(parentElement);
    states.set(parentElement, state);
  }
  state.report = (news) => setStateValue("news", news);
  if (state.run !== data.run) begin(state, data.run);
  state.data = data;
  state.find(".about").textContent = data.about;
  drawPinned(state);
  draw(state);
  const changed = state.answer && state.answer.status.state !== data.state;
  if (changed) clearTimeout(state.timer);
  if (!state.asking && (changed || !state.timer)) poll(state);
  return () => {
    clearTimeout(state.timer);
    state.timer = null;
    state.run = null;
  };
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "live";
  root.innerHTML = `
    <div class="status">
      <div class="where"><b class="state"></b><span class="what"></span></div>
      <dl class="figures"></dl>
      <div class="progress" role="progressbar" aria-valuemin="0"><i></i></div>
    </div>
    <p class="message" role="status"></p>
    <p class="about"></p>
    <div class="charts">
      <figure><figcaption class="key loss"></figcaption><div class="plot loss"></div></figure>
      <figure><figcaption class="key accuracy"></figcaption><div class="plot accuracy"></div></figure>
    </div>
    <div class="under">
      <label class="smoothing">Training curve smoothed over about <output></output>
        <input type="range" min="0" max="9" step="1" aria-label="Smoothing in steps"></label>
      <span class="at" aria-live="polite"></span>
    </div>
    <div class="inside">
      <figure class="kernels"><canvas role="img"></canvas><figcaption></figcaption></figure>
      <figure class="pinned"><div class="row"></div><figcaption></figcaption></figure>
    </div>
    <ul class="notes" aria-live="polite"></ul>`;
  parent.appendChild(root);
  const find = (selector) => root.querySelector(selector);
  const state = { root, find, cursor: null, span: Number(localStorage.getItem("convscope.smoothing") ?? 4) };
  const onCursor = (x) => { state.cursor = x; state.loss.show(x); state.accuracy.show(x); legend(state); };
  state.loss = new Chart(find(".plot.loss"), { unit: "loss", ceiling: 4 * Math.LN10, onCursor, baseline: { value: Math.LN10, text: "ln 10 = 2.303: guessing" } });
  state.accuracy = new Chart(find(".plot.accuracy"), { unit: "share", onCursor, baseline: { value: 0.1, text: "guessing: 10 %" } });
  const slider = find(".smoothing input");
  slider.value = state.span;
  slider.addEventListener("input", () => {
    state.span = Number(slider.value);
    localStorage.setItem("convscope.smoothing", state.span);
    draw(state);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !root.isConnected || !state.timer) return;
    clearTimeout(state.timer);
    poll(state);
  });
  return state;
}

function begin(state, run) {
  clearTimeout(state.timer);
  Object.assign(state, { run, timer: null, asking: false, failures: 0, answer: null, told: null, since: 0 });
  state.steps = { step: [], loss: [], accuracy: [] };
}

// Asking

async function poll(state) {
  const run = state.run;
  if (!run) return;
  state.asking = true;
  let wait = 2;
  try {
    const response = await fetch(`${state.data.url}?since=${state.since}`, { cache: "no-store" });
    if (response.status === 404) return gone(state, (await response.json()).error);
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    if (state.run !== run) return;
    state.failures = 0;
    take(state, answer);
    wait = document.hidden ? Math.max(HIDDEN_POLL_S, answer.poll_s) : answer.poll_s;
    const { state: stands, active } = answer.status;
    if (!active) wait = stands === "finished" || state.data.shipped ? 0 : 5;
  } catch (error) {
    if (state.run !== run) return;
    state.failures += 1;
    wait = Math.min(2 ** state.failures, 15);
    if (state.failures > 1) state.find(".message").textContent = "No connection to the server just now. What you see stands still until it answers.";
  } finally {
    if (state.run === run) state.asking = false;
  }
  state.timer = wait ? setTimeout(() => poll(state), wait * 1000) : null;
}

function gone(state, words) {
  state.asking = false;
  state.timer = null;
  state.find(".message").textContent = words;
}

function take(state, answer) {
  const { steps } = answer;
  for (const name of ["step", "loss", "accuracy"]) state.steps[name].push(...steps[name].map((value) => value ?? NaN));
  state.since = state.steps.step[state.steps.step.length - 1] ?? 0;
  state.answer = answer;
  state.find(".message").textContent = answer.status.message;
  draw(state);
  // The page around this component shows buttons and epochs: tell it when they change.
  const news = `${answer.id} ${answer.status.state} ${answer.snapshots.length}`;
  if (state.told !== news && (state.told !== null || answer.status.state !== state.data.state)) state.report(news);
  state.told = news;
}

// Drawing

const spans = [1, 2, 5, 10, 20, 40, 80, 150, 300, 600];

function draw(state) {
  const { answer, find, root } = state;
  find(".smoothing output").textContent = spans[state.span] === 1 ? "1 step (raw)" : `${spans[state.span]} steps`;
  if (!answer) return;
  const { status, epochs } = answer;
  const last = state.steps.step[state.steps.step.length - 1] ?? 0;
  const perEpoch = status.steps ? status.steps / status.epochs : (last / (epochs.epoch[epochs.epoch.length - 1] || 1)) || 1;
  const accent = getComputedStyle(root).getPropertyValue("--st-primary-color");
  const x = state.steps.step.map((step) => step / perEpoch);
  state.x = x;
  for (const [name, chart] of [["loss", state.loss], ["accuracy", state.accuracy]]) {
    const soft = smoothed(state.steps[name], spans[state.span]);
    const [rawX, rawY] = thinned(x, state.steps[name]);
    const [softX, softY] = thinned(x, soft);
    state[`${name}Soft`] = soft;
    const held = epochs[`val_${name}`].map((value) => value ?? NaN);
    const means = epochs[name].map((value) => value ?? NaN);
    chart.set(
      [
        { name: "steps", x: rawX, y: rawY, faint: true, width: 1 },
        { name: "training", x: softX, y: softY, width: 2 },
        { name: "epoch", x: epochs.epoch.map((epoch) => epoch - 0.5), y: means, width: 0.01, dots: "square", still: true },
        { name: "validation", x: epochs.epoch, y: held, color: accent, width: 2.5, dots: "round" },
      ],
      { xMax: Math.max(status.epochs, 1), xTitle: "epochs" },
    );
    chart.describe(`${name} by epoch. ${sentence(state, name, null)}`);
  }
  legend(state);
  figures(state);
  drawInside(state);
  find(".notes").replaceChildren(...answer.notes.map(({ text }) => Object.assign(document.createElement("li"), { textContent: text })));
  Object.assign(root.dataset, { state: status.state, step: last, epoch: status.epoch, run: answer.id });
}

// What the curves say at the cursor, or at their ends.
function reading(state, name) {
  const { epochs } = state.answer;
  const format = name === "loss" ? plain : percent;
  const at = state.cursor === null ? state.x.length - 1 : nearest(state.x, state.cursor);
  const epoch = state.cursor === null ? epochs.epoch.length - 1 : nearest(epochs.epoch, state.cursor);
  return {
    step: state.steps.step[at],
    epoch: epochs.epoch[epoch],
    training: format(state[`${name}Soft`]?.[at]),
    batch: format(state.steps[name][at]),
    mean: format(epochs[name][epoch] ?? NaN),
    validation: format(epochs[`val_${name}`][epoch] ?? NaN),
  };
}

function sentence(state, name) {
  const { training, validation, epoch } = reading(state, name);
  return `Training ${training}, validation ${validation} after epoch ${epoch ?? 0}.`;
}

function legend(state) {
  if (!state.answer) return;
  const [loss, accuracy] = ["loss", "accuracy"].map((name) => reading(state, name));
  for (const [name, { training, validation }] of [["loss", loss], ["accuracy", accuracy]])
    state.find(`.key.${name}`).innerHTML = `<b>${name}</b><span class="val">● validation ${validation}</span><span class="train">– training ${training}</span>`;
  state.find(".at").textContent = state.cursor === null ? "" :
    `step ${(loss.step ?? 0).toLocaleString("en")}: batch ${loss.batch}, ${accuracy.batch}; epoch ${loss.epoch ?? 0}: mean ${loss.mean}, ${accuracy.mean}`;
}

const WORDS = {
  queued: "Waiting", running: "Training", paused: "Paused", finished: "Finished", stopped: "Stopped", failed: "Failed", interrupted: "Interrupted",
};

function figures(state) {
  const { answer, find } = state;
  const { status, position } = answer;
  find(".state").textContent = WORDS[status.state] ?? status.state;
  const starting = status.state === "running" && !state.steps.step.length;
  find(".what").textContent =
    status.state === "queued" ? (position > 0 ? `number ${position} in the queue` : "starting; the training process is loading")
    : starting ? "evaluating the random start" : `epoch ${status.epoch} of ${status.epochs}`;
  const facts = [];
  const step = state.steps.step[state.steps.step.length - 1];
  if (step) facts.push(["step", step.toLocaleString("en") + (status.steps ? ` of ${status.steps.toLocaleString("en")}` : "")]);
  if (status.state === "running" && status.images_per_s) facts.push(["images a second", Math.round(status.images_per_s).toLocaleString("en")]);
  // The first steps wait for TensorFlow to compile; what they foretell is nonsense.
  if (status.seconds_left !== null && status.seconds_left !== undefined && step >= 30) facts.push(["time left", span(status.seconds_left)]);
  find(".figures").innerHTML = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("");
  const share = status.steps ? status.step / status.steps : status.epoch / status.epochs;
  find(".progress").setAttribute("aria-valuenow", Math.round(share * 100));
  find(".progress").setAttribute("aria-valuemax", 100);
  find(".progress").setAttribute("aria-label", "part of the run done");
  find(".progress i").style.width = `${100 * Math.max(share, status.steps && step ? step / status.steps : 0)}%`;
}

function span(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function drawInside(state) {
  const inside = state.answer.live ?? state.data.final;
  state.find(".inside").hidden = !inside;
  if (!inside) return;
  const when = state.answer.live ? `at step ${inside.step.toLocaleString("en")}` : `after epoch ${inside.epoch}`;
  drawKernels(state, inside.kernels, when);
  const row = state.find(".pinned .row");
  [...row.children].forEach((tile, image) => {
    const answers = inside.probabilities[image];
    if (!answers) return;
    const best = answers.indexOf(Math.max(...answers));
    const truth = state.data.labels[image];
    const name = state.data.classes[best];
    tile.querySelectorAll("i").forEach((bar, at) => {
      bar.style.height = `${Math.max(2, answers[at] * 100)}%`;
      bar.classList.toggle("true", at === truth);
    });
    tile.lastChild.textContent = `${best === truth ? "✓" : "✗"} ${name}`;
    tile.classList.toggle("right", best === truth);
    tile.title = `in truth ${state.data.classes[truth]}; answered ${name}, ${percent(answers[best])}`;
    tile.setAttribute("aria-label", tile.title);
  });
  state.find(".pinned figcaption").textContent = `probabilities of ten classes for pinned images, coloured: the true class (${when})`;
}

function drawKernels(state, { shape, limit, int8 }, when) {
  const [height, width, channels, filters] = shape;
  const canvas = state.find(".kernels canvas");
  const figure = state.find(".kernels");
  figure.hidden = !filters;
  if (!filters) return;
  const text = atob(int8);
  const columns = Math.min(16, filters), rows = Math.ceil(filters / columns);
  canvas.width = columns * (width + 1) - 1;
  canvas.height = rows * (height + 1) - 1;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  const byte = (at) => { const value = text.charCodeAt(at); return value > 127 ? value - 256 : value; };
  for (let f = 0; f < filters; f++)
    for (let r = 0; r < height; r++)
      for (let c = 0; c < width; c++) {
        const at = ((Math.floor(f / columns) * (height + 1) + r) * canvas.width + (f % columns) * (width + 1) + c) * 4;
        for (let color = 0; color < 3; color++) {
          const source = ((r * width + c) * channels + Math.min(color, channels - 1)) * filters + f;
          image.data[at + color] = 127.5 + byte(source);
        }
        image.data[at + 3] = 255;
      }
  pen.putImageData(image, 0, 0);
  canvas.setAttribute("aria-label", `${filters} first-layer kernels ${when}`);
  canvas.dataset.drawn = when;
  state.find(".kernels figcaption").textContent = `the ${filters} first-layer kernels as RGB; mid-grey 0, ±${limit.toFixed(2)} (${when})`;
}

function drawPinned(state) {
  const row = state.find(".pinned .row");
  if (state.pictures === state.data.pictures) return;
  state.pictures = state.data.pictures;
  row.replaceChildren(...state.data.labels.map((_, image) => {
    const tile = document.createElement("div");
    tile.className = "tile";
    tile.setAttribute("role", "img");
    tile.innerHTML = `<span class="picture"></span><span class="bars">${"<i></i>".repeat(state.data.classes.length)}</span><span class="answer"></span>`;
    Object.assign(tile.firstChild.style, {
      backgroundImage: `url(${state.data.pictures})`,
      backgroundSize: `${state.data.labels.length * 100}% 100%`,
      backgroundPosition: `${(100 * image) / Math.max(state.data.labels.length - 1, 1)}% 0`,
    });
    return tile;
  }));
  state.find(".pinned").hidden = !state.data.labels.length;
}
