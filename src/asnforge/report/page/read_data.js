// The data of the page: names, columns and members are decoded once; everything else refers to exposures and associations by number.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const words = data.words;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function decodeNames(coded) {
  const names = [];
  let before = "";
  for (let i = 0; i < coded.length; i += 2) {
    before = before.slice(0, coded[i]) + coded[i + 1];
    names.push(before);
  }
  return names;
}

function sums(differences) {
  let total = 0;
  return differences.map((difference) => (total += difference));
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const exposures = data.exposures;
const names = decodeNames(exposures.names);
const lastNames = decodeNames(exposures.last);
const counts = exposures.counts;
const total = counts ? counts.reduce((sum, count) => sum + count, 0) : names.length;
const cell = (column, exposure) => column.words[column.codes[exposure]];
const observation = exposures.observation;
const observationOf = (exposure) => (observation ? observation.codes[exposure] : 0);
const nameOf = (exposure) =>
  counts && counts[exposure] > 1 ? `${names[exposure]} … ${lastNames[exposure]}` : names[exposure];

const SIDES = 3; // both, only expected, only actual
const associations = data.associations;
const inside = names.map(() => []);
associations.forEach((association, number) => {
  let exposure = 0;
  association.members = [];
  for (let i = 0; i < association.m.length; i += 2) {
    exposure += association.m[i];
    const role = Math.floor(association.m[i + 1] / SIDES);
    association.members.push([exposure, role, association.m[i + 1] % SIDES]);
    const own = inside[exposure];
    if (own[own.length - 1] !== number) own.push(number);
  }
  association.through = sums(association.y || []);
  association.uses = association.u || [];
  association.size = association.members.reduce((sum, [each]) => sum + (counts ? counts[each] : 1), 0) + association.uses.length;
  association.shortName = association.p.startsWith(data.prefix) ? association.p.slice(data.prefix.length) : association.p;
});
// What all names begin with, up to the last delimiter; empty for a single name.
function sharedPrefix(all) {
  if (all.length < 2) return "";
  const [least, most] = [all.reduce((a, b) => (a < b ? a : b)), all.reduce((a, b) => (a > b ? a : b))];
  let end = 0;
  while (end < least.length && least[end] === most[end]) end++;
  const last = (delimiter) => (end ? least.lastIndexOf(delimiter, end - 1) + 1 : 0);
  return least.slice(0, last("_") || last("-"));
}

// Scopes of several programs have the same ids: the first part of a name tells them apart.
associations.forEach((association) => { association.prefix = association.p.split(/[_-]/, 1)[0]; });

const usedBy = associations.map(() => []);
associations.forEach((association, number) => {
  for (const [, , maker] of association.uses) if (maker >= 0 && !usedBy[maker].includes(number)) usedBy[maker].push(number);
});
const byFile = new Map();
associations.forEach((association, number) => byFile.has(association.f) || byFile.set(association.f, number));

const orphans = data.orphans;
const orphanOf = new Map();
orphans.forEach((entry, number) => {
  entry.members = sums(entry.e);
  entry.members.forEach((exposure) => orphanOf.set(exposure, number));
});

// The text in which words are searched, made when it is first needed.
let exposureTexts = null;
function textsOfExposures() {
  exposureTexts ||= names.map((_, exposure) =>
    [nameOf(exposure), ...exposures.columns.map((column) => cell(column, exposure))].join(" ").toLowerCase());
  return exposureTexts;
}
function textOf(association) {
  association.text ||= [association.p, association.f, words[association.t], words[association.r], words[association.g],
    ...association.c.map((number) => words[number]), ...association.uses.map((use) => use[0])].join(" ").toLowerCase();
  return association.text;
}
