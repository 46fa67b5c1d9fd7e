// The stops of the route, one link each: a click goes where the sidebar's link of the same page goes, without a reload.

import { planted, remembering } from "../../shared/js/elements.js";

const rootOf = remembering((parent) => {
  const { root } = planted(parent, "drawing");
  root.addEventListener("click", follow);
  return root;
});

export default function ({ parentElement, data }) {
  const root = rootOf(parentElement);
  if (root.dataset.shown !== data.shown) {
    root.innerHTML = data.html; // all of it is our own, nothing in it comes from a visitor
    root.dataset.shown = data.shown;
  }
}

function follow(event) {
  const link = event.target.closest("a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const page = new URL(link.href, location.href).pathname;
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const entries = document.querySelectorAll('[data-testid="stSidebarNavLink"]');
  const entry = [...entries].find((each) => new URL(each.href, location.href).pathname === page);
  if (!entry) return;
  event.preventDefault();
  entry.click();
}
