// Search and filters: which associations are listed, and which exposures are on the axis.
const selects = {
  instrument: byId("by-instrument"), type: byId("by-type"), scope: byId("by-scope"),
  program: byId("by-program"), observation: byId("by-observation"), ruleset: byId("by-ruleset"),
};

function fillSelect(select, all, options) {
  select.append(element("option", { value: "" }, all), ...options.map(([value, text]) => element("option", { value }, text)));
  select.hidden = options.length < 2;
}

function fillSelects() {
  const column = exposures.columns[exposures.instrument];
  const numbered = (values) => [...values].map((number) => [String(number), words[number]]).sort((a, b) => a[1].localeCompare(b[1]));
  const used = (name) => numbered(new Set(associations.map((association) => association[name])));
  fillSelect(selects.instrument, "all instruments", column ? column.words.map((word, code) => [String(code), word || "undefined"]) : []);
  fillSelect(selects.type, data.comparison ? "all differences" : "all types", data.comparison ? used("g") : used("t"));
  fillSelect(selects.scope, "all scopes", data.comparison ? [] : used("s"));
  const program = exposures.program;
  fillSelect(selects.program, program ? `${program.title}: all` : "", program ? program.words.map((word, code) => [String(code), `${program.title} ${word || "undefined"}`]) : []);
  if (program && counts) selects.program.value = "0"; // with this many exposures, the marks of all programs would be too small
  fillSelect(selects.observation, "all observations",
    observation ? observation.words.map((word, code) => [String(code), `observation ${word}`]) : []);
  fillSelect(selects.ruleset, data.comparison ? "all pools" : "all rule sets", used("z"));
  byId("filters").open = !matchMedia("(max-width: 640px)").matches;
}

function searchWords() {
  return byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
}

// For each word the exposures whose name or columns have it.
function exposuresWith(word) {
  const found = new Uint8Array(names.length);
  textsOfExposures().forEach((text, exposure) => { if (text.includes(word)) found[exposure] = 1; });
  return found;
}

function isAllowed(exposure) {
  const { instrument, program, observation: of } = selects;
  return (!instrument.value || exposures.columns[exposures.instrument].codes[exposure] === Number(instrument.value))
    && (!program.value || exposures.program.codes[exposure] === Number(program.value))
    && (!of.value || observationOf(exposure) === Number(of.value));
}

function applyFilters() {
  const search = searchWords(), found = search.map(exposuresWith);
  const { type, scope, ruleset } = selects;
  const kind = data.comparison ? "g" : "t";
  const isNarrow = search.length || type.value || scope.value || ruleset.value;
  listed = [];
  associations.forEach((association, number) => {
    if (type.value && association[kind] !== Number(type.value)) return;
    if (scope.value && association.s !== Number(scope.value)) return;
    if (ruleset.value && association.z !== Number(ruleset.value)) return;
    const hasMembers = association.members.length + association.through.length;
    const isVisible = ([exposure]) => isAllowed(exposure);
    if (hasMembers && !association.members.some(isVisible) && !association.through.some(isAllowed)) return;
    const text = search.length ? textOf(association) : "";
    if (search.every((word, index) => text.includes(word) || association.members.some(([each]) => found[index][each]))) listed.push(number);
  });
  const onAxis = new Uint8Array(names.length);
  if (isNarrow) {
    for (const number of listed) {
      associations[number].members.forEach(([exposure]) => { onAxis[exposure] = 1; });
      associations[number].through.forEach((exposure) => { onAxis[exposure] = 1; });
    }
    const alone = search.length && !type.value && !scope.value && !ruleset.value;
    if (alone) names.forEach((_, exposure) => { if (found.every((each) => each[exposure])) onAxis[exposure] = 1; });
  }
  view = [];
  positions.fill(-1);
  names.forEach((_, exposure) => {
    if ((isNarrow && !onAxis[exposure]) || !isAllowed(exposure)) return;
    positions[exposure] = view.length;
    view.push(exposure);
  });
  showFiltered();
}

function showFiltered() {
  const count = view.reduce((sum, exposure) => sum + (counts ? counts[exposure] : 1), 0);
  byId("shown").textContent = `${listed.length.toLocaleString("en")} of ${plural(associations.length, "association")}`;
  byId("overview-count").textContent = count.toLocaleString("en");
  byId("overview-label").textContent = count === total ? "all exposures" : "exposures";
  byId("nothing").hidden = listed.length > 0 || view.length > 0 || !associations.length;
  fillRows();
  drawOverview();
  drawSky();
  drawTimes();
  filterTable();
}

// Filters that an association passes: none but that for its program, if one is chosen.
function showProgramOf(association) {
  const { program } = selects, isChosen = program.value !== "", first = association.members[0] || association.through.map((each) => [each])[0];
  clearFilters(false);
  if (isChosen && first) program.value = String(exposures.program.codes[first[0]]);
  applyFilters();
}

function clearFilters(isApplied = true) {
  byId("words").value = "";
  Object.values(selects).forEach((select) => { select.value = ""; });
  if (isApplied) applyFilters();
}
