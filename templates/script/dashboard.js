// Map of the dashboard, built from spaces, pages and the largest files; the rest is the difference to the level above.

/** @param {Measures} total @param {MapNode[]} parts @returns {MapNode[]} */
function withRest(total, parts) {
  const sum = sumMeasures(parts.map((part) => part.measures));
  const rest = (/** @type {keyof Measures} */ measure) => Math.max(0, total[measure] - sum[measure]);
  const measures = {
    now: rest("now"), all: rest("all"), files: rest("files"), unreferenced: rest("unreferenced"),
    undetermined: rest("undetermined"),
  };
  if (measures.files === 0) return parts;
  return [...parts, { key: "", name: TEXT.smaller(count(measures.files)), measures, rest: true }];
}

/** @param {any} data @returns {MapNode} */
function dashboardTree({ spaces, pages, files }) {
  const measuresAt = (/** @type {any} */ table, /** @type {number} */ index) => entryOf(table.measures, index);
  /** @type {MapNode[][]} */
  const filesOf = pages.id.map(() => []);
  files.id.forEach((/** @type {string} */ id, /** @type {number} */ at) => {
    const page = files.page[at];
    const folder = spaces.folder[pages.space[page]];
    const file = encodeURIComponent(id);
    const href = folder === null ? "attachments.html#?open=" + file : `${folder}/${folder}_attachments.html#?open=${file}`;
    const usage = shared.usages.name[files.usage[at]];
    filesOf[page].push({ key: id, name: visible(files.name[at]), measures: measuresAt(files, at), usage, href });
  });
  /** @type {MapNode[][]} */
  const pagesOf = spaces.key.map(() => []);
  pages.id.forEach((/** @type {string} */ id, /** @type {number} */ page) => {
    const title = pages.title[page];
    const name = title === null ? TEXT.mapUnknownPage : title.trim() === "" ? "#" + id : visible(title);
    const measures = measuresAt(pages, page);
    pagesOf[pages.space[page]].push({ key: id, name, measures, children: () => withRest(measures, filesOf[page]) });
  });
  const nodes = spaces.key.map((/** @type {string} */ key, /** @type {number} */ space) => {
    const name = key === "" ? TEXT.mapUnknownSpace : visible(spaces.name[space]) + " (" + visible(key) + ")";
    const measures = measuresAt(spaces, space);
    return { key, name, measures, children: () => withRest(measures, pagesOf[space]) };
  });
  const all = sumMeasures(nodes.map((/** @type {MapNode} */ node) => node.measures));
  return { key: "", name: TEXT.mapSite, measures: all, children: () => nodes };
}

function startDashboard() {
  const figure = byId("map");
  const section = byId("map-section");
  if (!figure || !section) return;
  const { data } = readBlock();
  if (data.files.id.length === 0) return;
  section.hidden = false;
  need("map-link").hidden = false;
  const root = dashboardTree(data);
  const write = (/** @type {string} */ measure, /** @type {string[]} */ zoom) => {
    const parts = [["map", measure], ...zoom.map((step) => ["zoom", step])];
    history.pushState(null, "", "#?" + parts.map(([key, value]) => key + "=" + encodeURIComponent(value)).join("&"));
  };
  const map = new SpaceMap(figure, () => root, write);
  const read = () => {
    const parts = new URLSearchParams(location.hash.replace(/^#\??/, ""));
    map.set(parts.get("map") || "all", parts.getAll("zoom"));
  };
  window.addEventListener("popstate", read);
  document.addEventListener("units", () => map.draw());
  read();
}
