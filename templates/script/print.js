// Two print modes: a summary, and the current rows. The browser's own print command prints the summary.

const PRINTED_ROWS = { get summary() { return shared.firstRows; }, rows: 1000 };

/** @param {FilesPage} page */
function startPrint(page) {
  /** @type {keyof typeof PRINTED_ROWS} */
  let mode = "summary";
  window.addEventListener("beforeprint", () => {
    const words = page.filterWords();
    const limit = PRINTED_ROWS[mode];
    page.finish();
    // collapsed lists cannot be opened on paper
    page.drawRows(0, limit, true);
    need("print-filter").replaceChildren(
      words.length === 0 ? TEXT.printNoFilter : TEXT.printFilter(words.join("; ")), " ",
      page.shown.length > limit ? TEXT.printFirst(count(limit), count(page.shown.length)) : "",
    );
  });
  window.addEventListener("afterprint", () => {
    mode = "summary";
    page.draw();
  });
  need("print-button").addEventListener("click", () => {
    const dialog = /** @type {HTMLDialogElement} */ (need("print"));
    const title = element("h2", "", TEXT.printTitle);
    title.id = "print-title";
    const choice = (/** @type {keyof typeof PRINTED_ROWS} */ chosen, /** @type {string} */ label) => {
      const control = button("", label, () => {
        mode = chosen;
        dialog.close();
        window.print();
      });
      control.dataset.print = chosen;
      return control;
    };
    dialog.replaceChildren(title, element("div", "formats", choice("summary", TEXT.printSummary(count(PRINTED_ROWS.summary))),
      choice("rows", TEXT.printRows(count(PRINTED_ROWS.rows)))), button("plain", TEXT.close, () => dialog.close()));
    dialog.showModal();
  });
}
