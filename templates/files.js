// The table of files: reads the block of data, filters, sorts and pages it. Goes into the same script element as
// report.js, which has the helpers. Text only ever becomes text nodes.

/** Rows drawn at once. */
const PAGE_SIZE = 100;
/** Contents shown in "Linked elsewhere?" before the rest is folded away; as in macros.html. */
const SHOWN_CONTENTS = 3;

/* ---- the block of data ---- */

/** FNV-1a over UTF-16 code units, as data.rs computes it. @param {string} text */
function checksum(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Reads the data or throws: a page without its data must never look like a page without files. */
function readData() {
  const block = byId("data");
  if (!block) throw new Error("the data of this page is missing");
  const text = block.textContent || "";
  if (checksum(text) !== block.dataset.checksum) throw new Error("the data of this page is damaged or cut");
  const data = JSON.parse(text);
  const rows = Number(block.dataset.rows);
  for (const column of [...Object.values(data.columns), ...Object.values(data.ranks)]) {
    if (column.length !== rows) throw new Error("the data of this page has missing rows");
  }
  return { ...data, rows };
}

/** @param {string} message */
function showError(message) {
  const panel = byId("data-error");
  if (!panel) return;
  panel.replaceChildren(
    element("strong", "", "This page cannot show its files: " + message + "."),
    element("p", "", "Do not rely on it. Copy the report again, or make a new one."),
  );
  panel.hidden = false;
}

/* ---- filter ---- */

/**
 * Words must all occur, "quoted words" together, -words not.
 * @param {string} query
 */
function parseFilter(query) {
  const terms = [];
  for (const match of query.matchAll(/(-?)(?:["“”]([^"“”]*)["“”]?|(\S+))/g)) {
    const text = folded(match[2] ?? match[3]);
    if (text && text !== "-") terms.push({ text, excluded: match[1] === "-" });
  }
  return terms;
}

/* ---- cells, as in macros.html ---- */

/** @param {any} data @param {string|null} path */
function address(data, path) {
  return typeof path === "string" && path.startsWith("/") ? data.base + path : null;
}

/** @param {string|null} url @param {Node|string} label */
function link(url, label) {
  if (url === null || !/^https?:\/\//.test(url)) return label;
  const anchor = element("a", "", label);
  anchor.setAttribute("href", url);
  anchor.setAttribute("rel", "noopener noreferrer");
  return anchor;
}

/** @param {any} data @param {number} index */
function contentLink(data, index) {
  const [, title, path] = data.contents[index];
  return link(address(data, path), element("bdi", "", title));
}

/** @param {string} label @param {string} className @param {...(Node|string)} children */
function cell(label, className, ...children) {
  const made = element("td", className, ...children);
  made.dataset.label = label;
  return made;
}

/** @param {string} summary @param {Node[]} items @param {string} className */
function folding(summary, items, className) {
  return element("details", "", element("summary", "", summary), element("ul", className, ...items));
}

/** @param {any} data @param {number} row */
function elsewhereCell(data, row) {
  const label = "Linked elsewhere?";
  const items = data.columns.elsewhere[row].map((/** @type {number} */ index) =>
    element("li", "", contentLink(data, index)));
  if (items.length === 0) return cell(label, "text", "–");
  const rest = items.splice(SHOWN_CONTENTS);
  if (rest.length > 0) items.push(element("li", "", folding(rest.length + " more", rest, "plain")));
  return cell(label, "text", element("ul", "plain", ...items));
}

/** @param {any} data @param {number} row */
function evidenceCell(data, row) {
  const { uses, reasons, protected: rules } = data.columns;
  const items = uses[row].map((/** @type {[number, number, string|null]} */ [content, phrase, name]) => {
    const item = element("li", "", data.phrases[phrase] + " on " + data.contents[content][0] + " ", contentLink(data, content));
    if (name !== null) item.append(" (as ", element("bdi", "", name), ")");
    return item;
  });
  for (const reason of reasons[row]) items.push(element("li", "", data.reasons[reason]));
  if (rules[row] !== null) items.push(element("li", "", "protected by ", element("bdi", "", rules[row])));
  if (items.length === 0) return cell("Evidence", "", "no use found");
  const number = uses[row].length;
  const summary = number > 0 ? count(number) + (number === 1 ? " use" : " uses") : reasons[row].length > 0 ? "why?" : "no use found";
  return cell("Evidence", "", folding(summary, items, ""));
}

/** @param {any} data @param {number} row */
function usageCell(data, row) {
  const [className, words] = data.usages[data.columns.usage[row]];
  const made = cell("Usage", "", element("span", "usage " + className, words));
  if (data.columns.protected[row] !== null) made.append(" ", element("span", "usage protected", "protected"));
  return made;
}

/** @param {any} data @param {number} row */
function endpointCell(data, row) {
  const [path, takesId] = data.endpoints[data.columns.endpoint[row]];
  const url = address(data, takesId ? path + data.columns.id[row] : path) || "";
  const code = element("code", "endpoint", url);
  code.title = url;
  const made = cell("Delete via REST API", "", code);
  if (data.columns.command[row] === 1) {
    const button = element("button", "copy", "Copy command");
    button.setAttribute("type", "button");
    button.dataset.command = `curl -X DELETE -u "$CONFLUENCE_API_USER:$CONFLUENCE_API_TOKEN" '${url}'`;
    made.append(" ", button);
  }
  return made;
}

/** @param {any} data @param {number} row */
function changedCell(data, row) {
  const { changed, age } = data.columns;
  const time = element("time", "", data.ages[age[row]]);
  time.title = changed[row] === null ? "unknown" : new Date(changed[row] * 1000).toISOString().slice(0, 10);
  return cell("Last change", "time", time);
}

/** @param {any} data @param {number} row @param {boolean} hasSpace */
function fileRow(data, row, hasSpace) {
  const { columns } = data;
  const name = element("th", "", element("bdi", "", columns.name[row]));
  name.setAttribute("scope", "row");
  name.dataset.label = "File name";
  const owner = columns.owner[row];
  const screen = columns.screen[row] === null ? null : address(data, data.screens[columns.screen[row]]);
  const cells = [name, cell("File size", "number", bytes(columns.size[row]))];
  if (hasSpace) cells.push(cell("Space", "", element("bdi", "", data.spaces[columns.space[row]])));
  cells.push(
    usageCell(data, row),
    cell("Owning page", "text", owner === null ? "unknown" : contentLink(data, owner)),
    cell("Embedded on owning page?", "", data.embedded[columns.embedded[row]]),
    elsewhereCell(data, row),
    evidenceCell(data, row),
    cell("Delete via Confluence UI", "", screen === null ? "–" : link(screen, "Attachments")),
    endpointCell(data, row),
    cell("Versions", "number", String(columns.versions[row])),
    cell("All versions", "number", bytes(columns.all[row])),
    changedCell(data, row),
  );
  return element("tr", "", ...cells);
}

/* ---- the table of files ---- */

/** @param {any} data @param {string} key @returns {(number|null)[]} */
function sortValues(data, key) {
  if (key in data.ranks) return data.ranks[key];
  if (key === "elsewhere") return data.columns.elsewhere.map((/** @type {number[]} */ list) => list.length);
  if (key === "evidence") return data.columns.uses.map((/** @type {unknown[]} */ list) => list.length);
  return data.columns[key];
}

/** One searchable text per row. @param {any} data */
function searchTexts(data) {
  const { name, owner, space, author, id } = data.columns;
  const titles = data.contents.map((/** @type {string[]} */ content) => folded(content[1]));
  const spaces = data.spaces.map(folded);
  const authors = data.authors.map(folded);
  return name.map((/** @type {string} */ text, /** @type {number} */ row) =>
    [folded(text), owner[row] === null ? "" : titles[owner[row]], spaces[space[row]], authors[author[row]], folded(id[row])].join("\n"));
}

class FileTable {
  /** @param {HTMLElement} section @param {HTMLTableElement} table @param {any} data */
  constructor(section, table, data) {
    this.data = data;
    this.body = table.tBodies[0];
    this.table = table;
    this.hasSpace = section.dataset.space === "true";
    this.texts = searchTexts(data);
    this.order = Array.from({ length: data.rows }, (_, row) => row);
    this.caption = byId("caption");
    this.baseCaption = ((this.caption && this.caption.textContent) || "").split(",")[0];
    this.shown = this.order;
    this.page = 0;
    this.search = /** @type {HTMLInputElement} */ (byId("filter"));
    this.usage = /** @type {HTMLSelectElement} */ (byId("usage"));
    this.announceLater = 0;
  }

  start() {
    makeSortable(this.table, (heading, direction) => this.sort(heading, direction));
    this.fillUsages();
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.search.value = "";
      this.filter();
    });
    this.usage.addEventListener("change", () => this.filter());
    byId("pages")?.addEventListener("click", (event) => {
      if (event.target instanceof HTMLElement && event.target.dataset.page) this.turn(event.target.dataset.page);
    });
    this.body.addEventListener("click", copyCommand);
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.search.focus();
    });
    for (const id of ["tools", "pages"]) byId(id)?.removeAttribute("hidden");
    this.filter();
    this.say();
  }

  fillUsages() {
    const numbers = this.data.usages.map(() => 0);
    for (const usage of this.data.columns.usage) numbers[usage]++;
    this.data.usages.forEach((/** @type {string[]} */ [, words], /** @type {number} */ index) => {
      if (numbers[index] === 0) return;
      const option = element("option", "", `${words} (${count(numbers[index])})`);
      option.setAttribute("value", String(index));
      this.usage.append(option);
    });
    // "All" and a single usage leave nothing to choose
    const group = byId("usages");
    if (group) group.hidden = this.usage.options.length <= 2;
  }

  /** @param {HTMLTableCellElement} heading @param {string|null} direction */
  sort(heading, direction) {
    this.order = Array.from({ length: this.data.rows }, (_, row) => row);
    if (direction) {
      const values = sortValues(this.data, heading.dataset.sort || "");
      const descending = direction === "descending";
      this.order.sort((one, other) => compare(values[one], values[other], descending));
    }
    const label = (heading.textContent || "").toLowerCase();
    if (this.caption) {
      this.caption.textContent = this.baseCaption + (direction ? `, sorted by ${label}, ${direction}` : ", the largest first");
    }
    this.filter();
  }

  filter() {
    const terms = parseFilter(this.search.value);
    const usage = this.usage.value === "" ? null : Number(this.usage.value);
    const usages = this.data.columns.usage;
    this.shown = this.order.filter((row) =>
      (usage === null || usages[row] === usage)
      && terms.every((term) => this.texts[row].includes(term.text) !== term.excluded));
    this.page = 0;
    this.draw();
    this.tell();
  }

  /** @param {string} where */
  turn(where) {
    const last = this.lastPage();
    this.page = { first: 0, previous: Math.max(0, this.page - 1), next: Math.min(last, this.page + 1), last }[where] ?? 0;
    this.draw();
    this.table.scrollIntoView({ block: "start" });
  }

  lastPage() {
    return Math.max(0, Math.ceil(this.shown.length / PAGE_SIZE) - 1);
  }

  draw() {
    const from = this.page * PAGE_SIZE;
    const rows = this.shown.slice(from, from + PAGE_SIZE);
    this.body.replaceChildren(...rows.map((row, index) => {
      const made = fileRow(this.data, row, this.hasSpace);
      made.setAttribute("aria-rowindex", String(from + index + 2));
      return made;
    }));
    this.table.setAttribute("aria-rowcount", String(this.shown.length + 1));
    const range = byId("range");
    if (range) {
      range.textContent = rows.length === 0 ? "no rows"
        : `rows ${count(from + 1)}–${count(from + rows.length)} of ${count(this.shown.length)}`;
    }
    for (const button of document.querySelectorAll("#pages button")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      const back = button.dataset.page === "first" || button.dataset.page === "previous";
      button.disabled = back ? this.page === 0 : this.page === this.lastPage();
    }
  }

  /** Says what the filter leaves, after a pause in typing: screen readers would read every step. */
  tell() {
    clearTimeout(this.announceLater);
    this.announceLater = setTimeout(() => this.say(), 300);
  }

  say() {
    const found = byId("found");
    if (found) found.textContent = this.summary();
  }

  summary() {
    const { size } = this.data.columns;
    let known = 0;
    let unknown = 0;
    for (const row of this.shown) {
      if (size[row] === null) unknown++;
      else known += size[row];
    }
    const all = size.reduce((/** @type {number} */ sum, /** @type {number|null} */ one) => sum + (one ?? 0), 0);
    const share = all === 0 ? "0.0" : (known * 100 / all).toFixed(1);
    let text = `${count(this.shown.length)} of ${count(this.data.rows)} files – ${bytes(known)} of ${bytes(all)} in current versions (${share} %)`;
    if (unknown > 0) text += `, and ${count(unknown)} of unknown size`;
    return text;
  }
}

/** @param {Event} event */
async function copyCommand(event) {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement) || !button.dataset.command) return;
  const copied = await copyText(button.dataset.command);
  button.textContent = copied ? "Copied" : "Copying failed";
  setTimeout(() => { button.textContent = "Copy command"; }, 2000);
}

/** @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = /** @type {HTMLTextAreaElement} */ (element("textarea", "visually-hidden"));
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

function startFiles() {
  const section = byId("files");
  const table = byId("table");
  if (!section || !(table instanceof HTMLTableElement)) return;
  try {
    new FileTable(section, table, readData()).start();
  } catch (error) {
    table.tBodies[0].replaceChildren();
    showError(error instanceof Error ? error.message : "unknown error");
  }
}
