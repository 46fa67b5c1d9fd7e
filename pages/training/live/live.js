// Watches one run: asks the server for what is new, draws curves, kernels and the answers for a few pinned images.

import { Chart, ceiling, guessing, nearest } from "../../shared/js/chart.js";
import { element, planted, put, remembering, themed } from "../../shared/js/elements.js";
import { remember, remembered } from "../../shared/js/memory.js";
import { grouped, lossText, percent } from "../../shared/js/numbers.js";
import { drawInside, drawPinned } from "./inside.js";
import { smoothed, thinned } from "./steps.js";
import { buttons } from "./wishes.js";

const HIDDEN_POLL_S = 5;
const HEARD_MS = 400; // the server looks at a run's files again after 0.3 s
const UNHEARD_MS = 30000;
const stateOf = remembering(build);

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const state = stateOf(parentElement);
  state.report = (news) => setStateValue("news", news);
  state.tell = (wish) => setTriggerValue("wish", wish);
  if (state.run !== data.run) begin(state, data.run);
  state.data = data;
  hearing(state);
  state.find(".about").textContent = data.about;
  const classes = data.classes.length;
  Object.assign(state.loss.options, { baseline: guessing("loss", classes), ceiling: ceiling(classes) });
  state.accuracy.options.baseline = guessing("share", classes);
  drawPinned(state);
  draw(state);
  const changed = state.answer && state.answer.status.state !== data.state;
  if (changed || !state.timer) poll(state);
  const call = (state.call = {}); // Streamlit may clean up after a call it gave up when a newer one has begun
  return () => state.call === call && end(state);
}

function build(parent) {
  const { root, find } = planted(parent, "view live", `
    <div class="status">
      <div class="where"><b class="state"></b><span class="what"></span><span class="wish" role="status"></span></div>
      <div class="buttons"></div>
    </div>
    <div class="progress" role="progressbar" aria-valuemin="0"><i></i></div>
    <p class="message" role="status"></p>
    <div class="facts"><dl class="figures"></dl><p class="about"></p></div>
    <div class="charts">
      <figure><figcaption class="key loss"><b data-words>loss</b><span class="val"></span><span class="train"></span></figcaption><div class="plot loss"></div></figure>
      <figure><figcaption class="key accuracy"><b>accuracy</b><span class="val"></span><span class="train"></span></figcaption><div class="plot accuracy"></div></figure>
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
    <ul class="notes" aria-live="polite"></ul>`);
  const state = { root, find, cursor: null, smoothing: remembered("convscope.smoothing") };
  const onCursor = (x) => { state.cursor = x; state.loss.show(x); state.accuracy.show(x); legend(state); };
  state.loss = new Chart(find(".plot.loss"), { unit: "loss", onCursor });
  state.accuracy = new Chart(find(".plot.accuracy"), { unit: "share", onCursor });
  const slider = find(".smoothing input");
  slider.addEventListener("input", () => {
    state.smoothing = slider.value;
    remember("convscope.smoothing", slider.value);
    draw(state);
  });
  return state;
}

function begin(state, run) {
  end(state);
  Object.assign(state, { run, failures: 0, answer: null, told: null, wish: null, phase: null, listening: new AbortController() });
  forget(state);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && state.timer) poll(state);
  }, { signal: state.listening.signal });
}

function forget(state) {
  Object.assign(state, { since: 0, every: 1, steps: { step: [], loss: [], accuracy: [] } });
}

function end(state) {
  clearTimeout(state.timer);
  clearInterval(state.clock);
  state.listening?.abort();
  Object.assign(state, { run: null, timer: null, clock: null, asking: null });
}

// Asking

// One chain of questions: whoever asks while an answer is under way waits for that one.
async function poll(state) {
  clearTimeout(state.timer);
  state.timer = null;
  if (!state.run || state.asking) return;
  const asked = (state.asking = {}); // begin() forgets it, and with it the answer
  let wait = 2;
  try {
    const began = performance.now();
    const response = await fetch(`${state.data.url}?since=${state.since}`, { cache: "no-store" });
    if (!response.ok && response.status !== 404) throw new Error(String(response.status));
    const answer = await response.json();
    if (state.asking !== asked) return;
    state.failures = 0;
    wait = answer.error ? gone(state, answer.error) : next(state, answer, began);
  } catch {
    if (state.asking !== asked) return;
    state.failures += 1;
    wait = Math.min(2 ** state.failures, 15);
    if (state.failures > 1) state.find(".message").textContent = "No connection to the server just now. What you see stands still until it answers.";
  }
  state.asking = null;
  clearTimeout(state.timer);
  state.timer = wait ? setTimeout(() => poll(state), wait * 1000) : null;
}

