// Common to all pages: theme, units, and sortable tables whose rows are all in the page.

function storedTheme() {
  try {
    return localStorage.getItem("confluence-storage-analyzer-theme") || "auto";
  } catch {
    return "auto"; // this browser has no storage for file:// pages
  }
}

/** @param {string} theme */
function applyTheme(theme) {
  const known = ["auto", "light", "dark"].includes(theme) ? theme : "auto";
  document.documentElement.dataset.theme = known;
  press("theme", (control) => control.dataset.theme === known);
}

/** Presses the chosen buttons of a group. @param {string} group @param {(control: HTMLElement) => boolean} isChosen */
function press(group, isChosen) {
  for (const control of document.querySelectorAll("#" + group + " button")) {
    control.setAttribute("aria-pressed", String(control instanceof HTMLElement && isChosen(control)));
  }
}

/** @param {string} step */
function applyUnits(step) {
  unitStep = step === "1000" ? 1000 : 1024;
  press("units", (control) => control.dataset.units === String(unitStep));
  for (const data of document.querySelectorAll("data.bytes")) {
    if (data instanceof HTMLElement) fillBytes(data);
  }
  document.dispatchEvent(new Event("units"));
}

function startChoices() {
  const choices = byId("choices");
  if (!choices) return;
  choices.hidden = false;
  applyTheme(storedTheme());
  applyUnits("1024");
  choices.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    const { theme, units } = event.target.dataset;
    if (units) applyUnits(units);
    if (!theme) return;
    applyTheme(theme);
    try {
      localStorage.setItem("confluence-storage-analyzer-theme", theme);
    } catch {
      // the choice lasts until the page is closed
    }
  });
  for (const time of document.querySelectorAll(".run time")) {
    if (time instanceof HTMLTimeElement) time.title = MOMENT.format(new Date(time.dateTime));
  }
}

/* ---- sorting ---- */

/**
 * Puts a button into every sortable heading. `sort` is called with the key of the heading and the direction; a null key
 * means the initial order. Returns a function that marks the sorted heading.
 * @param {HTMLTableElement} table
 * @param {(key: string|null, descending: boolean) => void} sort
 */
function makeSortable(table, sort) {
  const headings = Array.from(table.querySelectorAll("thead th[data-sort]"));
  const initial = headings.find((heading) => heading.hasAttribute("aria-sort"));
  const initialDirection = initial ? initial.getAttribute("aria-sort") : null;
  /** @param {string|null} key @param {boolean} descending */
  const show = (key, descending) => {
    for (const heading of headings) {
      if (!(heading instanceof HTMLElement)) continue;
      const direction = key === null ? (heading === initial ? initialDirection : null)
        : keyOf(heading) === key ? (descending ? "descending" : "ascending") : null;
      if (direction) heading.setAttribute("aria-sort", direction);
      else heading.removeAttribute("aria-sort");
    }
  };
  for (const heading of headings) {
    if (!(heading instanceof HTMLTableCellElement)) continue;
    const control = button("sort", heading.textContent || "", () => {
      const first = "numeric" in heading.dataset ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      const now = heading.getAttribute("aria-sort");
      const next = now === null ? first : now === first ? second : null;
      const key = next === null ? null : keyOf(heading);
      show(key, next === "descending");
      sort(key, next === "descending");
    });
    heading.replaceChildren(control);
  }
  return show;
}

/** @param {HTMLElement} heading */
const keyOf = (heading) => heading.dataset.sort || String(/** @type {HTMLTableCellElement} */ (heading).cellIndex);

/** Makes a table sortable whose rows are all in the page. @param {HTMLTableElement} table */
function startStaticTable(table) {
  const body = table.tBodies[0];
  const original = Array.from(body.rows);
  makeSortable(table, (key, descending) => {
    const rows = original.slice();
    const value = (/** @type {HTMLTableRowElement} */ row) => Number(row.cells[Number(key)].dataset.v ?? NaN);
    // unknown values come last in both directions
    if (key !== null) rows.sort((one, other) => Number(isNaN(value(one))) - Number(isNaN(value(other)))
      || (descending ? value(other) - value(one) : value(one) - value(other)) || 0);
    body.replaceChildren(...rows);
  });
}
