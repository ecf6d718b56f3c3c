// Table of files: combines state, filter, sorting and paging.

/** Minimum height of a row in pixels, to estimate how many fit into the window. */
const LEAST_HEIGHT = 40;
/** Minimum number of rows drawn before the first paint, and rows drawn per frame after that. */
const LEAST_ROWS = 4;
const ROWS_PER_FRAME = 25;

class FilesPage {
  /** @param {HTMLElement} section @param {HTMLTableElement} table @param {Rows} rows */
  constructor(section, table, rows) {
    this.rows = rows;
    this.table = table;
    this.body = table.tBodies[0];
    this.hasSpace = section.dataset.listing === "site";
    /** Otherwise the page owner takes the place of the evidence, which no file of such a list has. */
    this.hasEvidence = section.dataset.listing !== "unreferenced";
    const omitted = Number(section.dataset.omitted);
    /** Remark on every list made here if the page does not have all files. */
    this.omitted = omitted > 0 ? TEXT.omitted(omitted) : "";
    this.search = /** @type {HTMLInputElement} */ (need("filter"));
    this.caption = need("caption");
    /** Caption of the initial order. */
    this.firstCaption = this.caption.textContent || "";
    this.what = section.getAttribute("aria-label") || "";
    this.facets = makeFacets(rows, this.hasSpace);
    this.panel = new FacetPanel(need("facets"), this.facets, (key, value) => this.toggle(key, value));
    /** @type {SearchTexts|null} */
    this.texts = null;
    this.state = new State();
    /** The sort key of the current order. @type {string|null} */
    this.orderKey = null;
    this.order = Array.from(rows.known.keys());
    /** @type {number[]} */
    this.shown = this.order;
    /** The filters that `refused` was computed for. @type {string|null} */
    this.filterKey = null;
    /** As returned by narrow(). */
    this.refused = new Uint8Array(0);
    this.isCounted = false;
    /** Steps left to do after the first rows are painted, one per frame. @type {(() => void)[]} */
    this.rest = [];
    this.errors = /** @type {string[]} */ ([]);
    /** @type {Set<number>} */
    this.ticked = new Set();
    this.sayLater = 0;
    this.allBytes = rows.known.reduce((sum, one) => sum + one, 0);
    this.showSort = makeSortable(table, (key, descending) => {
      Object.assign(this.state, { sort: key, descending, page: 0 });
      this.update(true);
    });
    this.map = new FilesMap(this, need("map"), need("map-button"));
  }

  searchTexts() {
    this.texts ??= this.rows.searchTexts();
    return this.texts;
  }

  /** Applies the state of the URL. */
  readAddress() {
    const state = State.read(location.hash, this.facets.map((facet) => facet.key));
    for (const facet of this.facets) {
      if (!["usage", "size", "age", "duplicate", "runs", "protected"].includes(facet.key)) continue;
      for (const value of state.facets.get(facet.key) || []) {
        if (facet.indexOf(value) >= 0) continue;
        state.toggle(facet.key, value);
        state.errors.push(TEXT.badLink(visible(facet.key + "=" + value)));
      }
    }
    const page = state.page;
    if (state.open !== null && this.rows.data.columns.id.indexOf(state.open) < 0) {
      state.errors.push(TEXT.badLink(visible("open=" + state.open)));
      state.open = null;
    }
    this.state = state;
    state.page = page;
    this.search.value = state.query;
    /** @type {HTMLSelectElement} */ (need("page-size")).value = String(state.pageSize);
    this.showSort(state.sort, state.descending);
    this.update(null);
    this.say();
    this.map.restore();
    const dialog = /** @type {HTMLDialogElement} */ (need("details"));
    if (state.open !== null) this.openRow(this.rows.data.columns.id.indexOf(state.open));
    else if (dialog.open) dialog.close();
  }

  /** Writes the state to the URL. @param {boolean} isStep whether Back returns here */
  remember(isStep) {
    const hash = this.state.write();
    try {
      if (isStep) history.pushState(null, "", hash);
      else history.replaceState(null, "", hash);
    } catch {
      // browsers reject too many changes in a short time; the next one succeeds
    }
    const parts = this.state.filterParts();
    for (const anchor of document.querySelectorAll("a[data-carry]")) {
      const target = (anchor.getAttribute("href") || "").split("#")[0];
      const space = target.startsWith("../") && !this.hasSpace ? [["space", this.rows.space(0).key]] : [];
      anchor.setAttribute("href", target + State.hash([...parts, ...space]));
    }
  }

