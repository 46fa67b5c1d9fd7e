/* Folds the sidebar away where the window has no room for it, on a phone as at 200 % of the browser's zoom, and unfolds it
   where there is room again. Streamlit folds it below 768 px only, on arrival, and for good. What a visitor folds or unfolds
   stays as it is. */

const narrow = window.matchMedia("(max-width: 1000px)");
const page = document.documentElement;

/* Whether it is folded for want of room, not by hand. */
let forRoom = narrow.matches;

/** @param {string} selector */
const find = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));
const opened = () => find('[data-testid="stSidebarCollapseButton"] [aria-expanded="true"]');

/* Until it is folded it takes no room, see style.css. */
const begin = () => {
  if (narrow.matches) page.dataset.folding = "";
  fold();
};

function fold() {
  if (!("folding" in page.dataset)) return;
  const open = opened();
  if (open) open.click();
  else if (find('[data-testid="stSidebar"]')) delete page.dataset.folding;
}

function turn() {
  if (narrow.matches) forRoom = opened() !== null;
  else if (forRoom) find('[data-testid="stExpandSidebarButton"]')?.click();
  begin();
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapseButton"]');
  if (button && event.isTrusted) forRoom = false;
}, true);
new MutationObserver(fold).observe(page, { subtree: true, childList: true, attributeFilter: ["aria-expanded"] });
narrow.addEventListener("change", turn);
begin();
