// Starts what the page has. The theme at once, so that the page never flashes in the other colours.

applyTheme(storedTheme());
document.addEventListener("DOMContentLoaded", () => {
  startChoices();
  for (const table of document.querySelectorAll("table.sortable")) {
    if (table instanceof HTMLTableElement) startStaticTable(table);
  }
  try {
    if (typeof startFiles === "function") startFiles();
    if (typeof startDashboard === "function") startDashboard();
  } catch (error) {
    // no rows are better than some of them
    byId("table")?.querySelector("tbody")?.replaceChildren();
    showError(error);
  }
});
