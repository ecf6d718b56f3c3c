// Facets by which files can be filtered, with one code per row.

/** The age classes: value and upper limit in days, exclusive. @returns {[string, number][]} */
const ageClasses = () => shared.ages.value.map((value, index) => [value, shared.ages.days[index] ?? Infinity]);
/** The size classes: value and upper limit in bytes, exclusive. @type {[keyof typeof TEXT.sizes, number][]} */
const SIZE_CLASSES = [
  ["under-10k", 10240], ["10k-100k", 102400], ["100k-1m", 1048576], ["1m-10m", 10485760], ["10m-100m", 104857600],
  ["100m-1g", 1073741824], ["1g-10g", 10737418240], ["over-10g", Infinity], ["unknown", Infinity],
];

/** Classes of the number of complete runs without a use, and its upper limit, exclusive. @type {[keyof typeof TEXT.runClasses, number][]} */
const RUN_CLASSES = [["none", 1], ["1", 2], ["2", 3], ["3-5", 6], ["6-11", 12], ["over-11", Infinity]];

/** @param {[string, number][]} classes @param {number|null} value null is unknown, the last class */
function classOf(classes, value) {
  if (value === null) return classes.length - 1;
  let at = 0;
  while (value >= classes[at][1]) at++;
  return at;
}

/** A property that files can be filtered by. */
class Facet {
  /**
   * @param {string} key @param {boolean} isOrdered whether values keep their order; otherwise those with the most files come first
   * @param {[string, string][]} values value and label @param {ArrayLike<number>} codes index of each row's value
   */
  constructor(key, isOrdered, values, codes) {
    this.key = key;
    this.label = TEXT.facets[/** @type {keyof typeof TEXT.facets} */ (key)];
    this.isOrdered = isOrdered;
    this.values = values;
    this.codes = codes;
    this.counts = new Float64Array(values.length);
    this.bytes = new Float64Array(values.length);
    /** Whether any two files of this page differ in it. */
    this.isUseful = false;
    for (let row = 1; row < codes.length && !this.isUseful; row++) this.isUseful = codes[row] !== codes[0];
    /** 1 for each selected value; null if none is selected. @type {Uint8Array|null} */
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

/** Returns one number per row. @param {number} length @param {(row: number) => number} of @returns {Int32Array} */
function codesOf(length, of) {
  // Int32Array.from() with a function is ten times slower
  const codes = new Int32Array(length);
  for (let row = 0; row < length; row++) codes[row] = of(row);
  return codes;
}

/**
 * Returns values and codes for rows that point into a dictionary: labels are made once per entry, not once per row.
 * Entries with the same value share a code.
 * @param {ArrayLike<number>} indexes one per row; -1 is none @param {number} entries
 * @param {(index: number) => [string, string]} of value and label of an entry, or of -1
 * @returns {[[string, string][], Int32Array]}
 */
function dictionaryCodes(indexes, entries, of) {
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @type {[string, string][]} */
  const values = [];
  const codeOf = (/** @type {number} */ index) => {
    const value = of(index);
    const code = known.get(value[0]);
    if (code !== undefined) return code;
    known.set(value[0], values.length);
    return values.push(value) - 1;
  };
  const codes = codesOf(entries, codeOf);
  const nowhere = codeOf(-1);
  return [values, codesOf(indexes.length, (row) => (indexes[row] < 0 ? nowhere : codes[indexes[row]]))];
}

/** @param {Rows} rows @param {boolean} hasSpace */
function makeFacets(rows, hasSpace) {
  const { data, length } = rows;
  const { states, contents, people, spaces, types, columns } = data;
  const ages = ageClasses();
  const { size, changed, duplicate, owner, state } = columns;
  const same = (/** @type {string|undefined} */ text) => /** @type {[string, string]} */ (
    text === undefined ? ["unknown", TEXT.unknown] : [text, visible(text)]);
  const ageValues = shared.ages.value.map((value, index) => /** @type {[string, string]} */ ([value, shared.ages.words[index]]));
  const sizeValues = SIZE_CLASSES.map(([value]) => /** @type {[string, string]} */ ([value, TEXT.sizes[value]]));
  const runValues = RUN_CLASSES.map(([value]) => /** @type {[string, string]} */ ([value, TEXT.runClasses[value]]));
  const days = (/** @type {number|null} */ moment) =>
    (moment === null ? null : Math.max(0, Math.floor((rows.now - moment) / 86400)));
  const yesNo = /** @type {[string, string][]} */ ([["no", TEXT.no], ["yes", TEXT.yes]]);
  const person = (/** @type {number} */ index) => same(people[index]);
  const spaceWords = (/** @type {number} */ index) => {
    const [key, name] = index < 0 ? ["", ""] : [spaces.key[index], spaces.name[index]];
    return /** @type {[string, string]} */ (key === "" ? ["", TEXT.unknown] : [key, visible(name) + " (" + visible(key) + ")"]);
  };
  const kind = (/** @type {number} */ index) =>
    /** @type {[string, string]} */ (states.kind[index] ? [states.kind[index], states.kind[index]] : ["none", TEXT.noContainer]);
  return [
    new Facet("usage", true, shared.usages.name.map((name, index) => [name, shared.usages.words[index]]),
      codesOf(length, (row) => states.usage[state[row]])),
    new Facet("type", false, ...dictionaryCodes(columns.type, types.words.length, (index) => same(types.words[index]))),
    new Facet("size", true, sizeValues, codesOf(length, (row) => classOf(SIZE_CLASSES, size[row]))),
    new Facet("age", true, ageValues, codesOf(length, (row) => classOf(ages, days(changed[row])))),
    ...(hasSpace ? [new Facet("space", false, ...dictionaryCodes(columns.space, spaces.key.length, spaceWords))] : []),
    new Facet("owner", false, ...dictionaryCodes(codesOf(length, (row) => (owner[row] < 0 ? -1 : contents.owner[owner[row]])), people.length, person)),
    new Facet("author", false, ...dictionaryCodes(columns.author, people.length, person)),
    new Facet("kind", false, ...dictionaryCodes(state, states.kind.length, kind)),
    new Facet("status", false, ...dictionaryCodes(state, states.status.length, (index) => same(states.status[index]))),
    new Facet("duplicate", true, yesNo, codesOf(length, (row) => Number(duplicate[row] !== 0))),
    new Facet("runs", true, runValues, codesOf(length, (row) => classOf(RUN_CLASSES, columns.runs[row]))),
    new Facet("protected", true, yesNo, codesOf(length, (row) => Number(rows.protection(row) !== null))),
  ];
}

/**
 * Returns for each row how many active facets reject it, counted up to 2; 255 for rows that fail the query.
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
 * Counts the values of each facet under the filters of the others: OR within a facet, AND between facets.
 * @param {Rows} rows @param {Facet[]} facets @param {Uint8Array} refused as returned by narrow()
 */
function countFacets(rows, facets, refused) {
  for (const facet of facets) {
    const { codes, counts, bytes, chosen } = facet;
    counts.fill(0);
    bytes.fill(0);
    for (let row = 0; row < rows.length; row++) {
      const code = codes[row];
      // rejected by this facet alone: one more file if its value were selected as well
      if (refused[row] !== 0 && !(refused[row] === 1 && chosen !== null && chosen[code] === 0)) continue;
      counts[code]++;
      bytes[code] += rows.known[row];
    }
  }
}
