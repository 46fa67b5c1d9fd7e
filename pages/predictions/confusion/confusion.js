// A confusion matrix as a table of buttons. Arrow keys walk, Enter or a click chooses.

import { element, focusedBeside, remembering } from "../../shared/js/elements.js";
import { arrow } from "../../shared/js/keys.js";
import { grouped } from "../../shared/js/numbers.js";

const stateOf = remembering((parent) => {
  const scroller = parent.appendChild(element("div", "scroller"));
  const state = { scroller, table: scroller.appendChild(element("table")) };
  state.table.addEventListener("click", (event) => choose(state, event.target.closest(".cell")));
  state.table.addEventListener("keydown", (event) => walk(state, event));
  return state;
});

export default function ({ parentElement, data, setTriggerValue }) {
  const state = stateOf(parentElement);
  state.data = data;
  state.choose = (cell) => setTriggerValue("clicked", cell);
  draw(state);
}

function draw(state) {
  const { scroller, table, data } = state;
  const focused = focusedBeside(table)?.dataset.at;
  const head = element("thead");
  const names = head.insertRow();
  names.append(element("td", "corner"), ...data.names.map((name) => header(name, "col")));
  const body = element("tbody");
  data.counts.forEach((row, truth) => {
    const line = body.insertRow();
    line.append(header(data.names[truth], "row"));
    row.forEach((count, answer) => line.insertCell().append(cell(data, truth, answer, count)));
  });
  const unit = data.percent ? " In percent." : "";
  const caption = element("caption", "", `Rows: true class. Columns: the network's answer.${unit}`);
  table.style.setProperty("--longest", Math.min(18, Math.max(...data.names.map((name) => name.length))));
  table.style.setProperty("--classes", data.names.length);
  table.classList.toggle("many", data.names.length > 14); // a picture then, its numbers under the pointer
  table.replaceChildren(caption, head, body);
  scroller.tabIndex = !data.selectable && scroller.scrollWidth > scroller.clientWidth ? 0 : -1; // else its cells are reached
  table.dataset.drawn = data.counts.length;
  if (focused) table.querySelector(`[data-at="${focused}"]`)?.focus();
}

function header(text, scope) {
  const made = element("th", "", "", { scope, title: text }); // what is too long is cut
  made.append(scope === "col" ? element("span", "", text) : text);
  return made;
}

function cell(data, truth, answer, count) {
  const made = element(data.selectable ? "button" : "div");
  const share = data.shares[truth][answer];
  const chosen = data.selected && data.selected[0] === truth && data.selected[1] === answer;
  made.className = ["cell", truth === answer ? "right" : "wrong", count ? "" : "none", chosen ? "chosen" : ""].join(" ");
  // A square root keeps rare mistakes visible beside the diagonal.
  made.style.setProperty("--share", (0.85 * Math.sqrt(share)).toFixed(3));
  made.textContent = data.percent ? (100 * share).toFixed(1) : grouped(count);
  made.dataset.at = `${truth},${answer}`;
  const whole = grouped(data.counts[truth].reduce((sum, other) => sum + other, 0));
  made.title = `true ${data.names[truth]}, answered ${data.names[answer]}: ${grouped(count)} of ${whole}`;
  made.setAttribute("aria-label", made.title);
  if (data.selectable) {
    const home = data.selected || [0, 0];
    made.tabIndex = home[0] === truth && home[1] === answer ? 0 : -1;
    made.setAttribute("aria-pressed", Boolean(chosen));
  }
  return made;
}

function place(cell) {
  return cell.dataset.at.split(",").map(Number);
}

function choose(state, cell) {
  if (cell && state.data.selectable) state.choose(place(cell));
}

function walk(state, event) {
  const from = event.target.closest(".cell");
  const step = from && arrow(event);
  if (!step) return;
  const [truth, answer] = place(from);
  state.table.querySelector(`[data-at="${truth + step[0]},${answer + step[1]}"]`)?.focus();
}
