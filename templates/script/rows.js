// Rows of the data block: one accessor per fact, so that table, filter, details and export always agree.

/** @typedef {{ names: string[], ids: string[], idLetters: Set<string>, titles: string[], people: string[], spaces: string[] }} SearchTexts */
/** @typedef {{ content: number, construct: string, certainty: string, words: string, onOwner: boolean, does: string, cause: number, effect: number, name: string }} Use */
/** @typedef {{ number: number, size: number|null, created: number|null, author: number, name: string|0 }} Version */
/** @typedef {{ kind: string, title: string, path: string|null, id: string, mark: "draft"|"archived"|0, owner: number }} Content */

class Rows {
  /** @param {any} data @param {number} length */
  constructor(data, length) {
    this.data = data;
    this.length = length;
    this.now = data.run.started;
    const { size, old, uses } = data.columns;
    /** Bytes of all versions whose size is known. */
    this.known = new Float64Array(length);
    /** Bytes of all versions, -1 when the size of one is unknown. */
    this.all = new Float64Array(length);
    /** Index of each row's first old version and first use in their tables. */
    this.oldFrom = new Uint32Array(length + 1);
    this.usesFrom = new Uint32Array(length + 1);
    const sizes = data.versions.size;
    for (let row = 0; row < length; row++) {
      const from = this.oldFrom[row];
      let known = size[row] ?? 0;
      let allKnown = size[row] !== null;
      for (let version = from; version < from + old[row]; version++) {
        if (sizes[version] === null) allKnown = false;
        else known += sizes[version];
      }
      this.known[row] = known;
      this.all[row] = allKnown ? known : -1;
      this.oldFrom[row + 1] = from + old[row];
      this.usesFrom[row + 1] = this.usesFrom[row] + uses[row];
    }
    if (sizes.length !== this.oldFrom[length] || data.uses.content.length !== this.usesFrom[length]) {
      throw new Error(TEXT.dataRows);
    }
  }

  /**
   * A value that many rows share: usage, embedded, linked, certainty, status, kind, command, byApp.
   * @param {number} row @param {string} column
   */
  state(row, column) { return this.data.states[column][this.data.columns.state[row]]; }
  /** The usage as in the CSV files. @param {number} row */
  usage(row) { return shared.usages.name[this.state(row, "usage")]; }
  /** @param {number} row */
  usageWords(row) { return shared.usages.words[this.state(row, "usage")]; }
  /** @param {number} row */
  id(row) { return this.data.columns.id[row]; }
  /** The name unchanged. @param {number} row */
  rawName(row) { return this.data.columns.name[row]; }
  /** The name with hidden characters made visible. @param {number} row */
  name(row) { return visible(this.rawName(row)); }
  /** @param {number} row */
  size(row) { return this.data.columns.size[row]; }
  /** The old versions, oldest first. @param {number} row @returns {Version[]} */
  old(row) {
    const [from, number] = [this.oldFrom[row], this.data.columns.old[row]];
    return Array.from({ length: number }, (_, index) => entryOf(this.data.versions, from + index));
  }
  /** Number of versions, including the current one. @param {number} row */
  versions(row) { return this.data.columns.old[row] + 1; }
  /** @param {number} row @returns {{ key: string, name: string }} */
  space(row) { return entryOf(this.data.spaces, this.data.columns.space[row]); }
  /** @param {number} index */
  person(index) { return index < 0 ? null : this.data.people[index]; }
  /** @param {number} row */
  author(row) { return this.person(this.data.columns.author[row]); }
  /** Owner of the page or post, or its author if no owner is known. @param {number} row */
  owner(row) {
    const index = this.data.columns.owner[row];
    return index < 0 ? null : this.person(this.data.contents.owner[index]);
  }
  /** @param {number} index @returns {Content} */
  contentAt(index) { return entryOf(this.data.contents, index); }
  /** The page or post that owns the file. @param {number} row @returns {Content|null} */
  content(row) {
    const index = this.data.columns.owner[row];
    return index < 0 ? null : this.contentAt(index);
  }
  /** @param {number} row */
  containerId(row) {
    const index = this.data.columns.owner[row];
    return index < 0 ? this.data.columns.container[row] : this.data.contents.id[index];
  }
  /** Media type and its readable name. @param {number} row @returns {{ name: string, words: string }|null} */
  type(row) {
    const index = this.data.columns.type[row];
    return index < 0 ? null : entryOf(this.data.types, index);
  }
  /** @param {number} row @returns {string|null} */
  protection(row) { return this.data.columns.protected[row] || null; }
  /** Unreferenced and not protected. @param {number} row */
  isCandidate(row) { return this.usage(row) === "unreferenced" && this.protection(row) === null; }
  /** Number of complete runs in a row that call the file unreferenced; 0 if it is not. @param {number} row @returns {number} */
  runs(row) { return this.data.columns.runs[row]; }
  /** When the first of them began; null if there is none. @param {number} row @returns {number|null} */
  since(row) { return this.data.columns.since[row] || null; }
  /** In how many runs no use was found, as in shown_file.rs. @param {number} row */
  noUse(row) {
    const since = this.since(row);
    return since === null || this.runs(row) === 1 ? TEXT.noUse : TEXT.noUseIn(this.runs(row), isoDay(since));
  }
  /** @param {number} row @returns {string[]} */
  reasons(row) {
    return this.typedReasons(row).map(({ words }) => words);
  }
  /** The reasons with the kind of each. @param {number} row @returns {{ words: string, kind: number }[]} */
  typedReasons(row) {
    return (this.data.columns.reasons[row] || []).map((/** @type {number} */ index) => entryOf(this.data.reasons, index));
  }

