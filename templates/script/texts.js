// @ts-check
"use strict";
// All texts that the scripts show; the static texts are in the page templates. The report says `unreferenced` and
// `no use found`; it never claims that deleting a file is harmless.

const TEXT = {
  unknown: "unknown",
  none: "–",
  noUse: "no use found",
  why: "why?",
  byte: "byte",
  bytes: "bytes",
  today: "today",
  day: "day", days: "days", month: "month", months: "months", year: "year", years: "years",
  file: "file", files: "files", use: "use", uses: "uses",
  more: (/** @type {string} */ n) => `${n} more`,
  smaller: (/** @type {string} */ n) => `${n} smaller`,
  on: "on",
  as: "as",
  protectedBy: "protected by",
  protected: "protected",
  draftOf: (/** @type {string} */ kind) => `draft of ${kind}`,
  archived: (/** @type {string} */ kind) => `archived ${kind}`,
  copy: "Copy", copied: "Copied", copyFailed: "Copying failed", copyCommand: "Copy command",
  close: "Close",
  attachments: "Attachments",

  // data
  dataMissing: "the data of this page is missing",
  dataDamaged: "the data of this page is damaged or truncated",
  dataRows: "rows are missing from the data of this page",
  cannotShow: (/** @type {string} */ why) => `This page cannot show its files: ${why}.`,
  doNotRely: "Do not rely on this page. Copy the report again or create a new one.",

  // filter
  unknownFilter: (/** @type {string} */ word) => `unknown filter ${word}`,
  badValue: (/** @type {string} */ word) => `invalid value: ${word}`,
  badLink: (/** @type {string} */ word) => `the link refers to ${word}, which this page does not have`,
  clearAll: "Clear all filters",
  remove: (/** @type {string} */ what) => `Remove filter ${what}`,
  showMore: (/** @type {number} */ n) => plural(n, "more value", "more values"),
  found: (/** @type {number} */ shown, /** @type {number} */ all) => `${count(shown)} of ${files(all)}`,
  ofBytes: (/** @type {string} */ part, /** @type {string} */ all, /** @type {string} */ share) =>
    `${part} of ${all} in all versions (${share})`,
  ofItUndetermined: (/** @type {string} */ n, /** @type {string} */ size) => `undetermined: ${n}, ${size}`,
  ofUnknownSize: (/** @type {string} */ n) => `unknown size, not included in the figures: ${n}`,
  noMatch: "No file matches.",
  hidden: (/** @type {string} */ n) => `Filters hide ${n}.`,
  facets: {
    usage: "Usage", type: "Type", size: "File size", age: "Last change", space: "Space", owner: "Page owner",
    author: "Uploader", kind: "Container type", status: "Status", duplicate: "Duplicates", protected: "Protected",
    runs: "No use found in",
  },
  runClasses: {
    none: "not unreferenced", "1": "1 run", "2": "2 runs", "3-5": "3 to 5 runs", "6-11": "6 to 11 runs",
    "over-11": "12 runs and more",
  },
  sizes: {
    "under-10k": "under 10 KiB", "10k-100k": "10 to 100 KiB", "100k-1m": "100 KiB to 1 MiB", "1m-10m": "1 to 10 MiB",
    "10m-100m": "10 to 100 MiB", "100m-1g": "100 MiB to 1 GiB", "1g-10g": "1 to 10 GiB", "over-10g": "10 GiB and more",
    unknown: "unknown",
  },
  facetColumns: ["Value", "Files", "All versions"],
  yes: "yes", no: "no",
  noContainer: "none found",

  // table
  sorted: (/** @type {string} */ by, /** @type {string} */ direction) => `sorted by ${by}, ${direction}`,
  range: (/** @type {string} */ from, /** @type {string} */ to, /** @type {string} */ all) => `rows ${from}–${to} of ${all}`,
  noRows: "no rows",
  tick: (/** @type {string} */ name) => `Tick ${name}`,
  ticked: (/** @type {string} */ n, /** @type {string} */ size) => `${n} ticked, ${size}`,
  untick: "Untick all",

  // details
  fields: {
    name: "File name", size: "File size", all: "All versions", usage: "Usage", embedded: "Embedded on owning page?",
    elsewhere: "Linked elsewhere?", space: "Space",
    page: "Owning page", owner: "Page owner", type: "Type", status: "Status", created: "Created",
    changed: "Last change", author: "Uploader", id: "Attachment ID", container: "Container ID",
    duplicate: "Duplicate group", unreferenced: "Unreferenced since", protected: "Protected", screen: "Delete via Confluence UI",
    endpoint: "Delete via REST API", download: "Download",
  },
  evidence: "Evidence",
  noUseIn: (/** @type {number} */ runs, /** @type {string} */ since) =>
    `no use found in ${plural(runs, "complete run", "complete runs")} since ${since}`,
  versions: "Versions",
  versionColumns: {
    number: "Version", size: "Size", time: "Uploaded", by: "By", name: "File name", endpoint: "Delete via REST API",
  },
  inRuns: (/** @type {number} */ runs) => plural(runs, "complete run", "complete runs"),
  current: "current",
  oldShare: (/** @type {string} */ share) => `${share} of the bytes are in old versions`,
  openScreen: "Open the attachment screen",

  // cleanup list
  cleanupTitle: "Copy cleanup list",
  cleanupIncomplete: "No cleanup list: the run is incomplete, so nothing is known to be unreferenced.",
  cleanupNothing: "No cleanup list: none of these files is unreferenced.",
  cleanupWhat: (/** @type {string} */ n, /** @type {string} */ size, /** @type {string} */ left) =>
    `${n}, ${size} with all versions. ${left}`,
  cleanupLeft: (/** @type {number} */ n) =>
    `${count(n)} of the selected files ${n === 1 ? "is" : "are"} left out: not unreferenced, or protected.`,
  cleanupOld: (/** @type {string} */ days) =>
    `This report is ${days} old. Files may have come into use since then: create a new report before you delete anything.`,
  cleanupAnyway: "Copy anyway",
  formats: { table: "Table for a spreadsheet", markdown: "Checklist (Markdown)", urls: "URLs of the attachment screens", commands: "DELETE commands" },
  listTitle: "Unreferenced files: no use found",
  listRun: "Run", listTime: "Read on", listAccount: "Read as", listRead: "Coverage", listSite: "Site",
  listFilter: "Filter",
  listColumns: ["File name", "Bytes of all versions", "Space", "Owning page", "Page owner", "Uploader", "Last change",
    "Attachment screen", "Attachment ID", "Evidence"],
  listNote: "Deleting a file only moves it to the trash; a space administrator has to purge the trash. Check each file before you delete it.",

  // map
  mapSite: "All spaces", mapRoot: "All files",
  measures: {
    now: "Bytes of current versions", all: "Bytes of all versions", files: "Files", unreferenced: "Unreferenced bytes",
  },
  measure: "Area shows",
  mapUnknownSpace: "unknown space", mapUnknownPage: "unknown page",
  mapColumns: { name: "Name", share: "Share", unreferenced: "Unreferenced" },
  mapCaption: (/** @type {string} */ where, /** @type {string} */ measure) => `${where} by ${measure}`,
  mapKey: "Hatched: unreferenced. Dashed outline: undetermined. Enter zooms in, Backspace zooms out.",
  mapEmpty: "Nothing to show.",

  // keys, help, print
  helpTitle: "Help",
  helpFilter: "Filter syntax",
  helpKeys: "Keyboard shortcuts",
  keysOn: "Enable single-key shortcuts",
  filterHelp: [
    ["plan draft", "both words, anywhere in name, page, space, person or ID"],
    ["\"release plan\"", "the exact phrase"],
    ["-draft", "files without the word"],
    ["runs>3  unreferenced>90d", "unreferenced in that many complete runs in a row, or for that long"],
    ["size>10mb  all>1gb  versions>5  uses>2  age>2y", "by number: kb, mb, gb in steps of 1,024; d, w, m, y for days to years"],
    ["type:png  space:ENG  usage:unreferenced  id:1001", "by property; commas separate several values"],
    ["page:  owner:  author:  name:  status:  kind:", "by part of the text"],
    ["duplicate:yes  duplicate:3  protected:no", "all duplicates, one group of duplicates, files that no rule protects"],
  ],
  keyHelp: [
    ["/", "go to the filter"], ["Esc", "clear the filter; close a panel"],
    ["j  k", "next and previous row of the table"], ["Enter", "show the details of the row"],
    ["o", "open the owning page"], ["c", "copy a link to the row in this report"], ["x", "tick the row"],
    ["[  ]", "previous and next page"], ["?", "show this help"],
  ],
  printTitle: "Print",
  printSummary: (/** @type {string} */ n) => `Summary: figures, filter and the first ${n} rows`,
  printRows: (/** @type {string} */ n) => `Current rows, up to ${n}`,
  printFilter: (/** @type {string} */ what) => `Filter: ${what}.`,
  printNoFilter: "No filter: all files.",
  omitted: (/** @type {number} */ n) => `${plural(n, "smaller file is", "smaller files are")} not on this page`,
  printFirst: (/** @type {string} */ n, /** @type {string} */ all) => `The first ${n} of ${all} rows.`,
  linkCopied: "Link copied",
};
