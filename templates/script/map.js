// Treemap of spaces, pages and files, with the same level as a table below it for screen readers and small screens.

/**
 * Bytes of current versions, bytes of all versions, number of files, unreferenced bytes and undetermined bytes.
 * @typedef {{ now: number, all: number, files: number, unreferenced: number, undetermined: number }} Measures
 */
/** @typedef {"now"|"all"|"files"|"unreferenced"} ShownMeasure */
/**
 * One area. `children` returns the level below; `href` opens another page; `rest` is the sum of the parts that are too small.
 * @typedef {{ key: string, name: string, measures: Measures, children?: () => MapNode[], href?: string,
 *   open?: () => void, usage?: string, rest?: boolean }} MapNode
 */

/** Maximum number of rectangles, and minimum area of one in pixels. */
const MOST_SQUARES = 300;
const LEAST_AREA = 60;
/** Rows of the table below. */
const MAP_ROWS = 50;
/** Below this width in pixels, only the table is shown. */
const LEAST_WIDTH = 480;

/** @param {Measures[]} list @returns {Measures} */
function sumMeasures(list) {
  const sum = { now: 0, all: 0, files: 0, unreferenced: 0, undetermined: 0 };
  for (const { now, all, files: number, unreferenced, undetermined } of list) {
    sum.now += now;
    sum.all += all;
    sum.files += number;
    sum.unreferenced += unreferenced;
    sum.undetermined += undetermined;
  }
  return sum;
}

class SpaceMap {
  /**
   * @param {HTMLElement} figure @param {() => MapNode} root
   * @param {(measure: string, zoom: string[]) => void} changed called after every navigation step
   */
  constructor(figure, root, changed) {
    this.figure = figure;
    this.root = root;
    this.changed = changed;
    /** @type {ShownMeasure} */
    this.measure = "all";
    /** Only a complete run knows what is unreferenced; unknown must not look like zero. */
    this.isComplete = byId("completeness")?.classList.contains("complete") === true;
    /** @type {string[]} */
    this.zoom = [];
    /** @type {MapNode[]} */
    this.path = [];
    this.squares = element("div", "squares");
    this.squares.setAttribute("role", "group");
    this.table = element("div", "map-table");
    this.caption = element("figcaption", "");
    figure.replaceChildren(this.caption, this.squares, this.table);
    this.squares.addEventListener("keydown", (event) => this.key(event));
    // set on hover only: screen readers would read an initial title after the identical name
    this.squares.addEventListener("pointerover", ({ target }) => {
      const square = target instanceof Element ? target.closest("button") : null;
      if (square) square.title = square.getAttribute("aria-label") || "";
    });
    this.width = 0;
    new ResizeObserver(() => {
      if (this.figure.clientWidth !== this.width) this.draw();
    }).observe(figure);
  }

  /** @param {string} measure @param {string[]} zoom */
  set(measure, zoom) {
    const wanted = MEASURES_OF_MAP.find((known) => known === measure) ?? "now";
    this.measure = wanted === "unreferenced" && !this.isComplete ? "all" : wanted;
    this.zoom = zoom.slice();
    this.draw();
  }

  /** Resolves the zoom to the nodes from the root to the shown one. */
  resolvePath() {
    const path = [this.root()];
    for (const key of this.zoom) {
      const next = path[path.length - 1].children?.().find((node) => node.key === key && node.children);
      if (!next) break;
      path.push(next);
    }
    this.path = path;
    this.zoom = path.slice(1).map((node) => node.key);
  }

  /** @param {string[]} zoom */
  go(zoom) {
    this.zoom = zoom;
    this.draw();
    this.changed(this.measure, this.zoom);
    const first = this.squares.querySelector("button") || this.table.querySelector("button, a");
    if (first instanceof HTMLElement) first.focus();
  }

  draw() {
    this.resolvePath();
    this.width = this.figure.clientWidth;
    const here = this.path[this.path.length - 1];
    const nodes = (here.children?.() || []).filter((node) => node.measures[this.measure] > 0);
    nodes.sort((one, other) => Number(one.rest || 0) - Number(other.rest || 0) || other.measures[this.measure] - one.measures[this.measure]);
    this.drawCaption(here);
    this.drawSquares(nodes);
    this.drawTable(nodes, here);
  }

  /** @param {MapNode} here */
  drawCaption(here) {
    const crumbs = this.path.map((node, index) => {
      const label = bdi(node.name);
      return element("li", "", index === this.path.length - 1 ? label : button("plain", label, () => this.go(this.zoom.slice(0, index))));
    });
    const select = /** @type {HTMLSelectElement} */ (element("select", ""));
    for (const measure of MEASURES_OF_MAP) {
      const option = /** @type {HTMLOptionElement} */ (element("option", "", measureWords(measure)));
      option.selected = measure === this.measure;
      option.disabled = measure === "unreferenced" && !this.isComplete;
      select.append(option);
    }
    select.addEventListener("change", () => {
      this.measure = MEASURES_OF_MAP[select.selectedIndex];
      this.draw();
      this.changed(this.measure, this.zoom);
      this.caption.querySelector("select")?.focus();
    });
    const title = TEXT.mapCaption(here.name, measureWords(this.measure).toLowerCase());
    this.squares.setAttribute("aria-label", title);
    this.caption.replaceChildren(
      element("ol", "crumbs", ...crumbs),
      element("label", "", TEXT.measure + " ", select),
      element("span", "quiet", title + ": ", this.amount(here.measures[this.measure])),
      element("span", "quiet map-key", TEXT.mapKey),
    );
  }

