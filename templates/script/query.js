// Filter queries: words and tokens. tests/browser/filter_reference.rs is a second implementation; one table of queries
// tests both.

const SIZE_UNITS = { "": 1, b: 1, k: 1024, kb: 1024, kib: 1024, m: 1048576, mb: 1048576, mib: 1048576,
  g: 1073741824, gb: 1073741824, gib: 1073741824, t: 1099511627776, tb: 1099511627776, tib: 1099511627776 };
/** In seconds; a month has 30 days, a year 365. */
const AGE_UNITS = { "": 86400, d: 86400, w: 604800, m: 2592000, y: 31536000 };
/** @type {Record<string, Record<string, number>>} */
const NUMBER_TOKENS = { size: SIZE_UNITS, all: SIZE_UNITS, age: AGE_UNITS, unreferenced: AGE_UNITS,
  versions: { "": 1 }, uses: { "": 1 }, runs: { "": 1 } };
const TEXT_TOKENS = ["name", "page", "space", "author", "owner", "type", "status", "kind", "id"];
/** Tokens with a fixed set of values. @type {Record<string, string[]>} */
const CHOICE_TOKENS = {
  get usage() { return shared.usages.name; },
  protected: ["yes", "no"],
  duplicate: ["yes", "no"],
};
const ALIASES = { verdict: "usage", uploader: "author" };

/** @typedef {{ not: boolean, key: string, op: string, values: (string|number)[] }} Term */

/**
 * Parses a query: all words must occur, "quoted words" as a phrase, -words must not; `key:value` and `key>number`
 * compare.
 * @param {string} query
 */
