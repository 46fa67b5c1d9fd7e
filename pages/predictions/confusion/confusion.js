// A confusion matrix as a table of buttons. Arrow keys walk, Enter or a click chooses.

const states = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let state = states.get(parentElement);
  if (!state) {
    const table = document.createElement("table");
    parentElement.appendChild(table);
    state = { table };
    states.set(parentElement, state);
    table.addEventListener("click", (event) => choose(state, event.target.closest(".cell")));
    table.addEventListener("keydown", (event) => walk(state, event));
  }
  state.data = data;
  state.choose = (cell) => setTriggerValue("clicked", cell);
  draw(state);
}

function draw(state) {
  const { table, data } = state;
  const focused = table.getRootNode().activeElement?.dataset?.at;
  const head = document.createElement("thead");
  const names = head.insertRow();
  names.append(corner(), ...data.names.map((name) => header(name, "", "col")));
  const body = document.createElement("tbody");
  data.counts.forEach((row, truth) => {
    const line = body.insertRow();
    line.append(header(data.names[truth], "", "row"));
    row.forEach((count, answer) => line.insertCell().append(cell(data, truth, answer, count)));
  });
  const caption = document.createElement("caption");
  caption.textContent = "Rows: true class. Columns: the network's answer.";
  table.replaceChildren(caption, head, body);
  table.dataset.drawn = data.counts.length;
  if (focused) table.querySelector(`[data-at="${focused}"]`)?.focus();
}

function corner() {
  const element = document.createElement("td");
  element.className = "corner";
  return element;
}

function header(text, name, scope) {
  const element = document.createElement("th");
  if (name) element.className = name;
  if (scope) element.scope = scope;
  if (scope === "col") {
    const span = document.createElement("span");
    span.textContent = text;
    element.append(span);
  } else element.textContent = text;
  return element;
}

function cell(data, truth, answer, count) {
  const element = document.createElement(data.selectable ? "button" : "div");
  const share = data.shares[truth][answer];
  const chosen = data.selected && data.selected[0] === truth && data.selected[1] === answer;
  element.className = ["cell", truth === answer ? "right" : "wrong", count ? "" : "none", chosen ? "chosen" : ""].join(" ");
  // A square root keeps rare mistakes visible beside the diagonal.
  element.style.setProperty("--share", (0.85 * Math.sqrt(share)).toFixed(3));
  element.textContent = count.toLocaleString("en");
  element.dataset.at = `${truth},${answer}`;
  const whole = data.counts[truth].reduce((sum, other) => sum + other, 0).toLocaleString("en");
  element.title = `true ${data.names[truth]}, answered ${data.names[answer]}: ${count.toLocaleString("en")} of ${whole}`;
  element.setAttribute("aria-label", element.title);
  if (data.selectable) {
    element.type = "button";
    const home = data.selected || [0, 0];
    element.tabIndex = home[0] === truth && home[1] === answer ? 0 : -1;
    element.setAttribute("aria-pressed", Boolean(chosen));
  }
  return element;
}

function place(element) {
  return element.dataset.at.split(",").map(Number);
}

function choose(state, element) {
  if (element && state.data.selectable) state.choose(place(element));
}

function walk(state, event) {
  const element = event.target.closest(".cell");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!element || !step) return;
  event.preventDefault();
  const [truth, answer] = place(element);
  state.table.querySelector(`[data-at="${truth + step[0]},${answer + step[1]}"]`)?.focus();
}
