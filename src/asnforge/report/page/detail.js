// The detail pane: an association with its members and what they have in common, or an exposure and why it is where it is.
const MOST_MEMBERS = 200;

const link = (href, text) => element("a", { href }, text);
const exposureLink = (exposure) => link(`#e-${exposure}`, nameOf(exposure));
const definition = (list, term, ...value) => list.append(element("dt", {}, term), element("dd", {}, ...value));

function memberLists(association) {
  const byRole = new Map();
  for (const member of association.members) {
    const key = data.comparison ? member[2] : member[1];
    if (!byRole.has(key)) byRole.set(key, []);
    byRole.get(key).push(member);
  }
  const sides = ["in both", "only expected", "only actual"];
  const order = data.comparison ? [1, 2, 0] : [...byRole.keys()].sort((a, b) => a - b);
  return order.filter((key) => byRole.has(key)).flatMap((key) => {
    const members = byRole.get(key);
    const number = members.reduce((sum, [exposure]) => sum + (counts ? counts[exposure] : 1), 0);
    const title = data.comparison ? sides[key] : data.roles[key];
    const items = members.slice(0, MOST_MEMBERS).map(([exposure, role]) =>
      element("li", {}, exposureLink(exposure), data.comparison ? ` ${data.roles[role]}` : ""));
    if (members.length > MOST_MEMBERS) items.push(element("li", {}, `and ${members.length - MOST_MEMBERS} more`));
    return [element("h3", {}, `${title}: ${number}`), element("ul", {}, ...items)];
  });
}

function choiceBlocks(association) {
  return (association.h || []).flatMap(([attachment, chosenFor, sets, more, moreTaken]) => {
    const blocks = sets.map(([name, files, outcome, reason, distances]) => element("div", { className: outcome === "taken" ? "sets taken" : "sets" },
      element("b", {}, outcome === "taken" ? "taken" : outcome === "farther" ? "passed over" : outcome), ` ${name}`,
      files > 1 ? `, ${plural(files, "file")}` : "", element("br"), element("small", {}, [...distances, reason].filter(Boolean).join("; "))));
    if (!sets.length) blocks.push(element("p", {}, "nothing matches"));
    if (more) blocks.push(element("small", {}, `and ${plural(more, "more set")}${moreTaken ? `, ${moreTaken} of them taken` : ""}`));
    return [element("h3", {}, `${attachment}: choice${chosenFor ? ` for ${chosenFor}` : ""}`), ...blocks];
  });
}

function constraintLists(association) {
  const pairs = [];
  for (let i = 0; i < association.c.length; i += 2) pairs.push([words[association.c[i]], words[association.c[i + 1]]]);
  const shown = pairs.slice(0, pairs.length - (association.k || 0)), folded = pairs.slice(shown.length);
  const asList = (entries) => {
    const list = element("dl");
    entries.forEach(([name, value]) => definition(list, name, value));
    return list;
  };
  const parts = shown.length ? [element("h3", {}, data.comparison ? "keywords" : "constraints"), asList(shown)] : [];
  if (folded.length) parts.push(element("details", {}, element("summary", {}, `${plural(folded.length, "constraint")} that exclude`), asList(folded)));
  return parts;
}

function showAssociation(number) {
  const association = associations[number], facts = element("dl");
  definition(facts, "file", association.f);
  definition(facts, "type, rule", `${words[association.t]}, ${words[association.r]}`);
  definition(facts, data.comparison ? "difference" : "scope", words[association.g]);
  if (selects.ruleset.options.length > 2) definition(facts, data.comparison ? "pool" : "rule set", words[association.z]);
  if (association.e) definition(facts, "errors", link("#errors", `${plural(association.e, "member")} with an error`));
  const parts = [element("h3", {}, association.p), facts];
  if (association.d) parts.push(element("h3", {}, "changes"), element("ul", { className: "texts" }, ...association.d.map((text) => element("li", {}, text))));
  const graph = chainGraph(number);
  if (graph) parts.push(element("h3", {}, "chain"), graph);
  if (association.uses.length) {
    parts.push(element("h3", {}, `products: ${association.uses.length}`), element("ul", {}, ...association.uses.map(([name, role, maker]) =>
      element("li", {}, maker >= 0 ? link(`#a-${maker}`, name) : name, ` ${words[role]}`))));
  }
  fillDetail([...parts, ...memberLists(association), ...choiceBlocks(association), ...constraintLists(association)]);
}

