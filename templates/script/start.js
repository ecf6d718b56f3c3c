// Starts the page. Applies the theme at once, so that the page never flashes in the wrong colours.

applyTheme(storedTheme());
document.addEventListener("DOMContentLoaded", () => {
  startChoices();
  for (const table of document.querySelectorAll("table.sortable")) {
    if (table instanceof HTMLTableElement) startStaticTable(table);
  }
  try {
    if (typeof startFiles === "function") startFiles();
    if (typeof startOwner === "function") startOwner();
    if (typeof startDashboard === "function") startDashboard();
  } catch (error) {
    // showing no rows is better than showing only some
    byId("table")?.querySelector("tbody")?.replaceChildren();
    showError(error);
  }
});
