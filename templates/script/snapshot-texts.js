// Every text the script of the page metrics shows, beside those in texts.js.

const SNAPSHOT_TEXT = {
  found: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `${count(shown)} of ${plural(all, "listed row", "listed rows")} ${shown === 1 ? "matches" : "match"}, ${count(all - shown)} hidden.`,
  unlisted: (/** @type {number} */ n) =>
    `${count(n)} more ${n === 1 ? "stands in the CSV files only and is" : "stand in the CSV files only and are"} not searched.`,
  hits: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `${count(shown)} of ${plural(all, "row", "rows")} ${shown === 1 ? "matches" : "match"}`,
};
