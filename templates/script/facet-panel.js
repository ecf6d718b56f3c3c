// Facets on the page: usages are chips; the others are tables with bars that open below their button.

/** Values shown before “more values” is pressed. */
const FACET_VALUES = 30;

/** @param {number} share 0 to 100 @param {string} [className] */
function bar(share, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "bar " + (className || ""));
  svg.setAttribute("viewBox", "0 0 100 6");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("width", String(share));
  rect.setAttribute("height", "6");
  svg.append(rect);
  return svg;
}

class FacetPanel {
  /** @param {HTMLElement} place @param {Facet[]} facets @param {(key: string, value: string) => void} toggle */
  constructor(place, facets, toggle) {
    this.facets = facets;
    this.toggle = toggle;
    const [usage, ...others] = facets;
    this.usage = usage;
    this.chips = element("div", "usages");
    const group = element("fieldset", "facet-usage", element("legend", "", usage.label), this.chips);
    /** @type {Map<Facet, { box: HTMLDetailsElement, summary: HTMLElement, limit: number }>} */
    this.boxes = new Map();
    const boxes = others.filter((facet) => facet.isUseful).map((facet) => this.makeBox(facet));
    // a list with a single usage offers no choice
    place.replaceChildren(...(usage.isUseful ? [group] : []), element("div", "boxes", ...boxes));
    document.addEventListener("click", (event) => this.closeBoxes(event.target));
    place.addEventListener("keydown", (event) => {
      const box = event.target instanceof Element ? event.target.closest("details") : null;
      if (event.key !== "Escape" || !box || !box.open) return;
      box.open = false;
      event.stopPropagation();
      box.querySelector("summary")?.focus();
    });
  }

  /** @param {Facet} facet */
  makeBox(facet) {
    const summary = element("summary", "", facet.label);
    const box = /** @type {HTMLDetailsElement} */ (element("details", "facet", summary));
    box.dataset.facet = facet.key;
    this.boxes.set(facet, { box, summary, limit: FACET_VALUES });
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      this.closeBoxes(box);
      this.fill(facet);
    });
    return box;
  }

  /**
   * Closes the open facet unless the click was inside it: only one is open at a time.
   * @param {EventTarget|null} target
   */
  closeBoxes(target) {
    for (const { box } of this.boxes.values()) {
      // the pressed button may have been removed already, because the table was redrawn
      if (box.open && target instanceof Node && target.isConnected && !box.contains(target)) box.open = false;
    }
  }

  /** Redraws the counts; called after every change of the filter. */
  update() {
    this.fillUsages();
    for (const [facet, { box, summary }] of this.boxes) {
      const chosen = facet.chosen === null ? 0 : facet.chosen.reduce((sum, one) => sum + one, 0);
      summary.textContent = facet.label + (chosen > 0 ? " (" + count(chosen) + ")" : "");
      summary.classList.toggle("active", chosen > 0);
      if (box.open) this.fill(facet);
    }
  }

  fillUsages() {
    const { usage } = this;
    const focused = this.chips.contains(document.activeElement) ? document.activeElement : null;
    const value = focused instanceof HTMLElement ? focused.dataset.value : undefined;
    const chips = usage.values.map(([slug, words], index) => {
      const isChosen = usage.chosen !== null && usage.chosen[index] === 1;
      if (usage.counts[index] === 0 && !isChosen) return null;
      const chip = button("usage chip " + slug, words + " ", () => this.toggle("usage", slug));
      chip.append(element("b", "", count(usage.counts[index])));
      chip.setAttribute("aria-pressed", String(isChosen));
      chip.dataset.value = slug;
      chip.title = bytes(usage.bytes[index]);
      return chip;
    });
    this.chips.replaceChildren(...chips.filter((chip) => chip !== null));
    if (value !== undefined) this.refocus(this.chips, value);
  }

  /** @param {Element} place @param {string} value */
  refocus(place, value) {
    for (const control of place.querySelectorAll("button")) if (control.dataset.value === value) control.focus();
  }

  /** Fills the table of one facet, which is its histogram too. @param {Facet} facet */
  fill(facet) {
    const entry = this.boxes.get(facet);
    if (!entry) return;
    const focused = document.activeElement instanceof HTMLElement && entry.box.contains(document.activeElement)
      ? document.activeElement.dataset.value : undefined;
    let indexes = facet.values.map((_, index) => index)
      .filter((index) => facet.counts[index] > 0 || (facet.chosen !== null && facet.chosen[index] === 1));
    if (!facet.isOrdered) indexes.sort((one, other) => facet.counts[other] - facet.counts[one] || facet.bytes[other] - facet.bytes[one]);
    const left = indexes.length - entry.limit;
    if (left > 0) indexes = indexes.slice(0, entry.limit);
    const most = Math.max(1, ...indexes.map((index) => facet.bytes[index]));
    const [value, number, size] = TEXT.facetColumns;
    const head = element("thead", "visually-hidden", element("tr", "", ...[value, number, size].map((text) => {
      const heading = element("th", "", text);
      heading.setAttribute("scope", "col");
      return heading;
    })));
    const body = element("tbody", "", ...indexes.map((index) => this.facetRow(facet, index, most)));
    const group = element("fieldset", "panel", element("legend", "visually-hidden", facet.label), element("table", "histogram", head, body));
    if (left > 0) {
      group.append(button("plain", TEXT.showMore(left), () => {
        entry.limit += 200;
        this.fill(facet);
      }));
    }
    entry.box.replaceChildren(entry.summary, group);
    if (focused !== undefined) this.refocus(group, focused);
  }

  /** @param {Facet} facet @param {number} index @param {number} most */
  facetRow(facet, index, most) {
    const [value, words] = facet.values[index];
    const control = button("value", bdi(words), () => this.toggle(facet.key, value));
    control.dataset.value = value;
    control.setAttribute("aria-pressed", String(facet.chosen !== null && facet.chosen[index] === 1));
    control.setAttribute("aria-label", `${words}: ${files(facet.counts[index])}, ${bytes(facet.bytes[index])}`);
    const heading = element("th", "", control, bar(Math.ceil(facet.bytes[index] * 100 / most)));
    heading.setAttribute("scope", "row");
    return element("tr", "", heading, element("td", "number", count(facet.counts[index])),
      element("td", "number", bytesNode(facet.bytes[index])));
  }
}

/** Returns the active filters in words, for chips, print and lists. @param {State} state @param {Facet[]} facets */
function filterWords(state, facets) {
  const words = state.query.trim() === "" ? [] : [state.query.trim()];
  for (const facet of facets) {
    for (const value of state.facets.get(facet.key) || []) words.push(facet.label + ": " + valueWords(facet, value));
  }
  return words;
}

/** @param {Facet} facet @param {string} value */
function valueWords(facet, value) {
  const index = facet.indexOf(value);
  return index < 0 ? visible(value) : facet.values[index][1];
}
