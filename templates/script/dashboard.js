// The map of the dashboard, from spaces, pages and the largest files; what is left out is the difference.

/** @param {Measures} whole @param {MapNode[]} parts @returns {MapNode[]} */
function withRest(whole, parts) {
  const sum = sumMeasures(parts.map((part) => part.measures));
  const left = /** @type {Measures} */ (whole.map((value, index) => Math.max(0, value - sum[index])));
  if (left[2] === 0) return parts;
  return [...parts, { key: "", name: TEXT.smaller(count(left[2])), measures: left, rest: true }];
}

/** @param {any} data @returns {MapNode} */
function dashboardTree(data) {
  /** @type {MapNode[][]} */
  const filesOf = data.pages.map(() => []);
  for (const [page, name, id, usage, measures] of data.files) {
    const folder = data.spaces[data.pages[page][0]][2];
    const file = encodeURIComponent(id);
    const href = folder === null ? "attachments.html#?open=" + file : `${folder}/${folder}_attachments.html#?open=${file}`;
    filesOf[page].push({ key: id, name: visible(name), measures, usage: data.usages[usage][0], href });
  }
  /** @type {MapNode[][]} */
  const pagesOf = data.spaces.map(() => []);
  data.pages.forEach((/** @type {any[]} */ [space, title, id, measures], /** @type {number} */ page) => {
    const name = title === null ? TEXT.mapUnknownPage : title.trim() === "" ? "#" + id : visible(title);
    pagesOf[space].push({ key: id, name, measures, children: () => withRest(measures, filesOf[page]) });
  });
  const spaces = data.spaces.map((/** @type {any[]} */ [key, name, , measures], /** @type {number} */ space) => ({
    key,
    name: key === "" ? TEXT.mapUnknownSpace : visible(name) + " (" + visible(key) + ")",
    measures,
    children: () => withRest(measures, pagesOf[space]),
  }));
  return { key: "", name: TEXT.mapSite, measures: sumMeasures(data.spaces.map((/** @type {any[]} */ space) => space[3])), children: () => spaces };
}

function startDashboard() {
  const figure = byId("map");
  const section = byId("map-section");
  if (!figure || !section) return;
  const { data } = readBlock();
  if (data.files.length === 0) return;
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