  /** Filters, sorts and redraws. @param {boolean|null} isStep null leaves the URL unchanged */
  update(isStep) {
    // the remaining steps of the previous update are outdated
    this.rest = [];
    const isNarrowed = this.applyFilter();
    this.sortRows();
    this.shown = this.order.filter((row) => this.refused[row] === 0);
    this.state.page = Math.min(this.state.page, this.lastPage());
    const drawn = this.draw(isStep === null ? undefined : this.firstRows());
    if (isNarrowed) drawChips(this);
    if (isStep === true) this.remember(true);
    clearTimeout(this.sayLater);
    this.sayLater = setTimeout(() => this.say(), 500);
    this.afterPaint([() => {
      this.countValues();
      this.map.refresh();
      if (isStep === false) this.remember(false);
    }, ...this.furtherRows(drawn)]);
    if (isStep === null) this.finish();
  }

  /** Applies filter and facets; returns whether they have changed. */
  applyFilter() {
    const { query, errors } = this.state;
    const parsed = parseQuery(query);
    this.errors = [...parsed.errors, ...errors];
    const key = State.hash(this.state.filterParts()) + errors.join("\n");
    if (this.filterKey === key) return false;
    this.filterKey = key;
    this.isCounted = false;
    for (const facet of this.facets) facet.choose(this.state.facets.get(facet.key));
    this.refused = narrow(this.rows, this.facets, compileQuery(parsed.terms, this.rows, () => this.searchTexts()));
    return true;
  }

  /** Counts and shows the facets under the filter, unless already done. */
  countValues() {
    if (this.isCounted) return;
    this.isCounted = true;
    countFacets(this.rows, this.facets, this.refused);
    this.panel.update();
  }

  /** Returns how many rows the window can show. */
  firstRows() {
    const room = window.innerHeight - Math.max(0, this.body.getBoundingClientRect().top);
    return Math.max(LEAST_ROWS, Math.ceil(room / LEAST_HEIGHT));
  }

  /** Returns the steps that draw the remaining rows of this page of the table. @param {number} drawn */
  furtherRows(drawn) {
    const { page, pageSize } = this.state;
    const end = Math.min((page + 1) * pageSize, this.shown.length);
    const steps = [];
    for (let from = page * pageSize + drawn; from < end; from += ROWS_PER_FRAME) {
      steps.push(() => this.body.append(...this.makeRows(from, Math.min(ROWS_PER_FRAME, end - from))));
    }
    return steps;
  }

  /**
   * Runs the remaining steps after the browser has painted, one at a time, so that the next key press never waits for
   * all of them; until then the table is marked as busy. @param {(() => void)[]} rest
   */
  afterPaint(rest) {
    this.rest = rest;
    this.table.setAttribute("aria-busy", "true");
    const next = () => {
      // in a separate task: work inside the frame callback would delay the paint
      requestAnimationFrame(() => setTimeout(() => {
        // belongs to an earlier update
        if (this.rest !== rest) return;
        rest.shift()?.();
        if (rest.length === 0) this.finish();
        else next();
      }));
    };
    next();
  }

  /** Runs all remaining steps now. */
  finish() {
    const { rest } = this;
    this.rest = [];
    this.table.removeAttribute("aria-busy");
    for (const step of rest) step();
  }

  sortRows() {
    const { sort, descending } = this.state;
    const key = sort === null ? "" : sort + descending;
    if (this.orderKey === key) return;
    this.orderKey = key;
    this.order = sort === null ? Array.from(this.order.keys()) : sortedRows(this.rows, sort, descending);
  }

  /** @param {string} key @param {string} value */
  toggle(key, value) {
    this.state.toggle(key, value);
    this.update(true);
  }

  clear() {
    this.state.query = "";
    this.search.value = "";
    this.state.facets.clear();
    this.state.errors = [];
    this.state.page = 0;
    this.update(true);
    this.search.focus();
  }

  /** @param {string} where */
  turn(where) {
    const { page } = this.state;
    const last = this.lastPage();
    const next = { first: 0, previous: Math.max(0, page - 1), next: Math.min(last, page + 1), last }[where] ?? 0;
    if (next === page) return;
    this.state.page = next;
    this.draw();
    this.remember(true);
    this.table.scrollIntoView({ block: "start" });
  }

  lastPage() {
    return Math.max(0, Math.ceil(this.shown.length / this.state.pageSize) - 1);
  }

  /** Draws the page of the table, or its first rows; returns how many. @param {number} [limit] */
  draw(limit) {
    this.finish();
    const { page, pageSize, sort, descending } = this.state;
    const from = page * pageSize;
    const number = Math.min(pageSize, this.shown.length - from);
    const drawn = this.drawRows(from, Math.min(limit ?? pageSize, pageSize));
    const heading = sort === null ? null : this.table.querySelector(`th[data-sort="${sort}"]`);
    const by = heading && heading.textContent ? heading.textContent.toLowerCase() : sort || "";
    this.caption.textContent = sort === null ? this.firstCaption
      : this.what + ", " + TEXT.sorted(by, descending ? "descending" : "ascending");
    need("range").textContent = number === 0 ? TEXT.noRows
      : TEXT.range(count(from + 1), count(from + number), count(this.shown.length));
    for (const control of document.querySelectorAll("#pages button")) {
      if (!(control instanceof HTMLButtonElement)) continue;
      const isBack = control.dataset.page === "first" || control.dataset.page === "previous";
      control.disabled = isBack ? page === 0 : page === this.lastPage();
    }
    return drawn;
  }

