// What files can be narrowed down by: the facets, with a code for every row.

/** The age classes of breakdown.rs: value, days below which it ends. @type {[keyof typeof TEXT.ages, number][]} */
const AGE_CLASSES = [
  ["under-1m", 30], ["1m-3m", 90], ["3m-6m", 180], ["6m-1y", 365], ["1y-2y", 730], ["2y-3y", 1095], ["3y-5y", 1825],
  ["over-5y", Infinity], ["unknown", Infinity],
];
/** Decades of bytes: value, bytes below which it ends. @type {[keyof typeof TEXT.sizes, number][]} */
const SIZE_CLASSES = [
  ["under-10k", 10240], ["10k-100k", 102400], ["100k-1m", 1048576], ["1m-10m", 10485760], ["10m-100m", 104857600],
  ["100m-1g", 1073741824], ["1g-10g", 10737418240], ["over-10g", Infinity], ["unknown", Infinity],
];

/** @param {[string, number][]} classes @param {number} value */
function classOf(classes, value) {
  return classes.findIndex(([, end]) => value < end);
}

/** One way to narrow down. */
class Facet {
  /**
   * @param {string} key @param {boolean} isOrdered in the order of its values, else the most files first
   * @param {[string, string][]} values value and words @param {ArrayLike<number>} codes value of each row
   */
  constructor(key, isOrdered, values, codes) {
    this.key = key;
    this.label = TEXT.facets[/** @type {keyof typeof TEXT.facets} */ (key)];
    this.isOrdered = isOrdered;
    this.values = values;
    this.codes = codes;
    this.counts = new Float64Array(values.length);
    this.bytes = new Float64Array(values.length);
    /** Whether it tells any two files of this page apart. */
    this.isUseful = false;
    for (let row = 1; row < codes.length && !this.isUseful; row++) this.isUseful = codes[row] !== codes[0];
    /** Which values are chosen; null is no choice. @type {Uint8Array|null} */
    this.chosen = null;
  }

  /** @param {string} value */
  indexOf(value) {
    return this.values.findIndex(([one]) => one === value);
  }

  /** @param {Set<string>|undefined} chosen */
  choose(chosen) {
    this.chosen = chosen === undefined || chosen.size === 0 ? null
      : Uint8Array.from(this.values, ([value]) => Number(chosen.has(value)));
  }
}

/** Codes for texts as they come. @param {number} length @param {(row: number) => [string, string]} of @returns {[[string, string][], Int32Array]} */
function codesOf(length, of) {
  /** @type {Map<string, number>} */
  const indexes = new Map();
  /** @type {[string, string][]} */
  const values = [];
  const codes = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const value = of(row);
    let index = indexes.get(value[0]);
    if (index === undefined) {
      index = values.length;
      indexes.set(value[0], index);
      values.push(value);
    }
    codes[row] = index;
  }
  return [values, codes];
}

/** @param {Rows} rows @param {boolean} hasSpace */
function makeFacets(rows, hasSpace) {
  const { data, length } = rows;
  const { size, changed, duplicate } = data.columns;
  const same = (/** @type {string|null} */ text) => /** @type {[string, string]} */ (
    text === null ? ["unknown", TEXT.unknown] : [text, visible(text)]);
  /** @param {[string, number][]} classes @param {(row: number) => number|null} value */
  const classCodes = (classes, value) => Int32Array.from({ length }, (_, row) => {
    const one = value(row);
    return one === null ? classes.length - 1 : classOf(classes, one);
  });
  const sizes = SIZE_CLASSES.map(([value]) => /** @type {[string, string]} */ ([value, TEXT.sizes[value]]));
  const ages = AGE_CLASSES.map(([value]) => /** @type {[string, string]} */ ([value, TEXT.ages[value]]));
  const yesNo = /** @type {[string, string][]} */ ([["no", TEXT.no], ["yes", TEXT.yes]]);
  const facets = [
    new Facet("usage", true, data.usages, Int32Array.from({ length }, (_, row) => rows.state(row)[0])),
    new Facet("type", false, ...codesOf(length, (row) => same(rows.type(row) && rows.type(row)[1]))),
    new Facet("size", true, sizes, classCodes(SIZE_CLASSES, (row) => size[row])),
    new Facet("age", true, ages, classCodes(AGE_CLASSES, (row) =>
      (changed[row] === null ? null : Math.max(0, Math.floor((rows.now - changed[row]) / 86400))))),
  ];
  if (hasSpace) {
    facets.push(new Facet("space", false, ...codesOf(length, (row) => {
      const [key, name] = rows.space(row);
      return key === "" ? ["", TEXT.unknown] : [key, visible(name) + " (" + visible(key) + ")"];
    })));
  }
  facets.push(
    new Facet("owner", false, ...codesOf(length, (row) => same(rows.owner(row)))),
    new Facet("author", false, ...codesOf(length, (row) => same(rows.author(row)))),
    new Facet("kind", false, ...codesOf(length, (row) => {
      const kind = rows.state(row)[5];
      return kind === "" ? ["none", TEXT.noContainer] : [kind, kind];
    })),
    new Facet("status", false, ...codesOf(length, (row) => same(rows.state(row)[4]))),
    new Facet("duplicate", true, yesNo, Int32Array.from(duplicate, (group) => Number(group !== 0))),
    new Facet("protected", true, yesNo, Int32Array.from({ length }, (_, row) => Number(rows.protection(row) !== null))),
  );
  return facets;
}

/**
 * How many of the chosen facets refuse each row that passes the query, as far as 2; 255 is a row that does not pass.
 * @param {Rows} rows @param {Facet[]} facets @param {(row: number) => boolean} test
 */
function narrow(rows, facets, test) {
  const refused = new Uint8Array(rows.length);
  const active = facets.filter((facet) => facet.chosen !== null);
  for (let row = 0; row < rows.length; row++) {
    if (!test(row)) {
      refused[row] = 255;
      continue;
    }
    for (const facet of active) {
      if (/** @type {Uint8Array} */ (facet.chosen)[facet.codes[row]] === 0 && ++refused[row] > 1) break;
    }
  }
  return refused;
}

/**
 * Counts every facet under the others: OR within one, AND between them.
 * @param {Rows} rows @param {Facet[]} facets @param {Uint8Array} refused as narrow() gives it
 */
function countFacets(rows, facets, refused) {
  for (const facet of facets) {
    const { codes, counts, bytes, chosen } = facet;
    counts.fill(0);
    bytes.fill(0);
    for (let row = 0; row < rows.length; row++) {
      const code = codes[row];
      // refused by this facet alone: one more file if its value were chosen, too
      if (refused[row] !== 0 && !(refused[row] === 1 && chosen !== null && chosen[code] === 0)) continue;
      counts[code]++;
      bytes[code] += rows.known[row];
    }
  }
}
