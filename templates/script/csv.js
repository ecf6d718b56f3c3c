// The chosen rows as the program itself writes them: byte for byte the rows of attachments.csv (csv/cell.rs).

const FORMULA = /^'*[\s\u0085\uFEFF]*[=+\-@\t\r\n\0＝＋－＠]/u;

/** @param {string} text */
const oneLine = (text) => text.replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, " ");

/** Text that no spreadsheet takes for a formula. @param {string} text */
const formulaSafe = (text) => (FORMULA.test(text) ? "'" + text : text);

/** @param {string|null} text */
const csvText = (text) => "\"" + formulaSafe(oneLine(text ?? "")).replace(/"/g, "\"\"") + "\"";

/** @param {number|null} number */
const csvNumber = (number) => (number === null ? "" : String(number));

/** @param {number|null} size */
function csvMegabytes(size) {
  if (size === null) return "";
  // dividing by a power of two is exact, so this rounds half up as the program does
  const hundredths = Math.floor((size * 100 + 524288) / 1048576);
  return Math.floor(hundredths / 100) + "." + String(hundredths % 100).padStart(2, "0");
}

/** @param {number|null} seconds */
const csvTime = (seconds) => (seconds === null ? "" : new Date(seconds * 1000).toISOString().replace(".000", ""));

/** `Title (URL)`. @param {Rows} rows @param {any[]} content */
function csvTitled(rows, content) {
  const url = rows.contentUrl(content);
  return url === null ? content[1] : content[1] + " (" + url + ")";
}

/** Drafts bear the id of their page. @param {any[]} content */
const csvContentId = (content) => (content[4] === 1 ? content[3] + "(draft)" : content[3]);

/** @param {Rows} rows @param {number} row */
function csvLine(rows, row) {
  const { columns, contents } = rows.data;
  const owner = rows.content(row);
  const elsewhere = rows.elsewhere(row).map((index) => contents[index]);
  const [, , linkedOnPage, certainty, status, kind] = rows.state(row);
  const evidence = rows.uses(row).map((/** @type {Use} */ used) =>
    `${used.construct} ${csvContentId(contents[used.content])} "${used.name}" ${used.certainty}`);
  const type = rows.type(row);
  return [
    csvText(rows.rawName(row)), csvNumber(rows.size(row)), csvMegabytes(rows.size(row)),
    csvText(rows.address(row, "download")), csvText(owner === null ? "" : csvTitled(rows, owner)), csvText(linkedOnPage),
    csvText(elsewhere.map((content) => csvTitled(rows, content)).join(", ")), csvText(rows.address(row, "screen")),
    csvText(rows.address(row, "endpoint")),
    csvText(rows.id(row)), csvText(rows.space(row)[0]), csvText(rows.containerId(row)), csvText(kind),
    csvText(owner === null ? "" : owner[1]), csvText(owner === null ? "" : rows.contentUrl(owner)), csvText(rows.owner(row)),
    csvText(status), csvText(type === null ? "" : type[0]), csvNumber(rows.versions(row)),
    csvNumber(rows.all[row] < 0 ? null : rows.all[row]), csvText(csvTime(columns.created[row])),
    csvText(csvTime(columns.changed[row])), csvText(rows.author(row)), csvText(rows.usage(row)),
    csvText(elsewhere.map(csvContentId).join(";")), csvText(evidence.join(" | ")), csvText(certainty),
    csvText(rows.protection(row)), csvNumber(columns.duplicate[row] || null), csvText(rows.data.run.complete ? "Yes" : "No"),
  ].join(",") + "\r\n";
}

/** @param {Rows} rows @param {ArrayLike<number>} chosen */
function csvTable(rows, chosen) {
  const lines = ["\uFEFF" + rows.data.header + "\r\n"];
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