  /** @param {number} row @returns {Use[]} */
  uses(row) {
    const [from, number] = [this.usesFrom[row], this.data.columns.uses[row]];
    return Array.from({ length: number }, (_, index) => {
      const { content, phrase, name } = entryOf(this.data.uses, from + index);
      return { ...entryOf(this.data.phrases, phrase), content, name: name === 0 ? this.rawName(row) : name };
    });
  }

  /** Other contents that use the file, each once. @param {number} row @returns {number[]} */
  elsewhere(row) {
    const contents = new Set();
    const { content, phrase } = this.data.uses;
    for (let use = this.usesFrom[row]; use < this.usesFrom[row + 1]; use++) {
      if (!this.data.phrases.onOwner[phrase[use]]) contents.add(content[use]);
    }
    return Array.from(contents);
  }

  /** `page`, `draft of page`. @param {Content} content */
  static kindWords({ kind, mark }) {
    return mark === "draft" ? TEXT.draftOf(kind) : mark === "archived" ? TEXT.archived(kind) : kind;
  }

  /** The title, or the id if it has none. @param {Content} content */
  static titleWords({ title, id }) {
    return title.trim() === "" ? "#" + visible(id) : visible(title);
  }

  /** @param {Content} content @returns {string|null} */
  contentUrl({ path }) { return path === null ? null : this.data.base + path; }

  /** @param {Content} content */
  contentLink(content) { return link(this.contentUrl(content), bdi(Rows.titleWords(content))); }

  /**
   * Expands a URL from its template.
   * @param {number} row @param {string} column @param {number} [version] @returns {string|null}
   */
  address(row, column, version) {
    const index = this.data.columns[column][row];
    if (index < 0) return null;
    const path = this.data.paths.path[index];
    if (!this.data.paths.template[index]) return this.data.base + path;
    return this.data.base + path.replace(/\u0001(.)/gu, (/** @type {string} */ _, /** @type {string} */ letter) => {
      switch (letter) {
        case "i": return this.id(row);
        case "c": return this.containerId(row);
        case "n": return encodeURIComponent(this.rawName(row));
        case "p": return encodeURIComponent(this.rawName(row)).replace(/%20/g, "+");
        case "m": return this.data.columns.changed[row] + String(this.data.columns.milliseconds[row]).padStart(3, "0");
        case "v": return String(version);
        default: return "";
      }
    });
  }

  /** The command that moves a file to the trash; only for unreferenced files of a complete run. @param {number} row */
  command(row) {
    if (!this.state(row, "command")) return null;
    return `curl -X DELETE ${this.data.authorization} '${this.address(row, "endpoint")}'`;
  }

  /**
   * The texts that plain words search, each folded once: names and ids per row, all others per dictionary entry.
   * One joined text per row would take more memory than everything else combined.
   */
  searchTexts() {
    const { data } = this;
    const fold = (/** @type {string[]} */ texts) => texts.map((text) => folded(visible(text)));
    const ids = fold(data.columns.id);
    return {
      names: fold(data.columns.name),
      ids,
      // hardly any word that people type can be part of an id
      idLetters: new Set(ids.join("")),
      titles: fold(data.contents.title),
      people: fold(data.people),
      spaces: fold(data.spaces.key.map((/** @type {string} */ key, /** @type {number} */ index) => key + " " + data.spaces.name[index])),
    };
  }
}
