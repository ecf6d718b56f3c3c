// Cleanup list to send to a space owner. It contains only unreferenced, unprotected files of a complete run.

/**
 * Returns the header lines: which run the list is from.
 * @param {Rows} rows @param {number[]} chosen @param {string} filter
 */
function listHead(rows, chosen, filter) {
  const { run } = rows.data;
  const size = chosen.reduce((sum, row) => sum + rows.known[row], 0);
  return [
    TEXT.listTitle,
    TEXT.listRun + ": " + run.id,
    TEXT.listSite + ": " + run.site,
    TEXT.listTime + ": " + csvTime(run.started),
    TEXT.listAccount + ": " + run.account,
    TEXT.listRead + ": " + run.read,
    ...(filter === "" ? [] : [TEXT.listFilter + ": " + filter]),
    files(chosen.length) + ", " + bytes(size),
    TEXT.listNote,
  ].map((line) => visible(oneLine(line)));
}

/** @param {string} text */
const markdown = (text) => visible(oneLine(text)).replace(/[\\`*_[\]<>|~&]/g, "\\$&");

/** @param {Rows} rows @param {number} row */
const pageTitle = (rows, row) => {
  const content = rows.content(row);
  return content === null ? TEXT.unknown : content.title;
};

/** @type {Record<string, (rows: Rows, chosen: number[], head: string[]) => string>} */
const LIST_FORMATS = {
  table(rows, chosen, head) {
    const lines = chosen.map((row) => [
      rows.rawName(row), rows.all[row] < 0 ? TEXT.unknown : String(rows.all[row]), rows.space(row).key, pageTitle(rows, row),
      rows.owner(row) ?? TEXT.unknown, rows.author(row) ?? TEXT.unknown, csvTime(rows.data.columns.changed[row]),
      rows.address(row, "screen") ?? "", rows.id(row), rows.noUse(row),
    ].map((value) => formulaSafe(oneLine(value).replace(/\t/g, " "))).join("\t"));
    return [...head.map(formulaSafe), "", TEXT.listColumns.join("\t"), ...lines].join("\n") + "\n";
  },
  markdown(rows, chosen, head) {
    const [title, ...facts] = head.map(markdown);
    const lines = chosen.map((row) => {
      const screen = rows.address(row, "screen");
      const name = screen === null ? markdown(rows.rawName(row)) : `[${markdown(rows.rawName(row))}](${screen.replace(/[()]/g, encodeURIComponent)})`;
      return `- [ ] ${name} – ${bytes(rows.all[row])}, ${markdown(pageTitle(rows, row))} – ${rows.noUse(row)}`;
    });
    return ["## " + title, "", ...facts.map((fact) => "* " + fact), "", ...lines].join("\n") + "\n";
  },
  urls(rows, chosen, head) {
    const screens = new Set(chosen.map((row) => rows.address(row, "screen")).filter((screen) => screen !== null));
    return [...head.map((line) => "# " + line), "", ...screens].join("\n") + "\n";
  },
  commands(rows, chosen, head) {
    const lines = chosen.filter((row) => rows.command(row) !== null).map((row) =>
      "# " + visible(oneLine(rows.rawName(row))) + " – " + visible(oneLine(pageTitle(rows, row))) + "\n" + rows.command(row));
    return [...[...head, rows.data.credentials].map((line) => "# " + line), "", ...lines].join("\n") + "\n";
  },
};

/**
 * Opens the dialog of the cleanup list.
 * @param {Rows} rows @param {number[]} from the selected rows @param {string} filter
 */
function openCleanup(rows, from, filter) {
  const dialog = /** @type {HTMLDialogElement} */ (need("cleanup"));
  const chosen = from.filter((row) => rows.isCandidate(row));
  const size = chosen.reduce((sum, row) => sum + rows.known[row], 0);
  const left = from.length - chosen.length;
  const title = element("h2", "", TEXT.cleanupTitle);
  title.id = "cleanup-title";
  const parts = [title];
  if (chosen.length === 0) {
    parts.push(element("p", "", TEXT.cleanupNothing));
  } else {
    const copies = Object.entries(TEXT.formats).map(([format, label]) => {
      const control = button("", label, () => copyFrom(control, LIST_FORMATS[format](rows, chosen, listHead(rows, chosen, filter))));
      control.dataset.format = format;
      return control;
    });
    parts.push(element("p", "", TEXT.cleanupWhat(files(chosen.length), bytes(size), left > 0 ? TEXT.cleanupLeft(left) : "")));
    const days = Math.floor((Date.now() / 1000 - rows.now) / 86400);
    if (days > shared.explanation.freshDays) parts.push(oldReport(days, copies));
    parts.push(element("div", "formats", ...copies));
  }
  parts.push(button("plain", TEXT.close, () => dialog.close()));
  dialog.replaceChildren(...parts);
  dialog.showModal();
}

/**
 * Asks for a new run; “Copy anyway” still unlocks the list.
 * @param {number} days @param {HTMLButtonElement[]} copies
 */
function oldReport(days, copies) {
  for (const copy of copies) copy.disabled = true;
  const anyway = button("", TEXT.cleanupAnyway, () => {
    for (const copy of copies) copy.disabled = false;
    anyway.disabled = true;
  });
  anyway.id = "cleanup-anyway";
  return element("div", "error", element("p", "", TEXT.cleanupOld(plural(days, TEXT.day, TEXT.days))), anyway);
}
