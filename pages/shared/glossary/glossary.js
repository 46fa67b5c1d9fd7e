// Marks every word of the glossary where it first stands on the page, and says what it means when somebody points at it,
// comes to it with the keyboard, or taps it. One of these serves the whole page, components included.

import { element } from "../js/elements.js";
import STYLE from "./words.css" with { type: "text" };

const TEXTS = ".lesson-opening p, .lesson-part p, .lesson-insight, .lesson-note, .lesson-points li, .route-lead, [data-words]";
const TAKEN = "dfn, a, button, code, select, option, [role=button]";
const REST_MS = 200; // after the page has changed
const LEAVE_MS = 150; // to come from the word to its explanation

export default function ({ data }) {
  globalThis.convscopeGlossary ??= begin(data.words);
}

function begin(words) {
  for (const word of words) word.regex = new RegExp(word.pattern, word.exact ? "" : "i");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  const tip = element("div", "word-tip");
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // who cannot see it hears the word's description
  const state = { words, sheet, tip, marked: null };
  state.observer = new MutationObserver(() => soon(state));
  state.observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  document.addEventListener("toggle", () => soon(state), true);
  document.addEventListener("convscope:words", () => soon(state)); // a component has drawn its words
  document.addEventListener("pointerover", (event) => {
    const word = wordOf(event);
    if (word) show(state, word);
    else if (event.target !== tip && !tip.contains(event.target)) leave(state);
    else clearTimeout(state.leaving);
  });
  document.addEventListener("focusin", (event) => (wordOf(event) ? show(state, wordOf(event)) : hide(state)));
  document.addEventListener("focusout", () => hide(state));
  document.addEventListener("click", (event) => {
    const word = wordOf(event);
    if (!word) return;
    event.preventDefault(); // a word in a label would open what the label is for
    show(state, word);
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide(state));
  document.addEventListener("scroll", () => tip.hidden || place(state), { capture: true, passive: true });
  soon(state);
  return state;
}

const wordOf = (event) => event.composedPath().find((each) => each.matches?.("dfn.word"));

function soon(state) {
  if (state.timer) return;
  state.timer = setTimeout(() => {
    state.timer = null;
    mark(state);
    state.observer.takeRecords(); // what this changed itself
  }, REST_MS);
}

// Marking

function mark({ words, sheet }) {
  const claimed = new Set();
  for (const place of places(document)) {
    for (const old of place.querySelectorAll("dfn.word")) {
      if (claimed.has(old.dataset.word)) old.replaceWith(...old.childNodes);
      claimed.add(old.dataset.word);
    }
    for (const word of words) {
      if (claimed.has(word.name) || !wrap(place, word)) continue;
      claimed.add(word.name);
      describe(place.getRootNode(), word, sheet);
    }
  }
}

// The visible texts of the page from top to bottom, those inside components too.
function* places(root) {
  for (const element of root.querySelectorAll("*")) {
    if (element.matches(TEXTS) && element.checkVisibility()) yield element;
    if (element.shadowRoot) yield* places(element.shadowRoot);
  }
}

function wrap(place, word) {
  if (!word.regex.test(place.textContent)) return false;
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(TAKEN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  let node;
  while ((node = /** @type {Text} */ (walker.nextNode()))) {
    const found = word.regex.exec(node.data);
    if (!found) continue;
    const text = node.splitText(found.index);
    text.splitText(found[0].length);
    const marked = element("dfn", "word");
    marked.tabIndex = 0;
    marked.dataset.word = word.name;
    marked.setAttribute("aria-describedby", idOf(word));
    text.replaceWith(marked);
    marked.append(text);
    return true;
  }
  return false;
}

const idOf = (word) => `word-${word.name.replace(/\W+/g, "-")}`;

// Puts a word's explanation where its mark can refer to it, and the marks' look: once into every tree.
function describe(root, word, sheet) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  if (root.getElementById(idOf(word))) return;
  const says = element("span", "", word.says);
  says.id = idOf(word);
  says.hidden = true;
  (root.body ?? root).append(says);
}

// Explaining

function show(state, marked) {
  clearTimeout(state.leaving);
  const { tip } = state;
  const word = state.words.find(({ name }) => name === marked.dataset.word);
  tip.replaceChildren(element("b", "", word.name), `: ${word.says}`);
  const app = document.querySelector('[data-testid="stApp"]') ?? document.body; // has the page's colors
  if (tip.parentElement !== app) app.append(tip);
  tip.hidden = false;
  state.marked = marked;
  place(state);
  state.observer.takeRecords();
}

// Under the word, above it where there is more room; it goes along when the page scrolls, as it does for a word that the
// keyboard comes to.
function place(state) {
  const { tip, marked } = state;
  const [line] = marked.getClientRects();
  if (!line || line.bottom < 0 || line.top > window.innerHeight) return hide(state);
  const { width, height } = tip.getBoundingClientRect();
  const below = line.bottom + 6;
  const above = line.top - height - 6;
  tip.style.left = `${Math.max(12, Math.min(line.left, document.documentElement.clientWidth - width - 12))}px`;
  tip.style.top = `${below + height > window.innerHeight && above > 0 ? above : below}px`;
}

function hide(state) {
  clearTimeout(state.leaving);
  state.tip.hidden = true;
}

// A pointer that has left a word may be on its way to the explanation; what the keyboard has come to stays explained.
function leave(state) {
  clearTimeout(state.leaving);
  if (state.tip.hidden) return;
  state.leaving = setTimeout(() => hide(state), LEAVE_MS);
}