// Take over an answer; return after how many seconds to ask again, 0 for never.
function next(state, answer, began) {
  if (answer.steps.last < state.since) { // a resumed run has begun its epoch anew
    forget(state);
    return 0.01;
  }
  if (state.wish?.heard && began > state.wish.heard + HEARD_MS - 50) state.wish = null;
  take(state, answer);
  if (state.wish?.heard) return HEARD_MS / 1000;
  const { state: stands, active } = answer.status;
  if (!active) return stands === "finished" || state.data.shipped ? 0 : 5;
  return document.hidden ? Math.max(HIDDEN_POLL_S, answer.poll_s) : answer.poll_s;
}

function gone(state, words) {
  state.find(".message").textContent = words;
  return 0;
}

function take(state, answer) {
  const { steps } = answer;
  for (const name of ["step", "loss", "accuracy"]) state.steps[name].push(...steps[name].map((value) => value ?? NaN));
  state.since = state.steps.step[state.steps.step.length - 1] ?? 0;
  state.every = Math.max(state.every, steps.every);
  state.answer = answer;
  put(state.find(".message"), answer.status.message);
  if (state.wish && !state.wish.heard && Date.now() - state.wish.number > UNHEARD_MS) {
    state.wish = null;
    state.find(".message").textContent = "The page did not answer, so nothing was changed. Press the button again, or reload the page.";
  }
  draw(state);
  // The page around this component shows buttons and epochs: tell it when they change.
  const news = `${answer.id} ${answer.status.state} ${answer.snapshots.length}`;
  if (state.told !== news && (state.told !== null || answer.status.state !== state.data.state)) state.report(news);
  state.told = news;
}

// Drawing

const spans = [1, 2, 5, 10, 20, 40, 80, 150, 300, 600];

// What the visitor chose; at first about a fortieth of the whole run.
function smoothing({ smoothing, answer, since }) {
  const whole = Math.max(since, answer.status.steps);
  return Number(smoothing ?? Math.max(3, spans.findLastIndex((steps) => steps <= whole / 40)));
}

function draw(state) {
  const { answer, find, root } = state;
  drawInside(state);
  if (!answer) return;
  const chosen = smoothing(state);
  const reach = spans[chosen];
  find(".smoothing input").value = chosen;
  find(".smoothing output").textContent = reach > Math.max(1, state.every) ? `${reach} steps` : state.every > 1 ? `1 step of ${state.every}` : "1 step (raw)";
  const { status, epochs } = answer;
  const last = state.steps.step[state.steps.step.length - 1] ?? 0;
  const perEpoch = status.steps ? status.steps / status.epochs : (last / (epochs.epoch[epochs.epoch.length - 1] || 1)) || 1;
  const accent = themed(root, "--st-primary-color");
  const x = state.steps.step.map((step) => step / perEpoch);
  state.x = x;
  for (const [name, chart] of [["loss", state.loss], ["accuracy", state.accuracy]]) {
    const soft = smoothed(state.steps[name], state.steps.step, reach);
    const [rawX, rawY] = thinned(x, state.steps[name]);
    const [softX, softY] = thinned(x, soft);
    state[`${name}Soft`] = soft;
    const held = epochs[`val_${name}`].map((value) => value ?? NaN);
    const means = epochs[name].map((value) => value ?? NaN);
    chart.set(
      [
        { name: "steps", x: rawX, y: rawY, faint: true, width: 1 },
        { name: "training", x: softX, y: softY, width: 2 },
        { name: "epoch", x: epochs.epoch, y: means, width: 0.01, dots: "square", still: true },
        { name: "validation", x: epochs.epoch, y: held, color: accent, width: 2.5, dots: "round" },
      ],
      { xMax: Math.max(status.epochs, 1), xTitle: "epochs" },
    );
    chart.describe(`${name} by epoch. ${sentence(state, name)}`);
  }
  legend(state);
  figures(state);
  find(".notes").replaceChildren(...answer.notes.map(({ text }) => element("li", "", text)));
  Object.assign(root.dataset, { state: status.state, step: last, epoch: status.epoch, run: answer.id });
}

