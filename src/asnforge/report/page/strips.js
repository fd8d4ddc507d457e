// The strips: a row for each association, with a mark where an exposure is a member, in one order of exposures for all rows.
let view = []; // the exposures on the axis, in their order
let positions = new Int32Array(names.length); // the position of each exposure on the axis, or -1
let listed = []; // the associations that are shown
let chosen = { association: -1, exposure: -1 };
let colors = {};

function readColors() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  colors = { line: color("line"), soft: color("soft"), text: color("text"), problem: color("problem"), unused: color("unused"),
    chosen: color("chosen"), expected: color("expected-only"), actual: color("actual-only"), background: color("background"),
    roles: data.roles.map((_, role) => color(`role-${Math.min(role, 5)}`)) };
}

// Sizes a canvas for the screen and draws on it.
function paint(canvas, draw) {
  const width = canvas.clientWidth, height = canvas.clientHeight, ratio = Math.min(devicePixelRatio || 1, 3);
  if (!width || !height) return;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context, width, height);
}

// The form of a member's mark: science has the full height, other exptypes a part of it.
const FORMS = [[0, 1], [0.55, 0.45], [0, 0.45], [0.3, 0.4], [0.7, 0.3], [0.8, 0.2]];
function markForm(role, side) {
  if (data.comparison) return side === 0 ? { form: [0.25, 0.5], color: colors.unused } : side === 1
    ? { form: [0, 0.5], color: colors.expected } : { form: [0.5, 0.5], color: colors.actual };
  return { form: FORMS[Math.min(role, 5)], color: colors.roles[role] };
}

function drawStrip(canvas, association) {
  paint(canvas, (context, width, height) => {
    const step = width / Math.max(view.length, 1), mark = Math.max(step - (step > 6 ? 1 : 0), 1.2);
    context.fillStyle = colors.line;
    context.fillRect(0, Math.floor(height / 2), width, 1);
    for (const exposure of association.through) {
      if (positions[exposure] < 0) continue;
      context.fillStyle = colors.unused;
      context.fillRect(positions[exposure] * step, height / 2 - 1, mark, 3);
    }
    for (const [exposure, role, side] of association.members) {
      if (positions[exposure] < 0) continue;
      const { form, color } = markForm(role, side);
      context.fillStyle = color;
      context.fillRect(positions[exposure] * step, 1 + form[0] * (height - 2), mark, form[1] * (height - 2));
    }
  });
}

function drawOverview() {
  paint(byId("overview"), (context, width, height) => {
    const step = width / Math.max(view.length, 1), top = 15;
    const most = Math.max(1, ...view.map((exposure) => inside[exposure].length));
    const isOrphan = (exposure) => orphanOf.has(exposure);
    const isAlmost = (exposure) => isOrphan(exposure) && orphans[orphanOf.get(exposure)].almost;
    const layers = [(each) => !isOrphan(each), (each) => isOrphan(each) && !isAlmost(each), isAlmost];
    layers.forEach((belongs, layer) => view.forEach((exposure, position) => {
      if (!belongs(exposure)) return;
      context.fillStyle = layer === 0 ? colors.roles[0] : layer === 1 ? colors.unused : colors.problem;
      context.globalAlpha = layer === 0 ? (inside[exposure].length ? 0.35 + 0.65 * inside[exposure].length / most : 0.12) : 1;
      const start = layer === 2 ? top - 3 : top + 2;
      context.fillRect(position * step, start, Math.max(step - (step > 6 ? 1 : 0), layer ? 2 : 1.2), height - start);
    }));
    context.globalAlpha = 1;
    if (positions[chosen.exposure] >= 0) {
      context.strokeStyle = colors.text;
      context.lineWidth = 2;
      context.strokeRect(positions[chosen.exposure] * step - 1, top, Math.max(step, 3) + 1, height - top - 1);
    }
    if (observation) drawObservations(context, step, width);
  });
}

function drawObservations(context, step, width) {
  context.fillStyle = colors.soft;
  context.font = "10px system-ui, sans-serif";
  let end = -9;
  const starts = view.filter((exposure, position) => !position || observationOf(exposure) !== observationOf(view[position - 1])).length;
  view.forEach((exposure, position) => {
    if (position && observationOf(exposure) === observationOf(view[position - 1])) return;
    const isCrowded = step * view.length < 4 * starts;
    const x = position * step, label = cell(observation, exposure), size = context.measureText(label).width;
    const isLabeled = x > end && x + size < width;
    if (isLabeled || !isCrowded) context.fillRect(x, 11, 1, isCrowded ? 5 : 25);
    if (isLabeled) {
      context.fillText(label, x + 2, 9);
      end = x + size + 6;
    }
  });
}

const whenVisible = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    drawStrip(entry.target.querySelector("canvas"), associations[entry.target.dataset.number]);
    whenVisible.unobserve(entry.target);
  }
}, { rootMargin: "300px" });

