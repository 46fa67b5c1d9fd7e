/* Follows a link, and Back and Forward, until their page is there. Streamlit forgets them where the server does not answer,
   or ends before it has heard of them; and it draws the page that is being left anew, in place of the next one, where that
   page tells of a choice before it hears of the next one. */

import { opensHere } from "./history.js";

const PATIENCE_MS = 1000; // between the end of the run that a link may have waited for and the start of its own
const UNHEARD_MS = 5000; // so long without a run; one that is shorter than a frame is not seen
const MOST = 3; // times that a link is followed again
const NAVIGATION = '[data-testid="stSidebarNavLink"]';
const LINKS = `${NAVIGATION}, [data-testid="stPageLink-NavLink"], [data-testid="stLogoLink"]`;

/* Where there is no server, a link in the sidebar takes no clicks, and what is around it does. */
const AROUND = '[data-testid="stSidebarNavLinkContainer"]';

/** @type {{ path: string, follow: () => void, again: number } | null} */
let wanted = null;

/* Whether links wait: the server does not answer, or draws the page that was shown before it went away. */
let held = false;

let following = false;
let waiting = 0;
let due = Infinity; // when it is followed again

/** @param {string} address */
const pathOf = (address) => new URL(address, window.location.href).pathname.replace(/\/$/, "");
const runs = () => document.querySelector('[data-testid="stApp"]:not([data-test-script-state="notRunning"])') !== null;

/** @param {string} path */
function isShown(path) {
  const link = document.querySelector(`${NAVIGATION}[aria-current="page"]`);
  return link instanceof HTMLAnchorElement && pathOf(link.href) === path;
}

/** @param {string} address @param {() => void} follow */
function want(address, follow) {
  const path = pathOf(address);
  wanted = isShown(path) ? null : { path, follow, again: 0 };
  due = Infinity;
  followWithin(UNHEARD_MS);
}

/* The link that is clicked, at a target; the logo, which is none itself, leads to the first page. */
function linkAt(target) {
  const at = target instanceof Element && target.closest(held ? `${LINKS}, ${AROUND}` : LINKS);
  if (!at || at instanceof HTMLAnchorElement) return at;
  return at.querySelector(NAVIGATION) ?? document.querySelector(NAVIGATION);
}

document.addEventListener("click", (event) => {
  const link = linkAt(event.target);
  if (following || !(link instanceof HTMLAnchorElement) || !opensHere(event, link)) return;
  want(link.href, () => link.click());
  if (!held) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

window.addEventListener("popstate", () => {
  if (!following) want(window.location.href, () => window.dispatchEvent(new PopStateEvent("popstate")));
});

/** Follows again in so many milliseconds, or sooner if that is due: a page that looks again twice a second puts nothing off. */
function followWithin(ms) {
  const now = performance.now();
  due = Math.min(due, now + ms);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    due = Infinity;
    if (!runs()) followAgain(); // a page that is shown may be taken back while it runs
  }, due - now);
}

function followAgain() {
  clearTimeout(waiting);
  if (wanted && isShown(wanted.path)) wanted = null;
  if (!wanted || held || wanted.again === MOST) return;
  wanted.again += 1;
  following = true;
  wanted.follow();
  following = false;
  due = Infinity;
  followWithin(UNHEARD_MS);
}

function look() {
  if (wanted && !runs()) followWithin(PATIENCE_MS);
}

/** Lets links wait. */
export function hold() {
  held = true;
}

/** Follows what waits, and links again. */
export function release() {
  held = false;
  followAgain();
}

new MutationObserver(look).observe(document.documentElement, { subtree: true, attributeFilter: ["data-test-script-state"] });
