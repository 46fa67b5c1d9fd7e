/* Elements: made, found, filled, and what a component remembers of those it made. */

const REST_MS = 500;

/**
 * @param {string} tag a button sends no form
 * @param {string} [name] its classes
 * @param {string} [text]
 * @param {Record<string, any>} [attributes]
 * @returns {any} an element; which kind, whoever names the tag knows
 */
export function element(tag, name = "", text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  for (const [attribute, value] of Object.entries(tag === "button" ? { type: "button", ...attributes } : attributes))
    made.setAttribute(attribute, value);
  return made;
}

/**
 * Writes a text where it differs from what is there, so that nothing is laid out anew without need.
 * @param {{ textContent: string | null }} box
 * @param {string} text
 */
export function put(box, text) {
  if (box.textContent !== text) box.textContent = text;
}

/**
 * A component's root: in it what `html` says.
 * @param {Element} parent
 * @param {string} name its classes
 * @param {string} [html] our own, nothing in it comes from a visitor
 * @returns {{ root: any, find: (selector: string) => any }}
 */
export function planted(parent, name, html = "") {
  const root = element("div", name);
  root.innerHTML = html;
  parent.append(root);
  return { root, find: (selector) => root.querySelector(selector) };
}

/**
 * Streamlit calls a component again with new data: what `build` made for a place is there again the next time.
 * @param {(parent: any, data: any) => any} build
 * @returns {(parent: any, data?: any) => any}
 */
export function remembering(build) {
  const states = new WeakMap();
  return (parent, data) => {
    if (!states.has(parent)) states.set(parent, build(parent, data));
    return states.get(parent);
  };
}

/**
 * Streamlit cleans up after a call that a newer one overtook, too: what is still on the page then goes on.
 * @param {Node} parent
 * @param {() => void} act once it is gone
 * @returns {() => void} what a component returns
 */
export const leaving = (parent, act) => () => void setTimeout(() => parent.isConnected || act());

/**
 * The element that has the focus, inside the component as outside.
 * @param {Element} inside any element of the component
 * @returns {any}
 */
export const focusedBeside = (inside) => /** @type {Document | ShadowRoot} */ (inside.getRootNode()).activeElement;

/**
 * What the style sheet, or Streamlit's theme, sets a custom property to.
 * @param {Element} inside
 * @param {string} name such as "--st-primary-color"
 */
export const themed = (inside, name) => getComputedStyle(inside).getPropertyValue(name).trim();

/**
 * What is to be done once the hands rest: the newest in place of what waits, nothing where the element is gone by then.
 * @param {Element} inside any element of the component
 * @returns {(act: () => void) => void}
 */
export function resting(inside) {
  let waiting = 0;
  return (act) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => inside.isConnected && act(), REST_MS);
  };
}
