/* Drawing on a canvas as sharp as the screen, in lengths that grow with the page's type. */

/** CSS pixels of a length of 1: one pixel at 1280 x 720, and more as style.css lets the type grow. */
export const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/**
 * Where the pointer is on a canvas, in lengths of its pen.
 * @param {Element} canvas
 * @param {MouseEvent} event
 * @returns {[number, number]}
 */
export function spotOn(canvas, { clientX, clientY }) {
  const { left, top } = canvas.getBoundingClientRect(), long = unit();
  return [(clientX - left) / long, (clientY - top) / long];
}

/**
 * The pen of an empty canvas, and how wide and high that is.
 * @param {any} canvas
 * @returns {{ pen: any, width: number, height: number }}
 */
export function penOn(canvas) {
  const { width, height } = canvas.getBoundingClientRect(), long = unit(), scale = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.dataset.pen = getComputedStyle(canvas).colorScheme; // on paper nothing is drawn anew: see everyone.css
  const pen = canvas.getContext("2d");
  pen.scale(scale * long, scale * long);
  return { pen, width: width / long, height: height / long };
}