  /** @param {number} value */
  amount(value) {
    return this.measure === "files" ? files(value) : bytesNode(value);
  }

  /** @param {number} value */
  amountWords(value) {
    return this.measure === "files" ? files(value) : bytes(value);
  }

  /** @param {MapNode[]} nodes */
  drawSquares(nodes) {
    this.squares.hidden = this.width < LEAST_WIDTH || nodes.length === 0;
    if (this.squares.hidden) {
      this.squares.replaceChildren();
      return;
    }
    const height = Math.round(Math.min(420, Math.max(240, this.width * 0.4)));
    this.squares.style.height = height + "px";
    const total = nodes.reduce((sum, node) => sum + node.measures[this.measure], 0);
    const shown = gather(nodes, this.measure, total * LEAST_AREA / (this.width * height), MOST_SQUARES);
    const places = squarify(shown.map((node) => node.measures[this.measure]), this.width, height);
    this.squares.replaceChildren(...shown.map((node, index) => this.square(node, places[index], total, index)));
  }

  /** @param {MapNode} node @param {Rectangle} place @param {number} total @param {number} index */
  square(node, place, total, index) {
    const value = node.measures[this.measure];
    const control = button("square", "", () => this.enter(node));
    const words = `${node.name}, ${this.amountWords(value)}, ${percent(value, total)}`;
    control.setAttribute("aria-label", words);
    control.dataset.value = String(value);
    control.tabIndex = index === 0 ? 0 : -1;
    control.style.left = place.x + "px";
    control.style.top = place.y + "px";
    control.style.width = Math.max(1, place.width - 2) + "px";
    control.style.height = Math.max(1, place.height - 2) + "px";
    if (node.rest) control.classList.add("rest");
    if (node.measures.all > 0 && node.measures.undetermined * 2 > node.measures.all) control.classList.add("undetermined");
    if (node.measures.unreferenced > 0 && node.measures.all > 0) {
      const hatch = element("span", "hatch");
      hatch.style.height = Math.ceil(node.measures.unreferenced * 100 / node.measures.all) + "%";
      control.append(hatch);
    }
    if (place.width > 56 && place.height > 26) {
      const label = element("span", "label", bdi(node.name));
      if (place.height > 48) label.append(element("br"), this.amountWords(value));
      control.append(label);
    }
    return control;
  }

  /** @param {MapNode} node */
  enter(node) {
    if (node.children) this.go([...this.zoom, node.key]);
    else if (node.open) node.open();
    else if (node.href) location.href = node.href;
  }

  /** @param {MapNode[]} nodes @param {MapNode} here */
  drawTable(nodes, here) {
    if (nodes.length === 0) {
      this.table.replaceChildren(element("p", "empty", TEXT.mapEmpty));
      return;
    }
    const shown = gather(nodes, this.measure, 0, MAP_ROWS);
    const { name, share, unreferenced } = TEXT.mapColumns;
    const labels = [name, measureWords(this.measure), share, unreferenced];
    const head = element("tr", "", ...labels.map((label) => {
      const heading = element("th", label === name ? "" : "number", label);
      heading.setAttribute("scope", "col");
      return heading;
    }));
    const total = here.measures[this.measure];
    const body = shown.map((node) => {
      const heading = element("th", "", this.nameOf(node));
      heading.setAttribute("scope", "row");
      return element("tr", "", heading, element("td", "number", this.amount(node.measures[this.measure])),
        element("td", "number", percent(node.measures[this.measure], total)),
        element("td", "number", this.isComplete ? percent(node.measures.unreferenced, node.measures.all) : TEXT.unknown));
    });
    const table = element("table", "", element("thead", "", head), element("tbody", "", ...body));
    table.setAttribute("aria-label", this.squares.getAttribute("aria-label") || "");
    this.table.replaceChildren(table);
  }

  /** @param {MapNode} node */
  nameOf(node) {
    if (node.children || node.open) return button("plain", bdi(node.name), () => this.enter(node));
    if (!node.href) return bdi(node.name);
    const anchor = element("a", "", bdi(node.name));
    anchor.setAttribute("href", node.href);
    return anchor;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const controls = Array.from(this.squares.querySelectorAll("button"));
    const at = controls.findIndex((control) => control === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: controls.length - 1 };
    if (event.key === "Backspace" && this.zoom.length > 0) {
      this.go(this.zoom.slice(0, -1));
    } else if (event.key in steps) {
      const next = controls[Math.min(controls.length - 1, Math.max(0, steps[event.key]))];
      for (const control of controls) control.tabIndex = control === next ? 0 : -1;
      next?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The measures that can be shown, as named in URLs. @type {ShownMeasure[]} */
const MEASURES_OF_MAP = ["now", "all", "files", "unreferenced"];

/** @param {ShownMeasure} measure */
const measureWords = (measure) => TEXT.measures[measure];

/**
 * Keeps the largest nodes and merges the others into one, so that the sum is unchanged.
 * @param {MapNode[]} nodes @param {ShownMeasure} measure @param {number} least @param {number} most
 */
function gather(nodes, measure, least, most) {
  const small = nodes.filter((node, index) => !node.rest && (index >= most || node.measures[measure] < least));
  const rest = nodes.filter((node) => node.rest);
  if (small.length + rest.length === 0 || (small.length === 0 && rest.length === 1)) return nodes;
  const kept = nodes.filter((node) => !node.rest && !small.includes(node));
  const number = small.length + rest.reduce((sum, node) => sum + node.measures.files, 0);
  kept.push({ key: "", name: TEXT.smaller(count(number)), measures: sumMeasures([...small, ...rest].map((node) => node.measures)), rest: true });
  return kept;
}
