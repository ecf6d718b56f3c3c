// Controls around the table of files: events, chips, sorting, and the map of the same rows.

/** @param {FilesPage} page */
function listen(page) {
  page.search.addEventListener("input", () => {
    page.state.query = page.search.value;
    page.state.page = 0;
    page.update(false);
  });
  page.search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || page.search.value === "") return;
    page.search.value = "";
    page.search.dispatchEvent(new Event("input"));
    event.preventDefault();
  });
  need("pages").addEventListener("click", (event) => {
    if (event.target instanceof HTMLElement && event.target.dataset.page) page.turn(event.target.dataset.page);
  });
  need("page-size").addEventListener("change", (event) => {
    page.state.pageSize = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    page.state.page = 0;
    page.draw();
    page.remember(true);
  });
  page.body.addEventListener("click", (event) => {
    const control = event.target instanceof Element ? event.target.closest("button") : null;
    if (!control) return;
    if (control.dataset.command) copyFrom(control, control.dataset.command);
    else if (control.classList.contains("name")) {
      page.openRow(rowOf(control));
      page.remember(true);
    }
  });
  page.body.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) page.tick(rowOf(event.target), event.target.checked);
  });
  window.addEventListener("popstate", () => page.readAddress());
  document.addEventListener("units", () => {
    page.draw();
    page.panel.update();
    page.say();
    page.map.refresh();
  });
  listenToActions(page);
}

/** @param {FilesPage} page */
function listenToActions(page) {
  const cleanup = /** @type {HTMLButtonElement} */ (need("cleanup-button"));
  const { run } = page.rows.data;
  if (!run.complete) {
    cleanup.disabled = true;
    need("why-not").textContent = TEXT.cleanupIncomplete;
    cleanup.setAttribute("aria-describedby", "why-not");
  }
  cleanup.addEventListener("click", () =>
    openCleanup(page.rows, page.chosen(), page.filterWords().join("; ")));
  const first = need("tick-button");
  first.addEventListener("click", () => page.tickFirst(Number(first.dataset.number)));
  need("export-button").addEventListener("click", () => {
    const time = run.id.replace(/^confluence_analysis_/, "");
    saveFile(`attachments_${time}_filtered.csv`, csvTable(page.rows, page.chosen()));
  });
}

/** @param {Element} inside */
const rowOf = (inside) => Number(/** @type {HTMLElement} */ (inside.closest("tr")).dataset.row);

/** Draws the active filters, each with a button to remove it, and the errors. @param {FilesPage} page */
function drawChips(page) {
  const chips = [];
  for (const facet of page.facets) {
    for (const value of page.state.facets.get(facet.key) || []) {
      const words = facet.label + ": " + valueWords(facet, value);
      const control = button("chip", bdi(words), () => page.toggle(facet.key, value));
      control.setAttribute("aria-label", TEXT.remove(words));
      chips.push(element("li", "", control));
    }
  }
  for (const error of page.errors) chips.push(element("li", "bad", bdi(visible(error))));
  if (chips.length > 0 || page.state.query.trim() !== "") {
    chips.push(element("li", "", button("plain", TEXT.clearAll, () => page.clear())));
  }
  need("chips").replaceChildren(...chips);
}

/** Returns the values to sort by; NaN is unknown. @param {Rows} rows @param {string} key */
function sortValues(rows, key) {
  const { columns, contents, ranks } = rows.data;
  const words = shared.usages.words.slice().sort();
  const rankOf = shared.usages.words.map((usage) => words.indexOf(usage));
  const embedded = ["Yes", "Linked", "Listed", "No", "Unknown"];
  const rankOfPerson = (/** @type {number} */ index) => (index < 0 ? NaN : ranks.people[index]);
  const orNaN = (/** @type {number|null} */ value) => (value === null ? NaN : value);
  /** @type {Record<string, (row: number) => number>} */
  const values = {
    name: (row) => ranks.name[row],
    size: (row) => orNaN(columns.size[row]),
    space: (row) => ranks.spaces[columns.space[row]],
    usage: (row) => rankOf[rows.state(row, "usage")],
    page: (row) => (columns.owner[row] < 0 ? NaN : ranks.contents[columns.owner[row]]),
    owner: (row) => (columns.owner[row] < 0 ? NaN : rankOfPerson(contents.owner[columns.owner[row]])),
    author: (row) => rankOfPerson(columns.author[row]),
    embedded: (row) => embedded.indexOf(rows.state(row, "embedded")),
    elsewhere: (row) => (columns.uses[row] === 0 ? 0 : rows.elsewhere(row).length),
    evidence: (row) => columns.uses[row],
    versions: (row) => rows.versions(row),
    all: (row) => (rows.all[row] < 0 ? NaN : rows.all[row]),
    changed: (row) => orNaN(columns.changed[row]),
  };
  const value = values[key];
  const made = new Float64Array(rows.length);
  for (let row = 0; row < made.length; row++) made[row] = value(row);
  return made;
}

/**
 * Returns all rows in order: unknown values last in both directions, ties by ID.
 * @param {Rows} rows @param {string} key @param {boolean} descending
 */
