// @ts-check
"use strict";
// Helpers, theme and sorting for all pages; files.js follows in the same script element. Text only ever becomes
// text nodes.

/* ---- small helpers ---- */

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/**
 * @param {string} name
 * @param {string} [className]
 * @param {...(Node|string)} children
 */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A number with commas, the same in every locale and as in the static page. @param {number} number */
function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Bytes for people: the rule of format.rs, rounding half up in whole tenths. @param {number|null} size */
function bytes(size) {
  if (size === null) return "unknown";
  if (size < 1024) return size === 1 ? "1 byte" : count(size) + " bytes";
  let unit = 1024;
  for (const name of ["KiB", "MiB", "GiB", "TiB", "PiB"]) {
    const tenths = Math.floor((size * 10 + unit / 2) / unit);
    if (tenths < 10240) return Math.floor(tenths / 10) + "." + (tenths % 10) + " " + name;
    unit *= 1024;
  }
  return (size / unit).toFixed(1) + " EiB";
}

/** Text as it is searched: without case and accents. @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/* ---- theme ---- */

function storedTheme() {
  try {
    return localStorage.getItem("confluence-storage-analyzer-theme") || "auto";
  } catch {
    return "auto"; // a browser that keeps nothing for files
  }
}

/** @param {string} theme */
function applyTheme(theme) {
  const known = ["auto", "light", "dark"].includes(theme) ? theme : "auto";
  document.documentElement.dataset.theme = known;
  for (const button of document.querySelectorAll("#theme button")) {
    button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.theme === known));
  }
}

function startTheme() {
  const group = byId("theme");
  if (!group) return;
  group.hidden = false;
  applyTheme(storedTheme());
  group.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.dataset.theme) return;
    applyTheme(event.target.dataset.theme);
    try {
      localStorage.setItem("confluence-storage-analyzer-theme", event.target.dataset.theme);
    } catch {
      // the choice then lasts as long as the page
    }
  });
}

/* ---- sorting, for all tables ---- */

/**
 * Puts a button into every sortable heading and calls `sort` with the heading and the direction;
 * no direction means the order the page began with.
 * @param {HTMLTableElement} table
 * @param {(heading: HTMLTableCellElement, direction: string|null) => void} sort
 */
function makeSortable(table, sort) {
  const headings = Array.from(table.querySelectorAll("thead th[data-sort]"));
  for (const heading of headings) {
    if (!(heading instanceof HTMLTableCellElement)) continue;
    const label = heading.textContent || "";
    const button = element("button", "sort", label);
    button.setAttribute("type", "button");
    heading.replaceChildren(button);
    const initial = heading.getAttribute("aria-sort");
    const first = "numeric" in heading.dataset ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    button.addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort");
      const touched = "touched" in heading.dataset;
      const next = now === null || (initial && !touched && now !== first) ? first : now === first ? second : null;
      for (const other of headings) {
        other.removeAttribute("aria-sort");
        if (other instanceof HTMLElement) delete other.dataset.touched;
      }
      if (next) {
        heading.setAttribute("aria-sort", next);
        heading.dataset.touched = "";
      }
      sort(heading, next);
    });
  }
}

/** Unknown values are last in both directions. @param {number|null} one @param {number|null} other */
function compare(one, other, descending = false) {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  return descending ? other - one : one - other;
}

/** A small table whose rows all stand in the page. @param {HTMLTableElement} table */
function startStaticTable(table) {
  const body = table.tBodies[0];
  const original = Array.from(body.rows);
  makeSortable(table, (heading, direction) => {
    const column = heading.cellIndex;
    const value = (/** @type {HTMLTableRowElement} */ row) => {
      const text = row.cells[column].dataset.v;
      return text === undefined || text === "" ? null : Number(text);
    };
    const rows = original.slice();
    if (direction) rows.sort((one, other) => compare(value(one), value(other), direction === "descending"));
    body.replaceChildren(...rows);
  });
}

// at once, so that the page never flashes in the other colours
applyTheme(storedTheme());
document.addEventListener("DOMContentLoaded", () => {
  startTheme();
  for (const table of document.querySelectorAll("table.sortable")) {
    if (table instanceof HTMLTableElement) startStaticTable(table);
  }
  startFiles();
});
