// Explains one file in the sentences of the command `explain`: src/report/explanation/verdict_topics.rs has the same
// functions, and a test compares what they say. A sentence is a list of texts and nodes.

/** @typedef {(Node|string)[]} Words */

/** Fills in a sentence. @param {string} form @param {Record<string, Words>} [values] @returns {Words} */
function sentence(form, values = {}) {
  const text = shared.explanation.sentences[form];
  return text.split(/\{(\w+)\}/).flatMap((part, at) => (at % 2 === 1 ? values[part] || [] : part === "" ? [] : [part]));
}

/** `page "Release Plan" (1001)`, with a link. @param {Rows} rows @param {number} index @returns {Words} */
function contentWords(rows, index) {
  const content = rows.contentAt(index);
  const kind = Rows.kindWords(content) + " ";
  if (content.title.trim() === "") return [kind, rows.contentLink(content)];
  return [kind, "\"", rows.contentLink(content), "\" (", bdi(visible(content.id)), ")"];
}

/** Whether a use names a file by its attachment id or media id. @param {string} name */
const isFileId = (name) => /^(att\d+|[\da-fA-F]{8}(-[\da-fA-F]{4}){3}-[\da-fA-F]{12})$/.test(name);

/** @param {Rows} rows @param {number} row @param {Use} used */
function useSentence(rows, row, used) {
  const form = used.name === "" || used.name === rows.rawName(row) ? "Use" : isFileId(used.name) ? "UseById"
    : rows.old(row).some((version) => version.name === used.name) ? "UseByEarlierName" : "UseByName";
  return sentence(form, { content: contentWords(rows, used.content), does: [used.does], name: [bdi(visible(used.name))] });
}

/** @param {Rows} rows @param {number} row */
function usedSentences(rows, row) {
  const uses = rows.uses(row);
  const usage = rows.usage(row);
  const causes = Array.from(new Set(uses.map((used) => used.cause))).filter((cause) => cause >= 0);
  const why = (/** @type {number} */ cause) => sentence("Possibly", { why: [shared.explanation.causes[cause]] });
  const said = [...uses.map((used) => useSentence(rows, row, used)), ...causes.map(why)];
  if (usage === "listed") said.push(sentence("OnlyListed"));
  else if (usage === "unreferenced") said.push(sentence("NoUseInAll"));
  else if (uses.length === 0) said.push(sentence("NoUse"));
  return said;
}

/** @param {Rows} rows @param {number} row */
function verdictSentences(rows, row) {
  const usage = rows.state(row, "usage");
  const said = [sentence("Usage", { usage: [shared.usages.words[usage]], meaning: [shared.usages.meaning[usage]] })];
  const reasons = rows.typedReasons(row);
  reasons.forEach(({ words, kind }, at) => {
    const form = shared.explanation.kinds[kind] === "named-in-trash" ? "Remark" : "Reason";
    said.push(sentence(form, { reason: [visible(words)] }));
    // once for several reasons of a kind
    if (!reasons.slice(at + 1).some((later) => later.kind === kind)) said.push([shared.explanation.remedies[kind]]);
  });
  const rule = rows.protection(row);
  if (rule !== null) said.push(sentence("Protected", { rule: [bdi(visible(rule))] }));
  return said;
}

/** @param {Rows} rows @param {number} row */
function unreferencedSentences(rows, row) {
  const usage = rows.usage(row);
  const { run } = rows.data;
  if (!run.complete) return [sentence("IncompleteScan")];
  if (usage === "not-judged") return [sentence("NotJudged")];
  if (run.withinSpaces) return [sentence("WithinSpaces")];
  if (rows.state(row, "byApp")) return [sentence("AppKeeps")];
  if (usage === "unreferenced") return [sentence("IsUnreferenced")];
  const doubts = rows.typedReasons(row).filter(({ kind }) => shared.explanation.kinds[kind] !== "named-in-trash");
  const number = usage === "undetermined" ? doubts.length : rows.data.columns.uses[row];
  const what = usage === "undetermined" ? "WithoutReason" : usage === "listed" ? "WithoutList" : "WithoutUse";
  const said = [sentence(number === 1 ? what : what + "s", { count: [count(number)] })];
  const rule = rows.protection(row);
  if (rule !== null) said.push(sentence("StillProtected", { rule: [bdi(visible(rule))] }));
  return said;
}

/** What readers of which contents would see, one sentence for each effect. @param {Rows} rows @param {number} row */
function effectSentences(rows, row) {
  const { would, could, maxContents } = shared.explanation;
  const uses = rows.uses(row);
  /** @type {Map<string, Set<number>>} */
  const groups = new Map();
  for (const used of uses) {
    const isPossible = used.certainty === "possible";
    const isCertain = (/** @type {Use} */ other) =>
      other.content === used.content && other.effect === used.effect && other.certainty !== "possible";
    if (isPossible && uses.some(isCertain)) continue;
    const words = (isPossible ? could : would)[used.effect];
    groups.set(words, (groups.get(words) || new Set()).add(used.content));
  }
  return Array.from(groups, ([words, group]) => {
    const contents = Array.from(group);
    const shown = contents.slice(0, maxContents).map((content) => contentWords(rows, content));
    if (contents.length > maxContents) shown.push(sentence("More", { count: [count(contents.length - maxContents)] }));
    return sentence("Breaks", { effect: [words], contents: shown.flatMap((part, at) => (at === 0 ? part : [", ", ...part])) });
  });
}

/** @param {Rows} rows @param {number} row */
function deletedSentences(rows, row) {
  if (rows.typedReasons(row).some(({ kind }) => shared.explanation.kinds[kind] === "in-trash")) return [sentence("InTrash")];
  const usage = rows.usage(row);
  const said = effectSentences(rows, row);
  if (said.length === 0) {
    said.push(sentence(usage === "unreferenced" ? "NothingBreaks" : usage === "not-judged" ? "NotKnown" : "MayBreak"));
  }
  const versions = rows.versions(row);
  const size = rows.all[row] < 0 ? sentence("UnknownSize") : [bytesNode(rows.all[row])];
  said.push(sentence(versions === 1 ? "MovesOne" : "MovesAll", { count: [count(versions)], size }));
  if (!rows.data.run.complete) said.push(sentence("DoNotDelete"));
  const now = Date.now() / 1000;
  if (Math.floor((now - rows.now) / 86400) > shared.explanation.freshDays) {
    said.push(sentence("Old", { age: [age(rows.now, now)] }));
  }
  return said;
}

/** Headings and sentences about one file. @param {Rows} rows @param {number} row @returns {Node[]} */
function explanationParts(rows, row) {
  /** @type {Record<string, () => Words[]>} */
  const topics = {
    used: () => usedSentences(rows, row),
    verdict: () => verdictSentences(rows, row),
    unreferenced: () => unreferencedSentences(rows, row),
    deleted: () => deletedSentences(rows, row),
    looked: () => rows.data.run.looked.map((/** @type {string} */ text) => [text]),
  };
  const { name, words } = shared.explanation.topics;
  return name.flatMap((topic, at) => {
    const items = topics[topic]().map((said) => element("li", "", ...said));
    const list = element("ul", "explanation", ...items);
    list.dataset.topic = topic;
    return [element("h3", "", words[at]), list];
  });
}
