// Dialog with everything about one file. The browser keeps the focus inside and restores it on closing.

/** @param {string} name @param {(Node|string)[]} value */
function field(name, value) {
  return element("div", "", element("dt", "", name), element("dd", "", ...value));
}

/** Returns a text and a button that copies it. @param {string} text */
function copyable(text) {
  const control = button("copy", TEXT.copy, () => copyFrom(control, text));
  const code = element("code", "", visible(text));
  return [code, " ", control];
}

/** @param {Rows} rows @param {number} row */
function detailFields(rows, row) {
  const { fields } = TEXT;
  const { columns } = rows.data;
  const space = rows.space(row);
  const content = rows.content(row);
  const type = rows.type(row);
  const text = (/** @type {string|null} */ value) => [bdi(value === null || value === "" ? TEXT.unknown : visible(value))];
  const made = [
    field(fields.usage, usageMarks(rows, row)),
    field(fields.size, [bytesNode(rows.size(row) ?? -1)]),
    field(fields.all, [bytesNode(rows.all[row])]),
    field(fields.page, content === null ? [TEXT.unknown] : [Rows.kindWords(content) + " ", rows.contentLink(content)]),
    field(fields.embedded, [rows.state(row, "embedded")]),
    field(fields.space, text(space.key === "" ? null : space.name + " (" + space.key + ")")),
    field(fields.owner, text(rows.owner(row))),
    field(fields.author, text(rows.author(row))),
    field(fields.changed, columns.changed[row] === null ? [TEXT.unknown] : [DAY.format(columns.changed[row] * 1000) + " (", timeNode(columns.changed[row], rows.now), ")"]),
    field(fields.created, [columns.created[row] === null ? TEXT.unknown : DAY.format(columns.created[row] * 1000)]),
    field(fields.type, text(type === null ? null : type.words === type.name ? type.name : type.words + " – " + type.name)),
    field(fields.status, text(rows.state(row, "status"))),
    field(fields.id, copyable(rows.id(row))),
    field(fields.container, rows.containerId(row) === "" ? [TEXT.none] : copyable(rows.containerId(row))),
  ];
  const since = rows.since(row);
  if (since !== null) made.splice(1, 0, field(fields.unreferenced, [DAY.format(since * 1000) + " (" + TEXT.inRuns(rows.runs(row)) + ")"]));
  if (columns.duplicate[row] !== 0) made.push(field(fields.duplicate, [String(columns.duplicate[row])]));
  const download = rows.address(row, "download");
  if (download !== null) made.push(field(fields.download, [link(download, bdi(rows.name(row)))]));
  const screen = rows.address(row, "screen");
  if (screen !== null) made.push(field(fields.screen, [link(screen, TEXT.openScreen)]));
  const endpoint = rows.address(row, "endpoint");
  if (endpoint !== null) made.push(field(fields.endpoint, copyable(rows.command(row) ?? endpoint)));
  return element("dl", "about", ...made);
}

/** @param {Rows} rows @param {number} row */
function versionTable(rows, row) {
  const { columns } = rows.data;
  const labels = TEXT.versionColumns;
  const head = element("tr", "", ...Object.values(labels).map((label) => {
    const heading = element("th", label === labels.size ? "number" : "", label);
    heading.setAttribute("scope", "col");
    return heading;
  }));
  /** @param {string} number @param {number|null} size @param {number|null} time @param {string|null} by @param {string} name @param {string|null} endpoint */
  const line = (number, size, time, by, name, endpoint) => {
    const heading = element("th", "", number);
    heading.setAttribute("scope", "row");
    const last = endpoint === null ? [TEXT.none] : copyable(endpoint);
    return element("tr", "", heading, cell(labels.size, "number", bytesNode(size ?? -1)),
      cell(labels.time, "", time === null ? TEXT.unknown : DAY.format(time * 1000)),
      cell(labels.by, "", bdi(by === null ? TEXT.unknown : visible(by))), cell(labels.name, "", bdi(visible(name))),
      cell(labels.endpoint, "", ...last));
  };
  const current = line(columns.version[row] + " (" + TEXT.current + ")", rows.size(row), columns.changed[row], rows.author(row), rows.rawName(row), null);
  const old = rows.old(row).slice().reverse().map((version) =>
    line(String(version.number), version.size, version.created, rows.person(version.author), version.name || rows.rawName(row),
      rows.address(row, "versionEndpoint", version.number)));
  const table = element("table", "cards versions", element("thead", "", head), element("tbody", "", current, ...old));
  table.setAttribute("aria-label", TEXT.versions);
  return element("div", "scroll", table);
}

/** @param {Rows} rows @param {number} row @param {() => void} closed */
function openDetails(rows, row, closed) {
  const dialog = /** @type {HTMLDialogElement} */ (need("details"));
  const title = element("h2", "", bdi(rows.name(row)));
  title.id = "details-title";
  const parts = [title, detailFields(rows, row), ...explanationParts(rows, row), element("h3", "", TEXT.versions)];
  if (rows.all[row] > 0 && rows.old(row).length > 0) {
    parts.push(element("p", "note", TEXT.oldShare(percent(rows.all[row] - (rows.size(row) ?? 0), rows.all[row]))));
  }
  const close = button("plain", TEXT.close, () => dialog.close());
  dialog.replaceChildren(...parts, versionTable(rows, row), close);
  dialog.onclose = closed;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}