function showExposure(exposure) {
  const facts = element("dl");
  if (counts && counts[exposure] > 1) definition(facts, "exposures", counts[exposure].toLocaleString("en"));
  if (exposures.lines && exposures.lines[exposure]) definition(facts, "line", String(exposures.lines[exposure]));
  if (observation && observation.title !== "") definition(facts, observation.title, cell(observation, exposure));
  exposures.columns.forEach((column) => cell(column, exposure) && definition(facts, column.title, cell(column, exposure)));
  const parts = [element("h3", {}, nameOf(exposure)), facts], own = inside[exposure];
  if (orphanOf.has(exposure)) parts.push(element("h3", {}, "in no association"), element("p", { className: "reason" }, orphans[orphanOf.get(exposure)].why));
  else if (own.length) {
    parts.push(element("h3", {}, `in ${plural(own.length, "association")}`), element("ul", {}, ...own.slice(0, MOST_MEMBERS).map((number) =>
      element("li", {}, link(`#a-${number}`, associations[number].p), ` ${words[associations[number].g]}`))));
  } else if (!data.comparison) parts.push(element("p", {}, "Another row of the pool has the same file, and is in an association."));
  fillDetail(parts);
}

function fillDetail(parts) {
  const close = element("button", { type: "button", className: "close", onclick: closeDetail }, "Close");
  byId("detail").replaceChildren(close, ...parts);
  byId("detail").classList.add("filled");
  byId("detail").scrollTop = 0;
  document.body.classList.add("with-detail");
}

function closeDetail() {
  byId("detail").classList.remove("filled");
  document.body.classList.remove("with-detail");
  byId("rows").focus({ preventScroll: true });
}

// The associations that make products for the selected one, and those that use its product, from left to right.
const MOST_IN_COLUMN = 7;
function chainGraph(number) {
  const level = new Map([[number, 0]]);
  const walk = (from, next, direction) => {
    const queue = [from];
    while (queue.length && level.size < 400) {
      const current = queue.shift();
      for (const other of next(current)) {
        const reached = level.get(current) + direction;
        if (!level.has(other) || Math.abs(level.get(other)) < Math.abs(reached)) {
          level.set(other, reached);
          queue.push(other);
        }
      }
    }
  };
  const makers = (each) => associations[each].uses.map((use) => use[2]).filter((maker) => maker >= 0);
  walk(number, makers, -1);
  walk(number, (each) => usedBy[each], 1);
  return level.size > 1 ? drawChain(number, level, makers) : null;
}

function drawChain(number, level, makers) {
  const columns = new Map();
  for (const [each, column] of level) columns.set(column, [...(columns.get(column) || []), each]);
  const keys = [...columns.keys()].sort((a, b) => a - b), width = 104, gap = 18, height = 34, space = 8;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const make = (tag, attributes, parent, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const place = new Map();
  let tallest = 0;
  keys.forEach((key, column) => {
    columns.get(key).sort((a, b) => (a === number ? -1 : b === number ? 1 : a - b)).slice(0, MOST_IN_COLUMN).forEach((each, index) => {
      place.set(each, [column * (width + gap), index * (height + space)]);
      tallest = Math.max(tallest, (index + 1) * (height + space));
    });
    const more = columns.get(key).length - MOST_IN_COLUMN;
    if (more > 0) {
      tallest = Math.max(tallest, MOST_IN_COLUMN * (height + space) + 16);
      make("text", { x: column * (width + gap) + 4, y: MOST_IN_COLUMN * (height + space) + 10 }, svg, `and ${more} more`);
    }
  });
  for (const [each, [x, y]] of place) {
    for (const maker of new Set(makers(each))) {
      if (!place.has(maker)) continue;
      const [fromX, fromY] = place.get(maker), startX = fromX + width, startY = fromY + height / 2, endY = y + height / 2;
      make("path", { d: `M${startX} ${startY} C${startX + gap / 2} ${startY} ${x - gap / 2} ${endY} ${x} ${endY}` }, svg);
    }
  }
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  for (const [each, [x, y]] of place) {
    const node = make("a", { href: `#a-${each}`, class: each === number ? "current" : "" }, svg);
    make("title", {}, node, associations[each].p);
    make("rect", { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 4 }, node);
    make("text", { x: x + 6, y: y + 14 }, node, short(words[associations[each].t], 15));
    make("text", { x: x + 6, y: y + 27 }, node, short(associations[each].shortName, 15));
  }
  svg.setAttribute("viewBox", `0 0 ${keys.length * (width + gap) - gap} ${tallest}`);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Associations that make products for others");
  svg.style.maxWidth = `${keys.length * (width + gap) - gap}px`;
  return svg;
}
