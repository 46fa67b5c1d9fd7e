/* One entry of the browser's history for each page a visitor opens: what is chosen on a page replaces the entry's address,
   so that Back leads to the page before, as it was left. Streamlit makes an entry of every address the server writes, and
   may write those of the page that is opened before it has left the one that is shown. Whoever goes back twice at once
   gets the page in between too: an entry for it would take the way forward. */

const push = window.history.pushState.bind(window.history);

/* The address of the page that is being left by a link, as it was when the link was followed. */
let left = "";

/* Whether Back or Forward led here, and nothing was clicked since. */
let returned = false;

window.addEventListener("popstate", () => [left, returned] = ["", true]);

const isElsewhere = (address) => new URL(address, window.location.href).pathname !== window.location.pathname;

/**
 * Whether a click opens a link in this tab.
 * @param {MouseEvent} event
 * @param {HTMLAnchorElement} link
 */
export const opensHere = (event, link) =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && !link.target;

document.addEventListener("click", (event) => {
  const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
  left = link && opensHere(event, link) && isElsewhere(link.href) ? window.location.href : "";
  returned = false;
}, true);

window.history.pushState = (state, unused, address) => {
  if (!isElsewhere(address ?? "")) {
    window.history.replaceState(state, unused, address);
    return;
  }
  if (returned) return;
  const opened = new URL(address, window.location.href);
  if (left) window.history.replaceState(window.history.state, "", left);
  left = "";
  push(state, unused, opened);
};
