/* What this browser remembers from visit to visit. Where site data is blocked, or in another site's frame, every access to
   the storage throws: nothing is remembered then. */

/**
 * @param {string} key
 * @returns {string | null}
 */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* as said */
  }
}
