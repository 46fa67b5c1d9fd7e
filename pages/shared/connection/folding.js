/* Folds the sidebar away where the window has no room for it, on a phone as at 200 % of the browser's zoom. Streamlit does
   so below 768 px only, and only on arrival. Whoever unfolds it keeps it. */

const narrow = window.matchMedia("(max-width: 1000px)");
const page = document.documentElement;

/* Until it is folded it takes no room, see style.css. */
const begin = () => {
  if (narrow.matches) page.dataset.folding = "";
  fold();
};

function fold() {
  if (!("folding" in page.dataset)) return;
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  /** @type {HTMLElement | null | undefined} */
  const open = sidebar?.querySelector('[data-testid="stSidebarCollapseButton"] [aria-expanded="true"]');
  if (open) open.click();
  else if (sidebar) delete page.dataset.folding;
}

new MutationObserver(fold).observe(page, { subtree: true, childList: true, attributeFilter: ["aria-expanded"] });
narrow.addEventListener("change", begin);
begin();
