// Filter over all findings: every word has to occur in title, space or owner; "…" is a phrase, -word excludes rows.

/** Texts of the filter, in addition to those in texts.js. */
const SNAPSHOT_TEXT = {
  found: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `${count(shown)} of ${plural(all, "listed row", "listed rows")} ${shown === 1 ? "matches" : "match"}, ${count(all - shown)} hidden.`,
  unlisted: (/** @type {number} */ n) =>
    `${count(n)} more ${n === 1 ? "row is" : "rows are"} only in the CSV files and not searched.`,
  hits: (/** @type {number} */ shown, /** @type {number} */ all) =>
    `${count(shown)} of ${plural(all, "row", "rows")} ${shown === 1 ? "matches" : "match"}`,
};

/** @param {string} text @returns {{ text: string, isWanted: boolean }[]} */
function filterWordsOf(text) {
  const words = [];
  for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)) {
    const wanted = folded(phrase ?? word ?? "").trim();
    if (wanted !== "") words.push({ text: wanted, isWanted: minus === "" });
  }
  return words;
}

class FindingsFilter {
  constructor() {
    this.input = /** @type {HTMLInputElement} */ (need("filter"));
    this.found = need("found");
    this.lists = Array.from(document.querySelectorAll("details[data-finding]")).map((list) => {
      const details = /** @type {HTMLDetailsElement} */ (list);
      const rows = Array.from(details.querySelectorAll("tbody tr")).map((row) => ({
        row: /** @type {HTMLTableRowElement} */ (row),
        // folded on the first search, not while the page loads
        text: "",
      }));
      return { details, rows, hits: details.querySelector(".hits"), wasOpen: false };
    });
    /** Whether lists are open because of the filter. */
    this.isFiltering = false;
    /** @type {number|undefined} */
    this.pause = undefined;
  }

  start() {
    need("tools").hidden = this.lists.length === 0;
    this.input.addEventListener("input", () => {
      this.apply();
      history.replaceState(null, "", this.input.value === "" ? "#findings" : "#?q=" + encodeURIComponent(this.input.value));
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.input.value === "") return;
      event.preventDefault();
      this.input.value = "";
      this.input.dispatchEvent(new Event("input"));
    });
  }

  /** @param {string} text */
  set(text) {
    if (this.input.value === text) return;
    this.input.value = text;
    this.apply(0);
  }

  /**
   * @param {number} pause milliseconds before the result is announced, so that screen readers read it once while someone types
   */
  apply(pause = 200) {
    const words = filterWordsOf(this.input.value);
    const isFiltering = words.length > 0;
    if (isFiltering) this.fold();
    let shown = 0;
    let all = 0;
    for (const list of this.lists) {
      let hits = 0;
      for (const { row, text } of list.rows) {
        const matches = words.every((word) => text.includes(word.text) === word.isWanted);
        row.hidden = !matches;
        if (matches) hits += 1;
      }
      if (list.hits) list.hits.textContent = isFiltering ? SNAPSHOT_TEXT.hits(hits, list.rows.length) : "";
      // clearing the filter restores the lists that were open before
      if (isFiltering && !this.isFiltering) list.wasOpen = list.details.open;
      if (isFiltering) list.details.open = hits > 0;
      else if (this.isFiltering) list.details.open = list.wasOpen;
      shown += hits;
      all += list.rows.length;
    }
    this.isFiltering = isFiltering;
    this.say(isFiltering ? this.words(shown, all) : "", pause);
  }

  /** Folds the searched texts. Every row has a title, so no text stays empty. */
  fold() {
    for (const entry of this.lists.flatMap((list) => list.rows)) {
      entry.text ||= folded(Array.from(entry.row.querySelectorAll("[data-searched]"), (cell) => cell.textContent).join("\n"));
    }
  }

  /** @param {number} shown @param {number} all */
  words(shown, all) {
    const unlisted = Number(this.found.dataset.unlisted);
    const found = SNAPSHOT_TEXT.found(shown, all);
    return unlisted === 0 ? found : found + " " + SNAPSHOT_TEXT.unlisted(unlisted);
  }

  /** @param {string} text @param {number} pause */
  say(text, pause) {
    window.clearTimeout(this.pause);
    this.pause = window.setTimeout(() => { this.found.textContent = text; }, pause);
  }
}
