// Helpers for everything that follows in the same script element. Text only ever becomes text nodes.

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

/** A link to an address of the site; anything else stays text. @param {string|null} url @param {Node|string} label */
function link(url, label) {
  if (url === null || !/^https?:\/\//.test(url)) return label;
  const anchor = element("a", "", label);
  anchor.setAttribute("href", url);
  anchor.setAttribute("rel", "noopener noreferrer");
  return anchor;
}

/** Text as it is searched: without case and accents. @param {string} text */
function folded(text) {
  // most names need no more than this, and it is ten times faster
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// controls, direction overrides and whatever else draws nothing: as in format.rs
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** A name with its hidden characters made visible. @param {string} text */
function visible(text) {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(HIDDEN, (character) => {
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

/** Copies and says so on the button. @param {HTMLButtonElement} control @param {string} text */
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