function parseQuery(query) {
  /** @type {Term[]} */
  const terms = [];
  /** @type {string[]} */
  const errors = [];
  const token = /(-?)(?:(\p{L}+)(:|>=|<=|>|<|=)(["“”][^"“”]*["“”]?|\S*)|["“”]([^"“”]*)["“”]?|(\S+))/gu;
  for (const match of query.matchAll(token)) {
    const [matched, minus, key, op, value, phrase, word] = match;
    const not = minus === "-";
    if (key === undefined) {
      const text = folded(phrase ?? word);
      if (text && matched !== "-") terms.push({ not, key: "text", op: ":", values: [text] });
      continue;
    }
    const term = parseToken(not, key, op, value);
    if (typeof term === "string") errors.push(term);
    else terms.push(term);
  }
  return { terms, errors };
}

/** @param {boolean} not @param {string} spelled @param {string} op @param {string} value @returns {Term|string} */
function parseToken(not, spelled, op, value) {
  const lower = spelled.toLowerCase();
  const key = lower in ALIASES ? ALIASES[/** @type {keyof ALIASES} */ (lower)] : lower;
  const isQuoted = /^["“”]/u.test(value);
  const plain = value.replace(/["“”]/gu, "");
  const values = (isQuoted ? [plain] : plain.split(",")).map(folded).filter((one) => one !== "");
  const bad = TEXT.badValue(spelled + op + value);
  const isComparison = op.startsWith(">") || op.startsWith("<");
  if (key in NUMBER_TOKENS) {
    const numbers = values.map((one) => parseNumber(one, NUMBER_TOKENS[key]));
    if (numbers.length !== 1 || numbers[0] === null) return bad;
    return { not, key, op: op === "=" ? ":" : op, values: [numbers[0]] };
  }
  const isText = TEXT_TOKENS.includes(key);
  if (!isText && !(key in CHOICE_TOKENS)) return TEXT.unknownFilter(spelled + op);
  if (isComparison || values.length === 0) return bad;
  if (isText) return { not, key, op: ":", values };
  const known = values.map((one) => (key === "usage" && one === "none" ? "unreferenced" : one.replace(/ /g, "-")));
  const isKnown = (/** @type {string} */ one) =>
    CHOICE_TOKENS[key].includes(one) || (key === "duplicate" && /^\d+$/.test(one));
  return known.every(isKnown) ? { not, key, op: ":", values: known } : bad;
}

/** @param {string} text @param {Record<string, number>} units */
function parseNumber(text, units) {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text);
  return match && match[2] in units ? Number(match[1]) * units[match[2]] : null;
}

/** @param {string} op @param {number} one @param {number} other */
function holds(op, one, other) {
  switch (op) {
    case ">": return one > other;
    case ">=": return one >= other;
    case "<": return one < other;
    case "<=": return one <= other;
    default: return one === other;
  }
}

/**
 * Returns the test that a row has to pass; a comparison with an unknown number fails.
 * @param {Term[]} terms @param {Rows} rows @param {() => SearchTexts} searchTexts
 * @returns {(row: number) => boolean}
 */
function compileQuery(terms, rows, searchTexts) {
  const tests = terms.map((term) => {
    const test = termTest(term, rows, searchTexts);
    return term.not ? (/** @type {number} */ row) => !test(row) : test;
  });
  if (tests.length === 0) return () => true;
  return tests.length === 1 ? tests[0] : (row) => tests.every((test) => test(row));
}

/** @param {Term} term @param {Rows} rows @param {() => SearchTexts} searchTexts @returns {(row: number) => boolean} */
function termTest(term, rows, searchTexts) {
  const { key, op, values } = term;
  if (key === "text") {
    return wordTest(String(values[0]), rows, searchTexts());
  }
  if (key in NUMBER_TOKENS) {
    const number = Number(values[0]);
    const figure = figureOf(key, rows);
    return (row) => {
      const value = figure(row);
      return value !== null && holds(op, value, number);
    };
  }
  if (key in CHOICE_TOKENS) {
    const choice = choiceOf(key, rows);
    return (row) => choice(row).some((one) => values.includes(one));
  }
  return textTest(key, values.map(String), rows);
}

/**
 * Searches for a word in name, page, space, people and id.
 * @param {string} word @param {Rows} rows @param {SearchTexts} texts */
function wordTest(word, rows, texts) {
  const { owner, space, author } = rows.data.columns;
  const owners = rows.data.contents.owner;
  const has = (/** @type {string} */ text) => text.includes(word);
  const people = texts.people.map(has);
  const spaces = texts.spaces.map(has);
  // a page is found by its title and by who decides about it
  const contents = texts.titles.map((title, index) => has(title) || people[owners[index]] === true);
  const canBeId = Array.from(word).every((letter) => texts.idLetters.has(letter));
  return (/** @type {number} */ row) => has(texts.names[row]) || contents[owner[row]] === true || spaces[space[row]]
    || people[author[row]] === true || (canBeId && has(texts.ids[row]));
}

/** @param {string} key @param {Rows} rows @returns {(row: number) => number|null} */
function figureOf(key, rows) {
  switch (key) {
    case "size": return (row) => rows.size(row);
    case "all": return (row) => (rows.all[row] < 0 ? null : rows.all[row]);
    case "versions": return (row) => rows.versions(row);
    case "uses": return (row) => rows.data.columns.uses[row];
    case "runs": return (row) => rows.runs(row) || null;
    case "unreferenced": return (row) => {
      const since = rows.since(row);
      return since === null ? null : rows.now - since;
    };
    default: return (row) => {
      const changed = rows.data.columns.changed[row];
      return changed === null ? null : rows.now - changed;
    };
  }
}

/** @param {string} key @param {Rows} rows @returns {(row: number) => string[]} */
function choiceOf(key, rows) {
  if (key === "usage") return (row) => [rows.usage(row)];
  if (key === "protected") return (row) => [rows.protection(row) === null ? "no" : "yes"];
  return (row) => {
    const group = rows.data.columns.duplicate[row];
    return group === 0 ? ["no"] : ["yes", String(group)];
  };
}

/**
 * Tests by parts of texts, folded once per text and not per row.
 * @param {string} key @param {string[]} values @param {Rows} rows */
function textTest(key, values, rows) {
  const { data } = rows;
  const includes = (/** @type {string} */ text) => {
    const where = folded(visible(text));
    return values.some((value) => where.includes(value));
  };
  /** @param {string[]} texts */
  const among = (texts) => texts.map(includes);
  switch (key) {
    case "space": {
      const isNamed = (/** @type {string} */ text) => values.includes(folded(text));
      const names = data.spaces.name.map(isNamed);
      const spaces = data.spaces.key.map((/** @type {string} */ key, /** @type {number} */ index) => isNamed(key) || names[index]);
      return (/** @type {number} */ row) => spaces[data.columns.space[row]];
    }
    case "author": {
      const people = among(data.people);
      return (/** @type {number} */ row) => data.columns.author[row] >= 0 && people[data.columns.author[row]];
    }
    case "owner": {
      const people = among(data.people);
      return (/** @type {number} */ row) => {
        const content = data.columns.owner[row];
        return content >= 0 && people[data.contents.owner[content]] === true;
      };
    }
    case "page": {
      const titles = among(data.contents.title);
      return (/** @type {number} */ row) => data.columns.owner[row] >= 0 && titles[data.columns.owner[row]];
    }
    case "type": {
      const words = among(data.types.words);
      const types = data.types.name.map((/** @type {string} */ name, /** @type {number} */ index) => includes(name) || words[index]);
      return (/** @type {number} */ row) => {
        const type = data.columns.type[row];
        return (type >= 0 && types[type]) || values.includes(extension(rows.rawName(row)));
      };
    }
    case "status": return (/** @type {number} */ row) => includes(rows.state(row, "status"));
    case "kind": return (/** @type {number} */ row) => includes(rows.state(row, "kind"));
    case "id": return (/** @type {number} */ row) => values.includes(folded(rows.id(row))) || values.includes(folded(rows.containerId(row)));
    default: return (/** @type {number} */ row) => includes(rows.rawName(row));
  }
}

/** @param {string} name */
function extension(name) {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : folded(name.slice(dot + 1));
}