// What the curves say at the cursor, or at their ends.
function reading(state, name) {
  const { epochs } = state.answer;
  const format = name === "loss" ? lossText : percent;
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

// What training tells: the mean of an epoch, Keras' own, where that is over; of the first epoch the smoothed steps.
function trained({ mean, training, epoch }) {
  return epoch ? `training ${mean}` : `training ${training} so far`;
}

function sentence(state, name) {
  const read = reading(state, name);
  return `Validation ${read.validation} after epoch ${read.epoch ?? 0}, ${trained(read)}.`;
}

function legend(state) {
  if (!state.answer) return;
  const [loss, accuracy] = ["loss", "accuracy"].map((name) => reading(state, name));
  for (const [name, read] of Object.entries({ loss, accuracy })) {
    state.find(`.key.${name} .val`).textContent = `● validation ${read.validation}`;
    state.find(`.key.${name} .train`).textContent = `■ ${trained(read)}`;
  }
  state.find(".at").textContent = state.cursor === null ? "" :
    `step ${grouped(loss.step ?? 0)}: batch ${loss.batch}, ${accuracy.batch}; smoothed ${loss.training}, ${accuracy.training}`;
}

const WORDS = {
  queued: "Waiting", running: "Training", paused: "Paused", finished: "Finished", stopped: "Stopped", failed: "Failed", interrupted: "Interrupted",
};

function figures(state) {
  const { answer, find } = state;
  const { status } = answer;
  find(".state").textContent = WORDS[status.state] ?? status.state;
  whereabouts(state);
  buttons(state);
  const facts = [];
  const step = state.steps.step[state.steps.step.length - 1];
  if (step) facts.push(["step", grouped(step) + (status.steps ? ` of ${grouped(status.steps)}` : "")]);
  if (status.state === "running" && status.images_per_s) facts.push(["images a second", grouped(Math.round(status.images_per_s))]);
  // The first steps wait for TensorFlow to compile; what they foretell is nonsense.
  if (status.seconds_left !== null && status.seconds_left !== undefined && step >= 30) facts.push(["time left", span(status.seconds_left)]);
  find(".figures").innerHTML = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("");
  const share = status.steps ? status.step / status.steps : status.epoch / status.epochs;
  find(".progress").setAttribute("aria-valuenow", Math.round(share * 100));
  find(".progress").setAttribute("aria-valuemax", 100);
  find(".progress").setAttribute("aria-label", "part of the run done");
  find(".progress i").style.width = `${100 * Math.max(share, status.steps && step ? step / status.steps : 0)}%`;
}

// What keeps a run from its first step, or "" when nothing does.
function phase({ answer: { status, position }, steps }) {
  if (position !== 0) return "";
  if (status.phase) return status.phase;
  if (status.state === "queued") return "Loading TensorFlow";
  return status.state === "running" && !steps.step.length ? "Compiling the first step" : "";
}

// Where it stands; the seconds of a preparation tick here, between two answers of the server.
function whereabouts(state) {
  const { answer: { status, position, waiting }, find } = state;
  const now = phase(state);
  if (now !== state.phase?.text) state.phase = { text: now, began: performance.now() - 1000 * (status.phase_s ?? 0) };
  if (now && !state.clock) state.clock = setInterval(() => whereabouts(state), 1000);
  if (!now) {
    clearInterval(state.clock);
    state.clock = null;
  }
  const seconds = Math.round((performance.now() - state.phase.began) / 1000);
  find(".what").textContent = now ? `${now}, ${seconds} s`
    : status.state === "queued" ? (position ? `number ${position} in the queue. ${waiting}` : "for a server that trains") : `epoch ${status.epoch} of ${status.epochs}`;
}

// The page has run. With the wish: answers from a moment later on tell what came of it. Without: it may have been lost
// with a server that was started anew, so it is told again; told twice, it is done once.
function hearing(state) {
  if (!state.wish || state.wish.heard) return;
  if (state.data.heard !== state.wish.number) return state.tell({ wish: state.wish.name, number: state.wish.number });
  state.wish.heard = performance.now();
  clearTimeout(state.timer);
  state.timer = setTimeout(() => poll(state), HEARD_MS);
}

function span(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
