// Formats numbers and dates in the reader's locale. Not for machine-readable data.

const NUMBER = new Intl.NumberFormat();
const TENTHS = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const DAY = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const UNIT_NAMES = {
  1024: ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"],
  1000: ["kB", "MB", "GB", "TB", "PB", "EB"],
};
/** @type {1000|1024} */
let unitStep = 1024;

/** @param {number} number */
const count = (number) => NUMBER.format(number);

/** @param {number} number @param {string} one @param {string} many */
const plural = (number, one, many) => count(number) + " " + (number === 1 ? one : many);

/** @param {number} number */
const files = (number) => plural(number, TEXT.file, TEXT.files);

/** Formats bytes with one decimal, as in format.rs: rounds half up to tenths. @param {number|null} size */
function bytes(size) {
  if (size === null || size < 0) return TEXT.unknown;
  if (size < unitStep) return plural(size, TEXT.byte, TEXT.bytes);
  const names = UNIT_NAMES[unitStep];
  let unit = unitStep;
  for (let step = 0; ; step++) {
    const tenths = Math.floor((size * 10 + unit / 2) / unit);
    if (tenths < unitStep * 10 || step === names.length - 1) return TENTHS.format(tenths / 10) + " " + names[step];
    unit *= unitStep;
  }
}

/** @param {HTMLElement} data */
function fillBytes(data) {
  const size = Number(data.getAttribute("value"));
  data.textContent = bytes(size);
  data.title = plural(size, TEXT.byte, TEXT.bytes);
}

/** Returns a size that follows the unit switch, with the exact number as tooltip. @param {number} size */
function bytesNode(size) {
  if (size < 0) return TEXT.unknown;
  const data = element("data", "bytes");
  data.setAttribute("value", String(size));
  fillBytes(data);
  return data;
}

/** Formats a share; a share above zero is never shown as 0.0 %. @param {number} part @param {number} total */
function percent(part, total) {
  if (total <= 0 || part <= 0) return TENTHS.format(0) + " %";
  return part * 1000 < total ? "< " + TENTHS.format(0.1) + " %" : TENTHS.format(Math.round(part * 1000 / total) / 10) + " %";
}

/**
 * Formats the time between two moments, in seconds, in full units, as in format.rs.
 * @param {number} then @param {number} now
 */
function age(then, now) {
  const days = Math.max(0, Math.floor((now - then) / 86400));
  if (days === 0) return TEXT.today;
  if (days < 30) return plural(days, TEXT.day, TEXT.days);
  if (days < 365) return plural(Math.floor(days / 30), TEXT.month, TEXT.months);
  return plural(Math.floor(days / 365), TEXT.year, TEXT.years);
}

/** @param {number} seconds */
const isoDay = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Returns a relative time, with the date as tooltip. @param {number|null} seconds @param {number} now */
function timeNode(seconds, now) {
  const time = element("time", "", seconds === null ? TEXT.unknown : age(seconds, now));
  if (seconds !== null) {
    time.setAttribute("datetime", isoDay(seconds));
    time.title = DAY.format(seconds * 1000);
  }
  return time;
}
