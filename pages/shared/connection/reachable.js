/* What Streamlit leaves out for those who do not point: code and tables that scroll take no focus of their own, and its
   place to drop files takes focus though it calls itself mere decoration. */

const SCROLLED = '[data-testid="stMain"] pre, [data-testid="stMain"] [data-testid="stTable"]';

function reach() {
  for (const each of document.querySelectorAll(SCROLLED)) {
    if (!(each instanceof HTMLElement) || each.tabIndex === 0) continue;
    each.tabIndex = 0;
    each.setAttribute("role", "region");
    each.setAttribute("aria-label", each.tagName === "PRE" ? "Code" : "Table");
  }
  document.querySelector('[data-testid="stFileUploaderDropzone"][role="presentation"]')?.setAttribute("role", "group");
}

new MutationObserver(reach).observe(document.documentElement, { subtree: true, childList: true });
reach();
