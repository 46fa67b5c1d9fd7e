/* Bytes and pixels. */

/**
 * What Python encoded with base64.
 * @param {string} text
 */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * Makes a canvas as large as its picture and fills it, pixel after pixel.
 * @param {HTMLCanvasElement} canvas
 * @param {number} height
 * @param {number} width
 * @param {(pixel: number) => ArrayLike<number> | null} colorAt [red, green, blue] of each pixel, row after row; null: none
 */
export function fillPixels(canvas, height, width, colorAt) {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const color = colorAt(pixel);
    if (!color) continue;
    image.data.set(color, 4 * pixel);
    image.data[4 * pixel + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