function sortedRows(rows, key, descending) {
  const ids = rows.data.ranks.id;
  const values = sortValues(rows, key);
  const byId = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length; row++) byId[ids[row]] = row;
  // plain loops: the methods of typed arrays are ten times slower
  const known = new Uint32Array(rows.length);
  let number = 0;
  const unknown = [];
  for (let at = 0; at < byId.length; at++) {
    if (Number.isNaN(values[byId[at]])) unknown.push(byId[at]);
    else known[number++] = byId[at];
  }
  const sorted = sortedByValue(known.subarray(0, number), values, descending);
  const order = [];
  for (let at = 0; at < sorted.length; at++) order.push(sorted[at]);
  return order.concat(unknown);
}

/**
 * Sorts rows by value; the sort is stable. Radix sort, two bytes at a time, lowest bytes first: the bit patterns of
 * non-negative doubles have the same order as the numbers.
 * @param {Uint32Array} rows @param {Float64Array} values @param {boolean} descending
 */
function sortedByValue(rows, values, descending) {
  let [from, to] = [rows, new Uint32Array(rows.length)];
  // every platform with a browser is little-endian
  const parts = new Uint16Array(values.buffer);
  const places = new Uint32Array(65536);
  for (let part = 0; part < 4; part++) {
    places.fill(0);
    for (let at = 0; at < from.length; at++) places[parts[from[at] * 4 + part]]++;
    // integers mostly have zeros in their low bytes
    if (from.length > 0 && places[parts[from[0] * 4 + part]] === from.length) continue;
    let sum = 0;
    for (let index = 0; index < places.length; index++) {
      const bucket = descending ? places.length - 1 - index : index;
      const number = places[bucket];
      places[bucket] = sum;
      sum += number;
    }
    for (let at = 0; at < from.length; at++) to[places[parts[from[at] * 4 + part]]++] = from[at];
    [from, to] = [to, from];
  }
  return from;
}

/** The map of the shown rows. */
class FilesMap {
  /** @param {FilesPage} page @param {HTMLElement} figure @param {HTMLElement} control */
  constructor(page, figure, control) {
    this.page = page;
    this.figure = figure;
    this.control = control;
    /** @type {SpaceMap|null} */
    this.map = null;
    /** @type {MapNode|null} */
    this.tree = null;
    control.addEventListener("click", () => {
      page.state.map = figure.hidden ? "all" : null;
      page.state.zoom = [];
      this.restore();
      page.remember(true);
    });
  }

  /** Shows or hides the map as in the state. */
  restore() {
    const { map, zoom } = this.page.state;
    this.figure.hidden = map === null;
    this.control.setAttribute("aria-expanded", String(map !== null));
    if (map === null) return;
    this.map ??= new SpaceMap(this.figure, () => this.root(), (measure, steps) => {
      this.page.state.map = measure;
      this.page.state.zoom = steps;
      this.page.remember(true);
    });
    this.map.set(map, zoom);
  }

  refresh() {
    this.tree = null;
    if (!this.figure.hidden && this.map) this.map.draw();
  }

  root() {
    this.tree ??= this.page.hasSpace ? this.group(TEXT.mapSite, "", this.page.shown, [spaceOf, pageOf])
      : this.group(TEXT.mapRoot, "", this.page.shown, [pageOf]);
    return this.tree;
  }

  /**
   * @param {string} name @param {string} key @param {number[]} rows @param {((rows: Rows, row: number) => [string, string])[]} levels @returns {MapNode}
   */
  group(name, key, rows, levels) {
    const all = this.page.rows;
    const measures = sumMeasures(rows.map((row) => measuresOf(all, row)));
    /** @type {MapNode[]|null} */
    let children = null;
    return { key, name, measures, children: () => {
      children ??= levels.length === 0 ? rows.map((row) => ({
        key: all.id(row), name: all.name(row), measures: measuresOf(all, row), usage: all.usage(row),
        open: () => this.page.openRow(row),
      })) : this.split(rows, levels);
      return children;
    } };
  }

  /** @param {number[]} rows @param {((rows: Rows, row: number) => [string, string])[]} levels */
  split(rows, [level, ...below]) {
    /** @type {Map<string, [string, number[]]>} */
    const groups = new Map();
    for (const row of rows) {
      const [key, name] = level(this.page.rows, row);
      const group = groups.get(key);
      if (group) group[1].push(row);
      else groups.set(key, [name, [row]]);
    }
    return Array.from(groups, ([key, [name, members]]) => this.group(name, key, members, below));
  }
}

/** @param {Rows} rows @param {number} row @returns {[string, string]} */
function spaceOf(rows, row) {
  const { key, name } = rows.space(row);
  return [key, key === "" ? TEXT.mapUnknownSpace : visible(name) + " (" + visible(key) + ")"];
}

/** @param {Rows} rows @param {number} row @returns {[string, string]} */
function pageOf(rows, row) {
  const content = rows.content(row);
  return [rows.containerId(row), content === null ? TEXT.mapUnknownPage : Rows.titleWords(content)];
}

/** @param {Rows} rows @param {number} row @returns {Measures} */
function measuresOf(rows, row) {
  const known = rows.known[row];
  return {
    now: rows.size(row) ?? 0, all: known, files: 1, unreferenced: rows.isCandidate(row) ? known : 0,
    undetermined: rows.usage(row) === "undetermined" ? known : 0,
  };
}