  /**
   * Draws some of the shown rows; returns how many.
   * @param {number} from @param {number} number @param {boolean} [isOpen]
   */
  drawRows(from, number, isOpen) {
    const rows = this.makeRows(from, number, isOpen);
    this.body.replaceChildren(...rows);
    if (rows.length === 0) {
      const nothing = /** @type {HTMLTableCellElement} */ (element("td", "nothing", TEXT.noMatch + " " + TEXT.hidden(files(this.rows.length))));
      nothing.colSpan = this.table.rows[0].cells.length;
      this.body.append(element("tr", "", nothing));
    }
    this.table.setAttribute("aria-rowcount", String(this.shown.length + 1));
    return rows.length;
  }

  /** @param {number} from @param {number} number @param {boolean} [isOpen] whether all lists are expanded */
  makeRows(from, number, isOpen = false) {
    return this.shown.slice(from, from + number).map((row, index) => {
      const made = fileRow(this, row, isOpen);
      made.setAttribute("aria-rowindex", String(from + index + 2));
      return made;
    });
  }

  /** Returns in words what is filtered and left out. */
  filterWords() {
    const words = filterWords(this.state, this.facets);
    return this.omitted === "" ? words : [...words, this.omitted];
  }

  /** Announces the result of the filter, after a pause in typing: a screen reader would read every step. */
  say() {
    const { rows } = this;
    let known = 0;
    let undetermined = 0;
    let undeterminedBytes = 0;
    let unknown = 0;
    for (const row of this.shown) {
      known += rows.known[row];
      if (rows.all[row] < 0) unknown++;
      if (rows.usage(row) !== "undetermined") continue;
      undetermined++;
      undeterminedBytes += rows.known[row];
    }
    const parts = [TEXT.found(this.shown.length, rows.length) + " – "
      + TEXT.ofBytes(bytes(known), bytes(this.allBytes), percent(known, this.allBytes))];
    if (undetermined > 0) parts.push(TEXT.ofItUndetermined(files(undetermined), bytes(undeterminedBytes)));
    if (unknown > 0) parts.push(TEXT.ofUnknownSize(count(unknown)));
    if (this.omitted !== "") parts.push(this.omitted);
    need("found").textContent = parts.join("; ");
  }

  /** @param {number} row */
  openRow(row) {
    this.state.open = this.rows.id(row);
    openDetails(this.rows, row, () => {
      this.state.open = null;
      this.remember(false);
    });
  }

  /** @param {number} row @param {boolean} isTicked */
  tick(row, isTicked) {
    if (isTicked) this.ticked.add(row);
    else this.ticked.delete(row);
    const box = this.body.querySelector(`tr[data-row="${row}"] .tick`);
    if (box instanceof HTMLInputElement) box.checked = isTicked;
    this.showTicked();
  }

  /** Ticks the first shown rows: as many as one person reviews in one go. @param {number} number */
  tickFirst(number) {
    for (const row of this.shown.slice(0, number)) this.ticked.add(row);
    this.draw();
    this.showTicked();
  }

  showTicked() {
    const size = Array.from(this.ticked).reduce((sum, one) => sum + this.rows.known[one], 0);
    const untick = button("plain", TEXT.untick, () => {
      this.ticked.clear();
      need("ticked").replaceChildren();
      this.draw();
    });
    need("ticked").replaceChildren(...(this.ticked.size === 0 ? [] : [TEXT.ticked(files(this.ticked.size), bytes(size)) + " ", untick]));
  }

  /** Returns the ticked rows, or all shown rows if none is ticked, in table order. */
  chosen() {
    return this.ticked.size === 0 ? this.shown : this.order.filter((row) => this.ticked.has(row));
  }

  /** @param {number} row */
  async copyLink(row) {
    const state = Object.assign(new State(), this.state, { open: this.rows.id(row) });
    const copied = await copyText(location.href.split("#")[0] + state.write());
    need("found").textContent = copied ? TEXT.linkCopied : TEXT.copyFailed;
  }
}

function startFiles() {
  const section = byId("files");
  const table = byId("table");
  if (!section || !(table instanceof HTMLTableElement)) return;
  const { data, rows } = readBlock();
  const page = new FilesPage(section, table, new Rows(data, rows));
  listen(page);
  startKeys(page);
  startPrint(page);
  for (const id of ["tools", "pages"]) need(id).removeAttribute("hidden");
  page.readAddress();
  // prepare before the first key press
  setTimeout(() => page.searchTexts(), 50);
}
