// Four steps, each with a frame around what it speaks of. They come unasked only where somebody arrives at the plain
// address, whom no link has sent to something certain, and only once: where nothing can be remembered, never.

import { focusedBeside, planted, remembering } from "../../shared/js/elements.js";
import { remember, remembered } from "../../shared/js/memory.js";

const SEEN = "convscope.tour";

const stateOf = remembering((parent, { steps }) => {
  const { root, find } = planted(parent, "tour", `
    <button type="button" class="again">Show me around</button>
    <section aria-label="Tour">
      <p aria-live="polite"></p>
      <div><span></span><button type="button" class="back">Back</button><button type="button" class="next"></button><button type="button" class="close">Close</button></div>
    </section>`);
  const state = { root, find, steps, at: isFirstVisit() ? 0 : steps.length }; // behind the last step there is nothing to see
  find(".again").addEventListener("click", () => go(state, 0));
  find(".back").addEventListener("click", () => go(state, state.at - 1));
  find(".next").addEventListener("click", () => go(state, state.at + 1));
  find(".close").addEventListener("click", () => go(state, steps.length));
  return state;
});

export default function ({ parentElement, data }) {
  const state = stateOf(parentElement, data);
  const leave = (event) => event.key === "Escape" && go(state, state.steps.length);
  document.addEventListener("keydown", leave);
  show(state);
  return () => {
    document.removeEventListener("keydown", leave);
    frame(null);
  };
}

function isFirstVisit() {
  const [arrival] = performance.getEntriesByType("navigation");
  const { pathname, search } = new URL(arrival.name);
  if (search || pathname !== location.pathname || remembered(SEEN)) return false;
  remember(SEEN, "seen");
  return remembered(SEEN) !== null;
}

function go(state, at) {
  const inside = state.root.contains(focusedBeside(state.root));
  state.at = at;
  show(state);
  if (inside) state.find(at === state.steps.length ? ".again" : ".next").focus();
}

function show({ find, steps, at }) {
  const closed = at === steps.length;
  find("section").hidden = closed;
  find(".again").hidden = !closed;
  frame(closed ? null : steps[at][1]);
  if (closed) return;
  find("p").textContent = steps[at][0];
  find("span").textContent = `${at + 1} of ${steps.length}`;
  find(".back").disabled = at === 0;
  find(".next").textContent = at === steps.length - 1 ? "Done" : "Next";
}

let waiting = 0;

// The frame is drawn by the page's style sheet; what it goes around may still be on its way.
function frame(selector) {
  clearTimeout(waiting);
  for (const framed of document.querySelectorAll("[data-toured]")) framed.removeAttribute("data-toured");
  const spokenOf = selector ? document.querySelectorAll(selector) : [];
  for (const each of spokenOf) each.setAttribute("data-toured", "");
  if (selector && !spokenOf.length) waiting = setTimeout(() => frame(selector), 200);
}
