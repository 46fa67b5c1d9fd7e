// Wishes: what a button asks for shows at once, then as the server tells it, until the training process has followed.

import { element, focusedBeside } from "../../shared/js/elements.js";

const PATHS = { pause: "M7 5h3v14H7zM14 5h3v14h-3z", step: "M6 5l9 7-9 7zM16 5h2v14h-2z", stop: "M6 6h12v12H6z", resume: "M8 5l11 7-11 7z", restart: "M12 5V1L7 6l5 5V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z" };
const LABELS = { pause: "Pause", step: "Step one epoch", stop: "Stop", resume: "Resume", restart: "Restart" };
const HINTS = { step: "Train to the end of the next epoch, then pause", restart: "A new run from the same initial weights: same network, recipe and seed" };

function offered(state) {
  const { control, resume, restart } = state.data.buttons;
  const { status } = state.answer;
  if (status.active) return control ? ["pause", "step", "stop"] : [];
  const rest = restart ? ["restart"] : [];
  return resume && status.state !== "finished" ? ["resume", "step", ...rest] : rest;
}

export function buttons(state) {
  const { find, answer: { status } } = state;
  const names = offered(state);
  const row = find(".buttons");
  const focused = focusedBeside(state.root)?.dataset.wish;
  if (row.dataset.names !== names.join()) {
    row.dataset.names = names.join();
    row.replaceChildren(...names.map((name) => {
      const button = element("button", "", "", { "data-wish": name, title: HINTS[name] ?? "" });
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>${LABELS[name]}`;
      button.addEventListener("click", () => ask(state, name));
      return button;
    }));
    if (focused) (row.querySelector(`[data-wish="${focused}"]`) ?? row.firstChild)?.focus();
  }
  const wished = state.wish?.name ?? (status.pending || (status.until_epoch ? "step" : ""));
  for (const button of row.children) {
    const asked = button.dataset.wish === wished;
    button.classList.toggle("asked", asked);
    button.setAttribute("aria-disabled", asked);
  }
  const ahead = state.wish?.epoch ?? status.until_epoch;
  find(".wish").textContent = wished ? {
    pause: "Pausing after this step", stop: "Stopping after this step", step: `Pausing after epoch ${ahead}`,
    resume: "Resuming", restart: "Starting again",
  }[wished] : "";
}

function ask(state, name) {
  if (state.wish?.name === name) return;
  const { status } = state.answer;
  state.wish = { name, number: Date.now(), epoch: name === "step" ? status.epoch + 1 : null, from: status.state };
  state.find(".message").textContent = "";
  state.tell({ wish: name, number: state.wish.number });
  buttons(state);
}