function summary(association) {
  const byRole = new Map();
  for (const [exposure, role] of association.members) byRole.set(role, (byRole.get(role) || 0) + (counts ? counts[exposure] : 1));
  const parts = [...byRole].sort(([a], [b]) => a - b).map(([role, count]) => `${count} ${data.roles[role]}`);
  for (const [, role] of association.uses) parts.push(`product as ${words[role]}`);
  return parts.join(", ") + (association.e ? `, ${plural(association.e, "error")}` : "");
}

function makeRow(number, run) {
  const association = associations[number];
  const name = element("span", { title: association.p }, run.prefix ? association.p.slice(run.prefix.length) : association.shortName);
  if (run.size === 1) name.append(element("small", {}, ` ${run.scope || run.heading}`));
  if (association.e) name.prepend(element("span", { className: "problem", title: plural(association.e, "member") + " with an error" }, "! "));
  const count = element("span", { className: "count" }, String(association.size));
  const row = element("div", { className: "row", id: `a-${number}` }, name, count, element("canvas"));
  [name, count].forEach((shown) => shown.setAttribute("aria-hidden", "true")); // the whole name is spoken, with what is drawn
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(number === chosen.association));
  row.append(element("span", { className: "spoken" }, `${association.p}: ${summary(association)}`));
  row.dataset.number = number;
  return row;
}

// Neighboring rows of the same scope, by the position of the first: how many there are, and what their names begin with.
function runsOfListed() {
  const runs = new Map();
  let first = 0;
  listed.forEach((number, position) => {
    const association = associations[number], next = listed[position + 1];
    if (next !== undefined && associations[next].g === association.g && associations[next].prefix === association.prefix) return;
    const names = listed.slice(first, position + 1).map((each) => associations[each].p);
    runs.set(first, { heading: words[association.g], scope: words[association.s], size: names.length, prefix: sharedPrefix(names) });
    first = position + 1;
  });
  return runs;
}

function groupOf(run) {
  const group = element("div", { className: run.size > 1 ? "group several" : "group" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", run.heading);
  if (run.size > 1) {
    const title = element("h3", {}, run.heading, run.prefix ? element("small", {}, ` ${run.prefix}…`) : "");
    title.setAttribute("role", "presentation");
    group.append(title);
  }
  return group;
}

// Rows are added in portions, so that a page with thousands of associations appears at once.
const PORTION = 400;
let filling = 0;
function fillRows() {
  const run = ++filling, rows = byId("rows");
  rows.replaceChildren();
  let next = 0, group = null, current = null;
  const runs = runsOfListed();
  const addPortion = () => {
    if (run !== filling) return;
    for (const end = Math.min(next + PORTION, listed.length); next < end; next++) {
      if (runs.has(next)) {
        current = runs.get(next);
        group = groupOf(current);
        rows.append(group);
      }
      const row = makeRow(listed[next], current);
      group.append(row);
      whenVisible.observe(row);
    }
    if (next < listed.length) later(addPortion);
  };
  addPortion();
  rowsUpTo = (number) => { while (run === filling && next < listed.length && !byId(`a-${number}`)) addPortion(); };
}
let rowsUpTo = () => {};
const later = window.requestIdleCallback ? (call) => requestIdleCallback(call, { timeout: 300 }) : (call) => setTimeout(call, 20);

function repaint() {
  drawOverview();
  byId("rows").querySelectorAll(".row").forEach((row) => whenVisible.observe(row));
  drawSky();
  drawTimes();
}

function fillLegend() {
  const legend = byId("legend");
  legend.replaceChildren();
  const add = (text, draw) => {
    const canvas = element("canvas");
    canvas.setAttribute("aria-hidden", "true");
    legend.append(element("span", {}, canvas, text));
    paint(canvas, draw);
  };
  const box = (form, color) => (context, width, height) => {
    context.fillStyle = color;
    context.fillRect(2, form[0] * height, width - 4, form[1] * height);
  };
  if (data.comparison) {
    [["in both", 0], ["only expected", 1], ["only actual", 2]].forEach(([text, side]) => {
      const { form, color } = markForm(0, side);
      add(text, box(form, color));
    });
    return;
  }
  data.roles.forEach((role, number) => add(role.replaceAll("_", " "), box(FORMS[Math.min(number, 5)], colors.roles[number])));
  if (associations.some((association) => association.through.length)) add("in a product that is a member", box([0.4, 0.2], colors.unused));
  if (associations.some((association) => association.e)) legend.append(element("span", {}, element("b", { className: "problem" }, "! "), "a member has an error"));
  if (orphans.some((entry) => entry.almost)) add("in no association, almost matched", box([0, 1], colors.problem));
  if (orphans.some((entry) => !entry.almost)) add("in no association, no rule takes it", box([0.2, 0.8], colors.unused));
}
