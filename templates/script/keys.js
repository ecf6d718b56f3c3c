// Keyboard shortcuts and their help. Single keys can be switched off, for speech input (WCAG 2.1.4).

/** Whether the focused element takes the key itself. @param {EventTarget|null} target */
const isTyping = (target) => target instanceof HTMLInputElement ? target.type !== "checkbox"
  : target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

/** @param {FilesPage} page */
function startKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!page.state.keys || document.querySelector("dialog[open]")) return;
    const done = pageKey(page, event.key) || tableKey(page, event);
    if (done) event.preventDefault();
  });
  need("help-button").addEventListener("click", () => openHelp(page));
}

/** @param {FilesPage} page @param {string} key */
function pageKey(page, key) {
  switch (key) {
    case "/": page.search.focus(); return true;
    case "?": openHelp(page); return true;
    case "[": page.turn("previous"); return true;
    case "]": page.turn("next"); return true;
    default: return false;
  }
}

/**
 * Shortcuts for a row; active only while the table has the focus.
 * @param {FilesPage} page @param {KeyboardEvent} event
 */
function tableKey(page, event) {
  const focused = document.activeElement;
  const region = page.table.parentElement;
  if (!focused || !region || !region.contains(focused)) return false;
  const rows = Array.from(page.body.rows);
  const at = rows.findIndex((row) => row.contains(focused));
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    const name = next && next.querySelector("button.name");
    if (name instanceof HTMLElement) name.focus();
    return true;
  }
  if (at < 0) return false;
  const row = Number(rows[at].dataset.row);
  switch (event.key) {
    case "o": {
      const anchor = rows[at].querySelector(".of-page a");
      if (anchor instanceof HTMLAnchorElement) anchor.click();
      return true;
    }
    case "c": page.copyLink(row); return true;
    case "x": page.tick(row, !page.ticked.has(row)); return true;
    default: return false;
  }
}

/** @param {FilesPage} page */
function openHelp(page) {
  const dialog = /** @type {HTMLDialogElement} */ (need("help"));
  const title = element("h2", "", TEXT.helpTitle);
  title.id = "help-title";
  const list = (/** @type {string[][]} */ entries) => element("dl", "help", ...entries.map(([term, words]) =>
    element("div", "", element("dt", "", element("kbd", "", term)), element("dd", "", words))));
  const box = /** @type {HTMLInputElement} */ (element("input", ""));
  box.type = "checkbox";
  box.id = "keys-on";
  box.checked = page.state.keys;
  box.addEventListener("change", () => {
    page.state.keys = box.checked;
    page.remember(false);
  });
  dialog.replaceChildren(title, element("h3", "", TEXT.helpFilter), list(TEXT.filterHelp), element("h3", "", TEXT.helpKeys),
    list(TEXT.keyHelp), element("p", "", element("label", "", box, " " + TEXT.keysOn)), button("plain", TEXT.close, () => dialog.close()));
  dialog.showModal();
}
