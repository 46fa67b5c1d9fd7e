/* What is pointed at, by a mouse and by a finger. */

/** Whether it is a finger: words then speak of taps. */
export const BY_FINGER = matchMedia("(hover: none)").matches;

/**
 * Calls `at` under a mouse that moves, and where a finger taps or is drawn sideways; not where one is put down or drawn up
 * or down, which scrolls the page. What a finger pointed at stays so when it is off again: `away` is for the mouse.
 * @param {Element} target
 * @param {(event: any) => void} at
 * @param {(event: any) => void} [away]
 */
export function onPointed(target, at, away = () => {}) {
  let from = { clientX: 0, clientY: 0 };
  const listen = (kind, act) => target.addEventListener(kind, act);
  listen("pointerdown", (event) => (from = event));
  listen("pointermove", (event) => {
    const [across, down] = [event.clientX - from.clientX, event.clientY - from.clientY].map(Math.abs);
    if (event.pointerType === "mouse" || across > down) at(event);
  });
  listen("click", at);
  listen("pointerleave", (event) => event.pointerType === "mouse" && away(event));
}
