// Every text the script of the page metrics shows, beside those in texts.js.

const SNAPSHOT_TEXT = {
  found: (/** @type {string} */ shown, /** @type {string} */ all, /** @type {string} */ hidden) =>
    `${shown} of ${all} listed rows match, ${hidden} hidden.`,
  unlisted: (/** @type {string} */ n) => `${n} more stand in the CSV files only and are not searched.`,
  hits: (/** @type {string} */ shown, /** @type {string} */ all) => `${shown} of ${all} rows match`,
};
