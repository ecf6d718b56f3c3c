// CSV export of the selected rows, byte for byte as in attachments.csv. The columns and their types come from the
// program (csv/attachments.rs).

/** Puts the text on one line, without control characters except TAB. @param {string} text */
const oneLine = (text) => visibleWhere(text.replace(shared.lineBreaks, " "), /[\x00-\x08\x0e-\x1f\x7f-\x9f]/g);

/** Escapes text that a spreadsheet would take for a formula. @param {string} text */
const formulaSafe = (text) => (shared.formula.test(text) ? "'" + text : text);

/** @param {string|null} text */
const csvText = (text) => "\"" + formulaSafe(oneLine(text ?? "")).replace(/"/g, "\"\"") + "\"";

/** @param {number|null} seconds */
const csvTime = (seconds) => (seconds === null ? "" : new Date(seconds * 1000).toISOString().replace(".000", ""));

/** Formats a cell of a column; null is unknown. @param {string} holds @param {number} digits @param {any} value */
function csvCell(holds, digits, value) {
  switch (holds) {
    case "integer": return value === null ? "" : String(value);
    // for exact numbers this rounds half up, as the program does
    case "decimal": return value === null ? "" : value.toFixed(digits);
    case "time": return csvText(csvTime(value));
    default: return csvText(value);
  }
}

/** `Title (URL)`. @param {Rows} rows @param {Content} content */
function csvTitled(rows, content) {
  const url = rows.contentUrl(content);
  return url === null ? content.title : content.title + " (" + url + ")";
}

/** Marks drafts, which have the ID of their page. @param {Content} content */
const csvContentId = ({ id, mark }) => (mark === "draft" ? id + "(draft)" : id);

/** @param {Rows} rows @param {Use} used */
const csvUse = (rows, used) =>
  `${used.construct} ${csvContentId(rows.contentAt(used.content))} "${used.name}" ${used.certainty}`;

/** @param {Rows} rows @param {number} row */
const csvElsewhere = (rows, row) => rows.elsewhere(row).map((index) => rows.contentAt(index));

/** Joins entries in one cell; a list that is too long is cut between two entries (csv/mod.rs).
 * @template T @param {T[]} entries @param {string} separator @param {(entry: T) => string} shown */
function csvList(entries, separator, shown) {
  const cell = [];
  let length = 0;
  for (const entry of entries) {
    const text = shown(entry);
    length += text.length + separator.length;
    if (length + 40 > 32000) break;
    cell.push(text);
  }
  if (cell.length < entries.length) cell.push(`and ${entries.length - cell.length} more`);
  return cell.join(separator);
}

/** The value of each column. @type {Record<string, (rows: Rows, row: number, owner: Content|null) => string|number|null>} */
const CSV_VALUES = {
  "Filename": (rows, row) => rows.rawName(row),
  "Size(Bytes)": (rows, row) => rows.size(row),
  "Size(MB)": (rows, row) => (rows.size(row) === null ? null : rows.size(row) / 1048576),
  "Download URL": (rows, row) => rows.address(row, "download"),
  "Original Page": (rows, row, owner) => (owner === null ? null : csvTitled(rows, owner)),
  "Linked on Page": (rows, row) => rows.state(row, "linked"),
  "Linked on Other Pages": (rows, row) => csvList(csvElsewhere(rows, row), ", ", (content) => csvTitled(rows, content)),
  "Attachment Page Link": (rows, row) => rows.address(row, "screen"),
  "API Delete Link": (rows, row) => rows.address(row, "endpoint"),
  "Attachment ID": (rows, row) => rows.id(row),
  "Space Key": (rows, row) => rows.space(row).key,
  "Container ID": (rows, row) => rows.containerId(row),
  "Container Type": (rows, row) => rows.state(row, "kind"),
  "Container Title": (rows, row, owner) => (owner === null ? null : owner.title),
  "Container URL": (rows, row, owner) => (owner === null ? null : rows.contentUrl(owner)),
  "Container Owner": (rows, row) => rows.owner(row),
  "Status": (rows, row) => rows.state(row, "status"),
  "Media Type": (rows, row) => rows.type(row)?.name ?? null,
  "Versions": (rows, row) => rows.versions(row),
  "All Versions Size(Bytes)": (rows, row) => (rows.all[row] < 0 ? null : rows.all[row]),
  "Created": (rows, row) => rows.data.columns.created[row],
  "Last Modified": (rows, row) => rows.data.columns.changed[row],
  "Author": (rows, row) => rows.author(row),
  "Usage": (rows, row) => rows.usage(row),
  "Linked Content IDs": (rows, row) => csvList(csvElsewhere(rows, row), ";", csvContentId),
  "Evidence": (rows, row) => csvList(rows.uses(row), " | ", (used) => csvUse(rows, used)),
  "Certainty": (rows, row) => rows.state(row, "certainty"),
  "Protected": (rows, row) => rows.protection(row),
  "Duplicate Group": (rows, row) => rows.data.columns.duplicate[row] || null,
  "Run Complete": (rows) => rows.data.run.run_complete,
  "Reason": (rows, row) => csvList(rows.reasons(row), " | ", (reason) => reason),
  "Unreferenced Since": (rows, row) => rows.since(row),
  "Unreferenced Runs": (rows, row) => rows.runs(row) || null,
};

/** @param {Rows} rows @param {number} row */
function csvLine(rows, row) {
  const { name, holds, digits } = rows.data.export;
  const owner = rows.content(row);
  const cells = name.map((/** @type {string} */ column, /** @type {number} */ at) =>
    csvCell(holds[at], digits[at], CSV_VALUES[column](rows, row, owner)));
  return cells.join(",") + "\r\n";
}

/** @param {Rows} rows @param {ArrayLike<number>} chosen */
function csvTable(rows, chosen) {
  const lines = ["\uFEFF" + rows.data.export.name.join(",") + "\r\n"];
  for (let at = 0; at < chosen.length; at++) lines.push(csvLine(rows, chosen[at]));
  return lines;
}

/** @param {string} name @param {string[]} parts */
function saveFile(name, parts) {
  const url = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
  const anchor = /** @type {HTMLAnchorElement} */ (element("a", "visually-hidden"));
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
