// Reads the data block of the page.

/** FNV-1a over UTF-16 code units, as data/mod.rs computes it. @param {string} text */
function checksum(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Reads the data or throws: a page without its data must never look like a page without files. */
function readBlock() {
  const block = byId("data");
  if (!block) throw new Error(TEXT.dataMissing);
  const text = block.textContent || "";
  if (checksum(text) !== block.dataset.checksum) throw new Error(TEXT.dataDamaged);
  const data = JSON.parse(text);
  const rows = Number(block.dataset.rows);
  const { measures = {}, ...columns } = data.columns || data.files;
  for (const column of [...Object.values(columns), ...Object.values(measures)]) {
    if (column.length !== rows) throw new Error(TEXT.dataRows);
  }
  useShared(data.shared);
  // free the text: it is as large as all values together
  block.textContent = "";
  return { data, rows };
}

/**
 * Returns one row of a table of the data block as an object with one field per column.
 * @param {any} table @param {number} index @returns {any}
 */
function entryOf(table, index) {
  return Object.fromEntries(Object.entries(table).map(([name, column]) => [name, column[index]]));
}

/** @param {unknown} error */
function showError(error) {
  const panel = byId("data-error");
  if (!panel) return;
  const why = error instanceof Error ? error.message : String(error);
  panel.replaceChildren(element("strong", "", TEXT.cannotShow(why)), element("p", "", TEXT.doNotRely));
  panel.hidden = false;
}
