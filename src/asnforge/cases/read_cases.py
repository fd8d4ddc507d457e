"""Read files of cases: find them next to rules, check them against the schema, and report their problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from asnforge.cases.case_pool import displayed_table, make_pool, read_exposures, table_lines
from asnforge.cases.model import Expected, IncompleteGroup, Names, RuleCase
from asnforge.findings import Finding, FindingCode, InputError, SourceLocation, suggestion
from asnforge.rulefiles.check_schema import check_schema
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, yaml_files
from asnforge.rulefiles.yaml_document import YamlDocument, YamlNode, read_yaml
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

NO_RULE = FindingCode(
    "R401",
    "cases without a rule",
    "NAME.cases.yaml contains the cases of the rule in NAME.yaml, in the same folder. Rename one of the two.",
    wrong="imaging.yaml and image.cases.yaml",
    right="image.yaml and image.cases.yaml",
)
UNKNOWN_EXPOSURE = FindingCode(
    "R402",
    "undefined exposure",
    "An expectation names an exposure that the case does not have. Names are case-sensitive.",
    wrong="One exposure:\n  exposures: {first: {}}\n  expect: {together: [[First]]}",
    right="One exposure:\n  exposures: {first: {}}\n  expect: {together: [[first]]}",
)
UNKNOWN_COLUMN = FindingCode(
    "R403",
    "unused column",
    "No rule, condition or derived column reads the column, so that it has no effect; it is probably misspelled.",
    wrong="One exposure:\n  exposures: {first: {BNAD: g}}\n  expect: {together: [[first]]}",
    right="One exposure:\n  exposures: {first: {BAND: g}}\n  expect: {together: [[first]]}",
)
UNKNOWN_CRITERION = FindingCode(
    "R404",
    "undefined constraint, key or requirement",
    "left_out names constraints and keys of the rule, incomplete its requirements; asnforge rules show lists them.",
    wrong="Another band:\n  exposures: {first: {BAND: z}}\n  expect: {left_out: {first: ligth}}",
    right="Another band:\n  exposures: {first: {BAND: z}}\n  expect: {left_out: {first: light}}",
)
NEEDS_ONE_RULE = FindingCode(
    "R407",
    "expectation for one rule only",
    "The cases in ruleset.cases.yaml apply all rules. What rejects an exposure and what a group needs belongs in the cases of "
    "one rule.",
    wrong="# ruleset.cases.yaml\nAnother band:\n  exposures: {first: {BAND: z}}\n  expect: {left_out: {first: light}}",
    right="# fields.cases.yaml\nAnother band:\n  exposures: {first: {BAND: z}}\n  expect: {left_out: {first: light}}",
)


def case_files(path: Path) -> list[Path]:
    """The files of cases in a folder, or of a rule file; a file of cases itself."""
    if path.is_dir():
        return [file for file in yaml_files(path) if file.name.endswith(CASES_SUFFIX)]
    if path.name.endswith(CASES_SUFFIX):
        return [path]
    cases = path.with_name(path.name.removesuffix(path.suffix) + CASES_SUFFIX)
    return [cases] if cases.is_file() else []


def read_cases(paths: Iterable[Path], ruleset: Ruleset) -> tuple[tuple[RuleCase, ...], tuple[Finding, ...]]:
    """The cases of some files, each next to a rule of the rule set, and the problems of the files."""
    cases: list[RuleCase] = []
    findings: dict[Finding, None] = {}
    rules = {Path(rule.location.file).resolve(): rule for rule in ruleset.rules}
    for path in paths:
        try:
            document = read_yaml(path)
        except InputError as error:
            findings.update(dict.fromkeys(error.findings))
            continue
        name = path.name.removesuffix(CASES_SUFFIX)
        files = (path.with_name(name + suffix).resolve() for suffix in (".yaml", ".yml"))
        rule = next((rules[file] for file in files if file in rules), None)
        faults = list(check_schema(document, "cases"))
        if rule is None and f"{name}.yaml" != RULESET_FILE:
            location = SourceLocation(str(path), 1, 1)
            faults.append(NO_RULE.finding("there is no rule {file} next to these cases", location, file=f"{name}.yaml"))
        if not faults:
            cases.extend(_CaseReader(document, rule, ruleset, faults).cases())
        findings.update(dict.fromkeys(faults))
    return tuple(cases), tuple(findings)


class _CaseReader:
    """Reads the cases of one file; those with a finding are omitted."""

    def __init__(self, document: YamlDocument, rule: Rule | None, ruleset: Ruleset, findings: list[Finding]) -> None:
        self.document = document
        self.rule = rule
        self.ruleset = ruleset
        self.findings = findings

    def cases(self) -> Iterator[RuleCase]:
        root = self.document.root
        for name, node in root["cases"].items():
            count = len(self.findings)
            defaults = {**self._defaults(root.get("defaults")), **self._defaults(node.get("defaults"))}
            broken = len(self.findings)
            rows = read_exposures(node["exposures"], self.findings)
            is_broken = len(self.findings) > broken
            self._check_columns(node["exposures"], {column for _, row in rows.values() for column in row})
            expect = node["expect"]
            if not is_broken:
                self._check_names(expect, tuple(rows))
            if len(self.findings) > count:
                continue
            pool = make_pool(self.document.file, rows, defaults, self.ruleset)
            yield RuleCase(
                name=name,
                rule=self.rule.name if self.rule else "",
                location=node.key_location,
                pool=pool,
                exposures=tuple(rows),
                table=displayed_table(pool, tuple(rows), self.ruleset),
                ids=tuple(node.value.get("ids", ())),
                expected=_expected(expect.value),
                locations={key: entry.key_location for key, entry in expect.items()},
            )

    def _add(self, code: FindingCode, message: str, location: SourceLocation, hint: str = "", **details: Any) -> None:
        self.findings.append(code.finding(message, location, hint=hint, **details))

    def _defaults(self, node: YamlNode | None) -> dict[str, str]:
        if node is None:
            return {}
        self._check_columns(node, {column.casefold() for column in node.value})
        return {column.casefold(): str(value) for column, value in node.value.items()}

    def _check_columns(self, node: YamlNode, columns: Iterable[str]) -> None:
        known = self.ruleset.columns_read()
        for column in sorted(set(columns) - known):
            if isinstance(node.value, str):
                location = SourceLocation(self.document.file, table_lines(node)[0][0])
            else:
                path = next((path for path in _paths(node) if str(path[-1]).casefold() == column), node.path)
                location = self.document.key_location(*path)
            hint = suggestion(column.upper(), sorted(name.upper() for name in known))
            self._add(UNKNOWN_COLUMN, "no rule reads the column {column}", location, hint, column=column.upper())

    def _check_names(self, expect: YamlNode, exposures: tuple[str, ...]) -> None:
        """Report undefined names of exposures, constraints and requirements.

        With rules that use products of others, a name can be that of a product's file, which is known when the case is run.
        """
        rules = self.ruleset.rules if self.rule is None else (self.rule,)
        has_products = any(rule.depends_on() for rule in rules)
        for name, node in _exposures_named(expect):
            if name not in exposures and not has_products:
                message = "the case has no exposure {exposure}"
                self._add(UNKNOWN_EXPOSURE, message, node.key_location, suggestion(name, exposures), exposure=name)
        if self.rule is None:
            for key in [key for key in ("left_out", "incomplete") if key in expect.value]:
                message = "{key} applies to the cases of one rule, not of all"
                self._add(NEEDS_ONE_RULE, message, expect[key].key_location, key=key)
            return
        constraints = tuple(select.name for select in self.rule.select)
        keys = (f"key {key.name}" if key.name in constraints else key.name for key in self.rule.group_by)
        criteria = (*constraints, *keys)
        requirements = tuple(need.name for need in self.rule.require)
        named = [(criteria, node) for _, node in _entries(expect.get("left_out"))]
        named += [(requirements, node["lacks"]) for node in _listed(expect.get("incomplete"))]
        for known, node in named:
            for name in sorted(_strings(node.value) - set(known)):
                self._add(
                    UNKNOWN_CRITERION,
                    "the rule {rule} has no {name}",
                    node.location,
                    suggestion(name, known),
                    rule=self.rule.name,
                    name=name,
                )


def _paths(node: YamlNode) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node.value, dict):
        for key in node.value:
            yield (*node.path, key)
            yield from _paths(node[key])


def _exposures_named(expect: YamlNode) -> Iterator[tuple[str, YamlNode]]:
    lists = [*_listed(expect.get("together")), *_listed(expect.get("apart"))]
    lists += [node for _, node in _entries(expect.get("products"))]
    lists += [node["exposures"] for node in _listed(expect.get("incomplete"))]
    for names in lists:
        yield from ((node.value, node) for node in names.items_list())
    for key in ("left_out", "exptypes", "members", "values"):
        yield from _entries(expect.get(key))


def _listed(node: YamlNode | None) -> Iterator[YamlNode]:
    return iter(()) if node is None else node.items_list()


def _entries(node: YamlNode | None) -> Iterator[tuple[str, YamlNode]]:
    return iter(()) if node is None else node.items()


def _expected(content: Mapping[str, Any]) -> Expected:
    together, products = content.get("together"), content.get("products")
    return Expected(
        together=None if together is None else tuple(map(frozenset, together)),
        products=None if products is None else {name: frozenset(names) for name, names in products.items()},
        asn_types=_strings(content.get("asn_type", [])),
        apart=tuple(map(frozenset, content.get("apart", ()))),
        left_out=_by_name(content, "left_out"),
        incomplete=tuple(
            IncompleteGroup(frozenset(entry["exposures"]), _strings(entry["lacks"]), entry.get("scope", "").casefold())
            for entry in content.get("incomplete", ())
        ),
        exptypes={name: frozenset(map(str.casefold, names)) for name, names in _by_name(content, "exptypes").items()},
        members=_by_name(content, "members"),
        values={
            name: {column.casefold(): str(value).casefold() for column, value in row.items()}
            for name, row in content.get("values", {}).items()
        },
    )


def _by_name(content: Mapping[str, Any], key: str) -> dict[str, Names]:
    return {name: _strings(strings) for name, strings in content.get(key, {}).items()}


def _strings(content: str | list[str]) -> Names:
    return frozenset([content] if isinstance(content, str) else content)
