// What happens: selection by mouse, keyboard and links, the table of exposures, printing, and the first drawing.
function choose(association, exposure, { focus = false, scroll = true } = {}) {
  chosen = { association, exposure };
  const rows = byId("rows");
  rows.querySelectorAll('.row[aria-selected="true"]').forEach((row) => row.setAttribute("aria-selected", "false"));
  document.querySelectorAll("tr.chosen").forEach((row) => row.classList.remove("chosen"));
  if (association >= 0) {
    if (!listed.includes(association)) showProgramOf(associations[association]);
    rowsUpTo(association);
    const row = byId(`a-${association}`);
    row.setAttribute("aria-selected", "true");
    rows.setAttribute("aria-activedescendant", row.id);
    if (focus) rows.focus({ preventScroll: true });
    if (scroll) row.scrollIntoView({ block: "nearest" });
    showAssociation(association);
  } else {
    rows.removeAttribute("aria-activedescendant");
    const row = byId(`e-${exposure}`);
    if (row) row.classList.add("chosen");
    showExposure(exposure);
  }
  drawOverview();
  drawSky();
  drawTimes();
}

function moveChoice(step) {
  const current = listed.indexOf(chosen.association);
  const next = current < 0 ? (step > 0 ? 0 : listed.length - 1) : Math.max(0, Math.min(listed.length - 1, current + step));
  if (listed.length) choose(listed[next], -1, { focus: true });
}

// Links within the page; in a frame of a notebook, following them would leave the page.
function follow(target) {
  const [kind, rest] = [target.slice(0, 2), target.slice(2)];
  if (kind === "a-" && associations[rest]) return choose(Number(rest), -1, { focus: true });
  if (kind === "e-" && names[rest] !== undefined) return choose(-1, Number(rest));
  if (kind === "f-") {
    const number = byFile.get(decodeURIComponent(rest));
    return number === undefined ? undefined : choose(number, -1, { focus: true });
  }
  const section = byId(target);
  if (section) {
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  }
  return undefined;
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest('a[href^="#"]');
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const target = anchor.getAttribute("href").slice(1);
  if (location.protocol !== "about:") history.replaceState(null, "", `#${target}`);
  follow(target);
});
window.addEventListener("hashchange", () => follow(location.hash.slice(1)));

byId("rows").addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row) choose(Number(row.dataset.number), -1, { focus: true, scroll: false });
});
byId("overview").addEventListener("click", (event) => {
  const box = event.target.getBoundingClientRect();
  const exposure = view[Math.floor((event.clientX - box.left) / box.width * view.length)];
  if (exposure !== undefined) choose(-1, exposure);
});
byId("overview").addEventListener("mousemove", (event) => {
  const exposure = view[Math.floor(event.offsetX / event.target.clientWidth * view.length)];
  event.target.title = exposure === undefined ? "" : nameOf(exposure);
});

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
document.addEventListener("keydown", (event) => {
  const active = document.activeElement, isTyping = active.matches("input, select, textarea");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    byId("words").focus();
  } else if (event.key === "Escape") {
    clearFilters();
  } else if (event.key in STEPS && (active.id === "rows" || (active.id === "words" && event.key.startsWith("Arrow")))) {
    event.preventDefault();
    moveChoice(STEPS[event.key]);
  }
});

let waiting;
const soon = (call, delay) => {
  clearTimeout(waiting);
  waiting = setTimeout(call, delay);
};
byId("words").addEventListener("input", () => soon(applyFilters, 80));
Object.values(selects).forEach((select) => select.addEventListener("change", applyFilters));
byId("clear").addEventListener("click", () => clearFilters());
const zoom = byId("sky-zoom");
if (zoom) zoom.addEventListener("click", () => {
  onlyChosen = !onlyChosen;
  zoom.setAttribute("aria-pressed", String(onlyChosen));
  drawSky();
});

document.querySelectorAll("details.orphans").forEach((block) => block.addEventListener("toggle", () => {
  const list = block.querySelector("ul");
  if (!block.open || list.childElementCount) return;
  const members = orphans[block.dataset.orphans].members, most = 1000;
  list.append(...members.slice(0, most).map((exposure) => element("li", {}, exposureLink(exposure))));
  if (members.length > most) list.append(element("li", {}, `and ${members.length - most} more`));
}));

// The table of exposures, filled while the browser is idle.
const tableRows = [];
function fillTable() {
  const table = byId("exposure-table"), heading = element("tr");
  const titles = ["exposure", "associations", ...(counts ? ["exposures"] : []), ...(observation ? [observation.title] : []),
    ...exposures.columns.map((column) => column.title)];
  heading.append(...titles.map((title) => element("th", { scope: "col" }, title)));
  table.tHead.append(heading);
  let next = 0;
  const addRows = () => {
    const part = document.createDocumentFragment();
    for (const end = Math.min(next + 250, names.length); next < end; next++) part.append(tableRow(next));
    table.tBodies[0].append(part);
    if (next < names.length) later(addRows);
    else document.body.dataset.complete = "yes";
  };
  later(addRows);
}

function tableRow(exposure) {
  const row = element("tr", { id: `e-${exposure}` }), own = inside[exposure];
  const texts = [...(counts ? [counts[exposure].toLocaleString("en")] : []), ...(observation ? [cell(observation, exposure)] : []),
    ...exposures.columns.map((column) => cell(column, exposure))];
  const where = element("td", { className: "where" });
  if (own.length) where.append(link(`#a-${own[0]}`, associations[own[0]].shortName));
  if (own.length > 1) where.append(", ", link(`#e-${exposure}`, `and ${own.length - 1} more`));
  if (orphanOf.has(exposure)) {
    const why = orphans[orphanOf.get(exposure)].why;
    where.append("none: ", Object.assign(link(`#e-${exposure}`, why), { title: why }));
  }
  row.append(element("th", { scope: "row" }, link(`#e-${exposure}`, nameOf(exposure))), where,
    ...texts.map((text) => element("td", { className: "cell", title: text }, text)));
  row.hidden = positions[exposure] < 0;
  tableRows[exposure] = row;
  return row;
}

function filterTable() {
  tableRows.forEach((row, exposure) => { row.hidden = positions[exposure] < 0; });
}

// Filters can need several lines: what stays visible below them begins where they end.
function measureBar() {
  document.documentElement.style.setProperty("--bar", `${document.querySelector(".bar").offsetHeight}px`);
}

function redraw() {
  readColors();
  fillLegend();
  repaint();
}
window.addEventListener("resize", () => soon(() => {
  measureBar();
  repaint();
}, 120));
byId("filters").addEventListener("toggle", measureBar);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
window.addEventListener("beforeprint", () => {
  document.documentElement.classList.add("printing");
  readColors();
  fillLegend();
  listed.forEach((number) => {
    rowsUpTo(number);
    drawStrip(byId(`a-${number}`).querySelector("canvas"), associations[number]);
  });
  drawOverview();
  drawSky();
  drawTimes();
});
window.addEventListener("afterprint", () => {
  document.documentElement.classList.remove("printing");
  redraw();
});

byId("prefix").textContent = data.prefix ? `Names of products begin with ${data.prefix}` : "";
readColors();
fillSelects();
measureBar();
fillLegend();
applyFilters();
fillTable();
if (location.hash.length > 1) follow(location.hash.slice(1));
document.body.dataset.ready = performance.now().toFixed(0);
