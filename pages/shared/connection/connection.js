/* Tells a visitor in words when the server does not answer. Streamlit itself tries again and again, and goes on where it
   was; only where it has given up is the page loaded anew. In every page's head, see core/web/own_page.py. */

import "./folding.js";
import { hold, release } from "./following.js";
import "./history.js";
import "./reachable.js";

const PATIENCE_MS = 3000; // a reconnection within so long is nothing to speak of
const LOOK_MS = 500;
const DRAWING_MS = 10_000; // links wait no longer than that for the page to be drawn anew
const SENTENCE = "Convscope does not answer at the moment. This page comes back by itself as soon as it does.";

const banner = document.createElement("div");
banner.setAttribute("role", "status");
banner.dataset.testid = "connection";
banner.style.cssText =
  "position:fixed; z-index:1000000; top:0.75rem; left:50%; transform:translateX(-50%); max-width:calc(100vw - 2rem);" +
  "box-sizing:border-box; padding:0.6rem 1rem; border:1px solid currentColor; border-radius:4px; font-size:1rem;" +
  "line-height:1.4; background:Canvas; color:CanvasText; display:none";
document.body.append(banner);

/** @type {number | null} */
let lost = performance.now();

/** @type {number | null} */
let redrawn = null;

/** @returns {HTMLElement | null} */
const app = () => document.querySelector('[data-testid="stApp"]');
const connection = () => app()?.dataset.testConnectionState;
const runs = () => app()?.dataset.testScriptState !== "notRunning";

let everConnected = false;

function look() {
  const now = performance.now();
  if (connection() !== "CONNECTED") {
    if (lost === null) hold();
    lost ??= now;
  } else if (lost !== null) {
    if (everConnected) drawAnew();
    [lost, everConnected] = [null, true];
  } else if (redrawn !== null && now - redrawn > (runs() ? DRAWING_MS : LOOK_MS)) {
    redrawn = null;
    release();
  }
  tell(lost !== null && now - lost > PATIENCE_MS);
}

function tell(silent) {
  if (silent === (banner.style.display !== "none")) return;
  const page = app();
  if (page) {
    const { backgroundColor, color, fontFamily } = getComputedStyle(page);
    Object.assign(banner.style, { backgroundColor, color, fontFamily });
  }
  banner.style.display = silent ? "block" : "none";
  banner.textContent = silent ? SENTENCE : "";
}

/* A server that started anew knows nothing of the choices in the address until the page is drawn: Streamlit does so by
   itself only where a run was cut short, else the next link would lose them. "r" is its key for it. */
function drawAnew() {
  redrawn = performance.now();
  for (const kind of ["keydown", "keypress", "keyup"])
    document.body.dispatchEvent(new KeyboardEvent(kind, { key: "r", code: "KeyR", bubbles: true }));
}

async function returnIfGivenUp() {
  if (connection() !== "DISCONNECTED_FOREVER") return;
  const answer = await fetch("_stcore/health", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) window.location.reload();
}

/* At once, not at the next look: a page that is asked for after a link was followed takes the place of the link's. */
const STATES = ["data-test-connection-state", "data-test-script-state"];
new MutationObserver(look).observe(document.documentElement, { subtree: true, attributeFilter: STATES });
setInterval(look, LOOK_MS);
setInterval(returnIfGivenUp, 2 * PATIENCE_MS);
