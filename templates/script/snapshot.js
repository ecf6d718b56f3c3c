// The dashboard of the page metrics. Everything stands in the page; the script opens, filters and sorts it.

/** A part of the address; one that somebody mistyped stays as it is. @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Opens the list that the address names, and all that lies around it. @param {FindingsFilter} filter */
function followAddress(filter) {
  const place = unescaped(location.hash.slice(1));
  if (place.startsWith("?")) {
    filter.set(new URLSearchParams(location.hash.slice(2)).get("q") || "");
    byId("findings")?.scrollIntoView();
    return;
  }
  const target = place === "" ? null : byId(place);
  const list = target?.closest("details");
  if (!target || !list) return;
  list.open = true;
  target.scrollIntoView();
}

/** `start.js` calls it so on every dashboard. */
function startDashboard() {
  const filter = new FindingsFilter();
  filter.start();
  followAddress(filter);
  window.addEventListener("hashchange", () => followAddress(filter));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea, dialog") !== null;
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    filter.input.focus();
  });
}
