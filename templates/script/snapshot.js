// Dashboard of the page metrics. Everything is in the page; the script opens, filters and sorts it.

/** Decodes a part of the URL; a malformed one is returned unchanged. @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Opens the list that the URL names and applies its filter. @param {FindingsFilter} filter */
function followAddress(filter) {
  const place = decoded(location.hash.slice(1));
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

/** Called by `start.js` on every dashboard. */
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
