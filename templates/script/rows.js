// The rows of the block: one accessor for every fact, so that table, filter, details and export say the same.

/** @typedef {{ names: string[], ids: string[], idLetters: Set<string>, titles: string[], people: string[], spaces: string[] }} SearchTexts */
/** @typedef {{ content: number, construct: string, certainty: string, words: string, onOwner: boolean, name: string }} Use */

class Rows {
  /** @param {any} data @param {number} length */
  constructor(data, length) {
    this.data = data;
    this.length = length;
    this.now = data.run.started;
    const { size, old } = data.columns;
    /** Bytes of all versions whose size is known. */
    this.known = new Float64Array(length);
    /** Bytes of all versions, -1 when the size of one is unknown. */
    this.all = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      let known = size[row] ?? 0;
      let isWhole = size[row] !== null;
      for (const version of old[row] || []) {
        if (version[1] === null) isWhole = false;
        else known += version[1];
      }
      this.known[row] = known;
      this.all[row] = isWhole ? known : -1;
    }
  }

  /** usage, embedded, linked on page, certainty, status, kind of container, command. @param {number} row */
  state(row) { return this.data.states[this.data.columns.state[row]]; }
  /** The word of the contract. @param {number} row */
  usage(row) { return this.data.usages[this.state(row)[0]][0]; }
  /** @param {number} row */
  usageWords(row) { return this.data.usages[this.state(row)[0]][1]; }
  /** @param {number} row */
  id(row) { return this.data.columns.id[row]; }
  /** As it is. @param {number} row */
  rawName(row) { return this.data.columns.name[row]; }
  /** As it is shown. @param {number} row */
  name(row) { return visible(this.rawName(row)); }
  /** @param {number} row */
  size(row) { return this.data.columns.size[row]; }
  /** @param {number} row */
  old(row) { return this.data.columns.old[row] || []; }
  /** Number of versions that exist. @param {number} row */
  versions(row) { return (this.data.columns.old[row] || []).length + 1; }
  /** Key and name. @param {number} row */
  space(row) { return this.data.spaces[this.data.columns.space[row]]; }
  /** @param {number} index */
  person(index) { return index < 0 ? null : this.data.people[index]; }
  /** @param {number} row */
  author(row) { return this.person(this.data.columns.author[row]); }
  /** Who decides about the page. @param {number} row */
  owner(row) {
    const content = this.content(row);
    return content === null ? null : this.person(content[5]);
  }
  /** The page or post: kind, title, path, id, mark, owner. @param {number} row */
  content(row) {
    const index = this.data.columns.owner[row];
    return index < 0 ? null : this.data.contents[index];
  }
  /** @param {number} row */
  containerId(row) {
    const content = this.content(row);
    return content === null ? this.data.columns.container[row] : content[3];
  }
  /** Media type and its words. @param {number} row */
  type(row) {
    const index = this.data.columns.type[row];
    return index < 0 ? null : this.data.types[index];
  }
  /** @param {number} row */
  protection(row) { return (this.data.columns.protected[row] || [null])[0]; }
  /** Unreferenced and not protected. @param {number} row */
  isCandidate(row) { return this.usage(row) === "unreferenced" && this.protection(row) === null; }
  /** @param {number} row @returns {string[]} */
  reasons(row) {
    return (this.data.columns.reasons[row] || []).map((/** @type {number} */ index) => this.data.reasons[index]);
  }

  /** Every use: content, construct, certainty, words, on the owning page itself, name. @param {number} row */
  uses(row) {
    const uses = this.data.columns.uses[row] || [];
    return uses.map((/** @type {any[]} */ [content, phrase, name]) => {
      const [construct, certainty, words, onOwner] = this.data.phrases[phrase];
      return { content, construct, certainty, words, onOwner, name: name === undefined ? this.rawName(row) : name };
    });
  }

  /** Other contents that use the file, each once. @param {number} row @returns {number[]} */
  elsewhere(row) {
    const contents = new Set();
    for (const [content, phrase] of this.data.columns.uses[row] || []) {
      if (!this.data.phrases[phrase][3]) contents.add(content);
    }
    return Array.from(contents);
  }

  /** `page`, `draft of page`. @param {any[]} content */
  static kindWords([kind, , , , mark]) {
    return mark === 1 ? TEXT.draftOf(kind) : mark === 2 ? TEXT.archived(kind) : kind;
  }

  /** Title; what has none goes by its id. @param {any[]} content */
  static titleWords([, title, , id]) {
    return title.trim() === "" ? "#" + visible(id) : visible(title);
  }

  /** @param {any[]} content @returns {string|null} */
  contentUrl([, , path]) { return path === null ? null : this.data.base + path; }

  /** A content as a link. @param {any[]} content */
  contentLink(content) { return link(this.contentUrl(content), bdi(Rows.titleWords(content))); }

  /** An address from its template. @param {number} row @param {string} column @param {number} [version] @returns {string|null} */
  address(row, column, version) {
    const index = this.data.columns[column][row];
    if (index < 0) return null;
    const [path, isTemplate] = this.data.paths[index];
    if (!isTemplate) return this.data.base + path;
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
    if (this.state(row)[6] !== 1) return null;
    return `curl -X DELETE -u "$CONFLUENCE_API_USER:$CONFLUENCE_API_TOKEN" '${this.address(row, "endpoint")}'`;
  }

  /**
   * What is searched without a token, each text folded once: names and ids by row, all others by their dictionary.
   * One joined text per row would take more memory than everything else together.
   */
  searchTexts() {
    const { data } = this;
    const fold = (/** @type {string[]} */ texts) => texts.map((text) => folded(visible(text)));
    const ids = fold(data.columns.id);
    return {
      names: fold(data.columns.name),
      ids,
      // hardly a word that people type can be a part of an id
      idLetters: new Set(ids.join("")),
      titles: fold(data.contents.map((/** @type {any[]} */ content) => content[1])),
      people: fold(data.people),
      spaces: fold(data.spaces.map((/** @type {string[]} */ space) => space.join(" "))),
    };
  }
}
