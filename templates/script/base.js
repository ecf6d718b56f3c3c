// Helpers for the scripts that follow in the same script element. Text only ever becomes text nodes.

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/** @param {string} name @param {string} [className] @param {...(Node|string)} children */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** @param {string} className @param {string|Node} label @param {(event: Event) => void} [click] */
function button(className, label, click) {
  const made = /** @type {HTMLButtonElement} */ (element("button", className, label));
  made.type = "button";
  if (click) made.addEventListener("click", click);
  return made;
}

/** @param {string} text */
const bdi = (text) => element("bdi", "", text);

/**
 * Returns a link for an http or https URL, else the label alone.
 * @param {string|null} url @param {Node|string} label
 */
function link(url, label) {
  if (url === null || !/^https?:\/\//.test(url)) return label;
  const anchor = element("a", "", label);
  anchor.setAttribute("href", url);
  anchor.setAttribute("rel", "noopener noreferrer");
  return anchor;
}

/** Returns the text as it is searched: lower case, without accents. @param {string} text */
function folded(text) {
  // sufficient for most names, and ten times faster
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * The constants that the program and this script share, from the data block (data/shared_constants.rs).
 * @type {{ usages: { name: string[], words: string[], meaning: string[] }, ages: { value: string[], words: string[], days: (number|null)[] }, shownContents: number,
 *   pageSizes: number[], firstRows: number, hidden: RegExp, formula: RegExp, lineBreaks: RegExp,
 *   explanation: { sentences: Record<string, string>, topics: { name: string[], words: string[] }, causes: string[], would: string[],
 *     could: string[], kinds: string[], remedies: string[], maxContents: number, freshDays: number } }}
 */
let shared;

/** @param {any} given */
function useShared(given) {
  const escaped = (/** @type {number} */ character) => "\\u{" + character.toString(16) + "}";
  const { first, last } = given.hidden;
  const ranges = first.map((/** @type {number} */ from, /** @type {number} */ at) => escaped(from) + "-" + escaped(last[at]));
  shared = {
    ...given,
    hidden: new RegExp("[" + ranges.join("") + "]", "gu"),
    formula: new RegExp("^'*[\\s\\u0085\\uFEFF]*[" + given.formulaTriggers.map(escaped).join("") + "]", "u"),
    lineBreaks: new RegExp("\\r\\n|[" + given.lineBreaks.map(escaped).join("") + "]", "gu"),
  };
}

/** Returns the text with its hidden characters made visible. @param {string} text */
const visible = (text) => visibleWhere(text, shared.hidden);

/** Makes the characters visible that the pattern matches. @param {string} text @param {RegExp} hidden */
function visibleWhere(text, hidden) {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) || 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return "[U+" + code.toString(16).toUpperCase().padStart(4, "0") + "]";
  });
}

/** @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = /** @type {HTMLTextAreaElement} */ (element("textarea", "visually-hidden"));
    area.value = text;
    // inside an open dialog everything else is inert and cannot be selected
    (document.querySelector("dialog[open]") || document.body).append(area);
    const focused = document.activeElement;
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}

/**
 * Copies the text and shows the result on the button for two seconds.
 * @param {HTMLButtonElement} control @param {string} text
 */
async function copyFrom(control, text) {
  const label = control.dataset.label || control.textContent || "";
  control.dataset.label = label;
  control.textContent = (await copyText(text)) ? TEXT.copied : TEXT.copyFailed;
  setTimeout(() => { control.textContent = label; }, 2000);
}

/** @template {HTMLElement} T @param {string} id @returns {T} */
function need(id) {
  const found = byId(id);
  if (!found) throw new Error("#" + id);
  return /** @type {T} */ (found);
}
