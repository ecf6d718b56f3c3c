// State of the page, kept in the fragment of its URL: every view can be linked to, and the Back button works.

const SORT_KEYS = ["name", "size", "space", "usage", "page", "owner", "author", "embedded", "elsewhere", "evidence", "versions", "all", "changed"];
/** Keys whose first sort direction is descending: largest or newest first. */
const NUMERIC_KEYS = ["size", "elsewhere", "evidence", "versions", "all", "changed"];

class State {
  constructor() {
    this.query = "";
    /** @type {Map<string, Set<string>>} */
    this.facets = new Map();
    /** The sort key; null is the initial order. @type {string|null} */
    this.sort = null;
    this.descending = true;
    this.page = 0;
    this.pageSize = shared.firstRows;
    /** ID of the file whose details are open. @type {string|null} */
    this.open = null;
    /** What the areas of the map show; null when the map is closed. @type {string|null} */
    this.map = null;
    /** @type {string[]} */
    this.zoom = [];
    this.keys = true;
    /** Error messages about parts of the URL. @type {string[]} */
    this.errors = [];
  }

  /** Parses the fragment of the URL; unknown keys are ignored. @param {string} hash @param {string[]} facets */
  static read(hash, facets) {
    const state = new State();
    for (const part of hash.replace(/^#\??/, "").split("&")) {
      const at = part.indexOf("=");
      if (at < 0) continue;
      const key = part.slice(0, at);
      let value;
      try {
        value = decodeURIComponent(part.slice(at + 1).replace(/\+/g, " "));
      } catch {
        state.errors.push(TEXT.badLink(visible(part)));
        continue;
      }
      if (!state.set(key, value, facets)) state.errors.push(TEXT.badLink(visible(key + "=" + value)));
    }
    return state;
  }

  /** @param {string} key @param {string} value @param {string[]} facets */
  set(key, value, facets) {
    if (facets.includes(key)) {
      this.facets.set(key, (this.facets.get(key) || new Set()).add(value));
      return true;
    }
    const number = /^\d{1,9}$/.test(value) ? Number(value) : null;
    switch (key) {
      case "q": this.query = value; return true;
      case "sort":
        if (!SORT_KEYS.includes(value)) return false;
        this.sort = value;
        this.descending = NUMERIC_KEYS.includes(value);
        return true;
      case "dir": this.descending = value === "desc"; return value === "desc" || value === "asc";
      case "page": this.page = (number ?? 1) - 1; return number !== null && number > 0;
      case "rows":
        if (number === null || !shared.pageSizes.includes(number)) return false;
        this.pageSize = number;
        return true;
      case "open": this.open = value; return true;
      case "map": this.map = MEASURES_OF_MAP.find((measure) => measure === value) ?? null; return this.map !== null;
      case "zoom": this.zoom.push(value); return true;
      case "keys": this.keys = value !== "off"; return true;
      default: return true;
    }
  }

  /** The fragment parameters of filter and facets only. */
  filterParts() {
    const parts = this.query === "" ? [] : [["q", this.query]];
    for (const [key, values] of this.facets) for (const value of values) parts.push([key, value]);
    return parts;
  }

  write() {
    const parts = this.filterParts();
    if (this.sort !== null) parts.push(["sort", this.sort]);
    if (this.sort !== null && this.descending !== NUMERIC_KEYS.includes(this.sort)) parts.push(["dir", this.descending ? "desc" : "asc"]);
    if (this.page > 0) parts.push(["page", String(this.page + 1)]);
    if (this.pageSize !== shared.firstRows) parts.push(["rows", String(this.pageSize)]);
    if (this.map !== null) parts.push(["map", this.map]);
    for (const step of this.zoom) parts.push(["zoom", step]);
    if (this.open !== null) parts.push(["open", this.open]);
    if (!this.keys) parts.push(["keys", "off"]);
    return State.hash(parts);
  }

  /** @param {string[][]} parts */
  static hash(parts) {
    return parts.length === 0 ? "#" : "#?" + parts.map(([key, value]) => key + "=" + encodeURIComponent(value)).join("&");
  }

  /** @param {string} key @param {string} value */
  toggle(key, value) {
    const values = this.facets.get(key) || new Set();
    if (!values.delete(value)) values.add(value);
    if (values.size === 0) this.facets.delete(key);
    else this.facets.set(key, values);
    this.page = 0;
  }
}
