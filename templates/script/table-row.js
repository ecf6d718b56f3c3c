// Builds one row of the file table, with the same cells as in macros.html.

/** @param {string} label @param {string} className @param {...(Node|string)} children */
function cell(label, className, ...children) {
  const made = element("td", className, ...children);
  made.dataset.label = label;
  return made;
}

/**
 * A collapsible list, built when it is first opened: most never are, and all of them would be a third of the table.
 * @param {string} summary @param {() => Node[]} items @param {string} className @param {boolean} isOpen
 */
function folding(summary, items, className, isOpen) {
  const heading = element("summary", "", summary);
  const made = /** @type {HTMLDetailsElement} */ (element("details", "", heading));
  const fill = () => made.append(element("ul", className, ...items()));
  if (isOpen) {
    fill();
    made.open = true;
  } else heading.addEventListener("click", fill, { once: true });
  return made;
}

/** @param {Rows} rows @param {number} row @param {boolean} isOpen */
function elsewhereCell(rows, row, isOpen) {
  const label = TEXT.fields.elsewhere;
  const contents = rows.elsewhere(row);
  if (contents.length === 0) return cell(label, "text", TEXT.none);
  const itemOf = (/** @type {number} */ index) => element("li", "", rows.contentLink(rows.contentAt(index)));
  const items = contents.slice(0, shared.shownContents).map(itemOf);
  const rest = contents.slice(shared.shownContents);
  if (rest.length > 0) {
    items.push(element("li", "", folding(TEXT.more(count(rest.length)), () => rest.map(itemOf), "plain", isOpen)));
  }
  return cell(label, "text", element("ul", "plain", ...items));
}

/** Returns uses, reasons and protection as list items. @param {Rows} rows @param {number} row */
function evidenceItems(rows, row) {
  const items = rows.uses(row).map((/** @type {Use} */ used) => {
    const content = rows.contentAt(used.content);
    const item = element("li", "", used.words + " " + TEXT.on + " " + Rows.kindWords(content) + " ", rows.contentLink(content));
    if (used.name !== "" && used.name !== rows.rawName(row)) item.append(" (" + TEXT.as + " ", bdi(visible(used.name)), ")");
    return item;
  });
  for (const reason of rows.reasons(row)) items.push(element("li", "", visible(reason)));
  const rule = rows.protection(row);
  if (rule !== null) items.push(element("li", "", TEXT.protectedBy + " ", bdi(visible(rule))));
  return items;
}

/** @param {Rows} rows @param {number} row @param {boolean} isOpen */
function evidenceCell(rows, row, isOpen) {
  const number = rows.data.columns.uses[row];
  const hasReasons = rows.reasons(row).length > 0;
  if (number === 0 && !hasReasons && rows.protection(row) === null) return cell(TEXT.evidence, "text of-evidence", rows.noUse(row));
  const summary = number > 0 ? plural(number, TEXT.use, TEXT.uses) : hasReasons ? TEXT.why : rows.noUse(row);
  return cell(TEXT.evidence, "text of-evidence", folding(summary, () => evidenceItems(rows, row), "", isOpen));
}

/** @param {Rows} rows @param {number} row @returns {(Node|string)[]} */
function usageMarks(rows, row) {
  const marks = [element("span", "usage " + rows.usage(row), rows.usageWords(row))];
  return rows.protection(row) === null ? marks : [marks[0], " ", element("span", "usage protected", TEXT.protected)];
}

/** @param {Rows} rows @param {number} row */
function endpointCell(rows, row) {
  const url = rows.address(row, "endpoint") || "";
  const text = bdi(url);
  text.dir = "ltr";
  const code = element("code", "endpoint", text);
  code.title = url;
  const made = cell(TEXT.fields.endpoint, "on-screen of-endpoint", code);
  const command = rows.command(row);
  if (command !== null) {
    const control = button("copy", TEXT.copyCommand);
    control.dataset.command = command;
    made.append(" ", control);
  }
  return made;
}

/** @param {Rows} rows @param {number} row @param {boolean} isTicked */
function nameCell(rows, row, isTicked) {
  const tick = /** @type {HTMLInputElement} */ (element("input", "tick"));
  tick.type = "checkbox";
  tick.checked = isTicked;
  tick.setAttribute("aria-label", TEXT.tick(rows.name(row)));
  const name = button("name", bdi(rows.name(row)));
  name.setAttribute("aria-haspopup", "dialog");
  const made = element("th", "", tick, name);
  made.setAttribute("scope", "row");
  made.dataset.label = TEXT.fields.name;
  return made;
}

/** @param {string} label @param {string|null} name */
const personCell = (label, name) => cell(label, "", name === null ? TEXT.unknown : bdi(visible(name)));

/** @param {FilesPage} page @param {number} row @param {boolean} isOpen whether all lists are expanded */
function fileRow({ rows, ticked, hasSpace, hasEvidence }, row, isOpen) {
  const owner = rows.content(row);
  const screen = rows.address(row, "screen");
  const cells = [
    nameCell(rows, row, ticked.has(row)),
    cell(TEXT.fields.size, "number", bytesNode(rows.size(row) ?? -1)),
    ...(hasSpace ? [cell(TEXT.fields.space, "", bdi(visible(rows.space(row).key)))] : []),
    cell(TEXT.fields.usage, "", ...usageMarks(rows, row)),
    cell(TEXT.fields.page, "text of-page", owner === null ? TEXT.unknown : rows.contentLink(owner)),
    cell(TEXT.fields.embedded, "", rows.state(row, "embedded")),
    elsewhereCell(rows, row, isOpen),
    hasEvidence ? evidenceCell(rows, row, isOpen) : personCell(TEXT.fields.owner, rows.owner(row)),
    cell(TEXT.fields.screen, "on-screen of-screen", screen === null ? TEXT.none : link(screen, TEXT.attachments)),
    endpointCell(rows, row),
    cell(TEXT.versions, "number", count(rows.versions(row))),
    cell(TEXT.fields.all, "number", bytesNode(rows.all[row])),
    cell(TEXT.fields.changed, "time", timeNode(rows.data.columns.changed[row], rows.now)),
  ];
  const made = element("tr", "", ...cells);
  made.dataset.row = String(row);
  return made;
}
