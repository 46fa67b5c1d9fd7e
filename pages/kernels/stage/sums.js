/* The arithmetic of one output pixel, in numbers: patch x kernel = products, their sum, and the sum written out. */

import { css, grayOf, inkOn, signedOf } from "../../shared/js/colors.js";
import { element, put } from "../../shared/js/elements.js";
import { brief, signed } from "../../shared/js/numbers.js";

const CHANNEL_LETTERS = ["R", "G", "B"];
const SHORT_SUM = 9; // terms
const WRITING_MS = 120;

class Grid {
  constructor(root) {
    this.root = root;
    this.cells = [];
  }

  show(values, colorOf, digits) {
    if (this.cells.length !== values.length) {
      const taps = Math.round(Math.sqrt(values.length));
      this.root.style.setProperty("--taps", taps);
      this.root.dataset.taps = taps;
      this.root.replaceChildren();
      this.cells = Array.from(values, () => {
        const text = document.createTextNode("");
        const cell = this.root.appendChild(element("span"));
        cell.append(text);
        return { style: cell.style, text, value: NaN, ground: "" };
      });
    }
    for (let at = 0; at < values.length; at++) {
      const cell = this.cells[at];
      const color = colorOf(values[at]);
      const ground = css(color);
      if (cell.value !== values[at]) {
        cell.value = values[at];
        cell.text.data = short(values[at], digits);
      }
      if (cell.ground !== ground) {
        cell.ground = ground;
        cell.style.background = ground;
        cell.style.color = inkOn(color);
      }
    }
  }
}

/* A number for a small cell: so many decimals at most, and no zero before the point where cells are smallest. */
function short(value, decimals) {
  if (Math.abs(value) >= 1000) return brief(value, 0);
  const text = String(Number(value.toFixed(Math.abs(value) >= 10 ? Math.min(1, decimals) : decimals)));
  if (Math.abs(value) > 1e-12 && Number(text) === 0) return "~0";
  return signed(decimals < 3 ? text.replace("0.", ".") : text);
}

const inBrackets = (text) => (text.startsWith("−") ? `(${text})` : text);

/* "0.34·(−1) + 0.2·8 + ..." of one channel. */
function writtenTerms({ patch, weights }) {
  return Array.from(patch, (value, at) => `${inBrackets(brief(value))}·${inBrackets(brief(weights[at]))}`).join(" + ");
}

export class Sums {
  constructor(find) {
    this.patch = new Grid(find('[data-grid="patch"]'));
    this.weights = new Grid(find('[data-grid="weights"]'));
    this.products = new Grid(find('[data-grid="products"]'));
    this.before = find('[data-result="before"]');
    this.after = find('[data-result="after"]');
    this.written = find('[data-text="written"]');
    this.equation = find("[data-equation]");
    this.tabs = [...this.equation.querySelectorAll("[data-term]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.choose(tab.dataset.term));
    this.choose("products");
  }

  /* Where three large grids have no room beside each other, the style sheet shows the chosen one alone. */
  choose(term) {
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", tab.dataset.term === term);
    for (const grid of this.equation.querySelectorAll("[data-grid]")) {
      grid.parentElement.classList.toggle("shown", grid.dataset.grid === term);
    }
  }

  /* parts: terms of every plane (see terms in arithmetic.js); shown: the plane whose numbers are spread out;
     added: whether the planes add up to one sum; span: the values white and black stand for in the input. */
  show({ parts, shown, added, bias, relu, result, span }) {
    const { patch, weights, products } = parts[shown];
    const taps = Math.round(Math.sqrt(patch.length));
    this.equation.dataset.taps = taps;
    const digits = taps > 3 ? 2 : 3;
    const largest = (values) => Math.max(...Array.from(values, Math.abs)) || 1;
    const [weightLimit, productLimit] = [largest(weights), largest(products)];
    this.patch.show(patch, (value) => grayOf((value - span[0]) / (span[1] - span[0] || 1)), digits);
    this.weights.show(weights, (value) => signedOf(value / weightLimit), digits);
    this.products.show(products, (value) => signedOf(value / productLimit), digits);

    const chosen = added ? parts : [parts[shown]];
    const before = chosen.reduce((sum, part) => sum + part.sum, bias);
    this.lines(this.before, chosen.map((part, at) => [added ? `sum of ${CHANNEL_LETTERS[at]}` : "sum of products", part.sum]));
    this.lines(this.after, [["output pixel", result]]);

    clearTimeout(this.writing);
    const write = () => this.write(chosen, added, bias, before, relu, result);
    if (patch.length * chosen.length <= SHORT_SUM) write();
    else this.writing = setTimeout(write, WRITING_MS); // a page full of terms is for reading, not for sliding
  }

  write(chosen, added, bias, before, relu, result) {
    const terms = chosen.map((part, at) => (added ? `${CHANNEL_LETTERS[at]}: ` : "") + writtenTerms(part)).join(" + ");
    const addend = bias || added ? ` + bias ${inBrackets(brief(bias))}` : "";
    this.written.textContent = `${terms}${addend} = ${brief(before)}${relu ? ` → ReLU → ${brief(result)}` : ""}`;
  }

  lines(list, lines) {
    if (list.children.length !== lines.length * 2) {
      list.replaceChildren(...lines.flatMap(() => [element("dt"), element("dd")]));
    }
    lines.forEach(([label, value], at) => {
      put(list.children[at * 2], label);
      put(list.children[at * 2 + 1], brief(value, 4));
    });
  }
}
