"""Files of cases: found beside rules, checked against the schema, read; or findings that say why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from asnforge.cases.case_pools import case_pool, shown_table
from asnforge.cases.case_table import exposure_rows, table_lines
from asnforge.cases.codes import NEEDS_RULE, NO_RULE, UNKNOWN_CHECK, UNKNOWN_COLUMN, UNKNOWN_EXPOSURE
from asnforge.cases.model import Expected, Incomplete, Names, RuleCase
from asnforge.findings import Finding, InputError, suggestion
from asnforge.rulefiles.check_schema import check_schema
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, yaml_files
from asnforge.rulefiles.yaml_document import YamlDocument, YamlNode, read_yaml
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset


def case_files(path: Path) -> list[Path]:
    """The files of cases of a folder; or the one of a rule file; or the one that is named itself."""
    if path.is_dir():
        return [file for file in yaml_files(path) if file.name.endswith(CASES_SUFFIX)]
    if path.name.endswith(CASES_SUFFIX):
        return [path]
    beside = path.with_name(path.name.removesuffix(path.suffix) + CASES_SUFFIX)
    return [beside] if beside.is_file() else []


def read_cases(paths: Iterable[Path], ruleset: Ruleset) -> tuple[tuple[RuleCase, ...], tuple[Finding, ...]]:
    """The cases of some files, and what is wrong with the files.

    Parameters
    ----------
    paths : iterable of Path
        Files of cases, each beside its rule.
    ruleset : Ruleset
        The rules.
    """
    cases: list[RuleCase] = []
    findings: list[Finding] = []
    rules = {Path(rule.location.file).resolve(): rule for rule in ruleset.rules}
    for path in paths:
        try:
            document = read_yaml(path)
        except InputError as stop:
            findings.extend(stop.findings)
            continue
        stem = path.name.removesuffix(CASES_SUFFIX)
        beside = (rules.get(path.with_name(stem + suffix).resolve()) for suffix in (".yaml", ".yml"))
        rule = next((rule for rule in beside if rule is not None), None)
        faults = list(check_schema(document, "cases"))
        if rule is None and f"{stem}.yaml" != RULESET_FILE:
            faults.append(Finding(NO_RULE.code, f"there is no rule {stem}.yaml beside these cases", str(path), 1, 1))
        findings.extend(faults)
        if not faults:
            cases.extend(_cases(document, rule, ruleset, findings))
    return tuple(cases), tuple(dict.fromkeys(findings))


def _cases(document: YamlDocument, rule: Rule | None, ruleset: Ruleset, findings: list[Finding]) -> Iterator[RuleCase]:
    whole = document.root
    for name, piece in whole["cases"].items():
        faults: list[Finding] = []
        defaults = {**_row(whole.get("defaults"), ruleset, faults), **_row(piece.get("defaults"), ruleset, faults)}
        broken: list[Finding] = []
        rows = exposure_rows(piece["exposures"], broken)
        _check_columns(piece["exposures"], {column for _, row in rows.values() for column in row}, ruleset, faults)
        expect = piece["expect"]
        if not broken:
            _check_names(expect, tuple(rows), rule, faults)
        findings.extend([*broken, *faults])
        if broken or faults:
            continue
        pool = case_pool(document.file, rows, defaults, ruleset)
        yield RuleCase(
            name=name,
            rule=rule.name if rule else "",
            place=document.key_location(*piece.path),
            pool=pool,
            exposures=tuple(rows),
            shown=shown_table(pool, tuple(rows), ruleset),
            ids=tuple(piece.value.get("ids", ())),
            expected=_expected(expect.value),
            places={key: document.key_location(*expect.path, key) for key in expect.value},
        )


def _row(piece: YamlNode | None, ruleset: Ruleset, findings: list[Finding]) -> dict[str, str]:
    if piece is None:
        return {}
    _check_columns(piece, {column.casefold() for column in piece.value}, ruleset, findings)
    return {column.casefold(): str(value) for column, value in piece.value.items()}


def _check_columns(piece: YamlNode, columns: Iterable[str], ruleset: Ruleset, findings: list[Finding]) -> None:
    known = ruleset.columns_read()
    for column in sorted(set(columns) - known):
        message = f"no rule reads the column {column.upper()}"
        hint = suggestion(column.upper(), sorted(name.upper() for name in known))
        if isinstance(piece.value, str):
            line = table_lines(piece)[0][0]
            findings.append(Finding(UNKNOWN_COLUMN.code, message, piece.document.file, line, hint=hint))
        else:
            path = next((path for path in _paths(piece) if str(path[-1]).casefold() == column), piece.path)
            message, name = "no rule reads the column {column}", column.upper()
            finding = piece.document.finding(UNKNOWN_COLUMN, message, *path, hint=hint, at_key=True, column=name)
            findings.append(finding)


def _paths(piece: YamlNode) -> Iterator[tuple[str | int, ...]]:
    if isinstance(piece.value, dict):
        for key in piece.value:
            yield (*piece.path, key)
            yield from _paths(piece[key])


def _check_names(expect: YamlNode, exposures: tuple[str, ...], rule: Rule | None, findings: list[Finding]) -> None:
    """Report names of exposures, constraints and requirements that are not there."""
    for name, piece in _exposures_named(expect):
        if name not in exposures:
            hint, at = suggestion(name, exposures), piece.key_location
            findings.append(
                UNKNOWN_EXPOSURE.finding("the case has no exposure {exposure}", at, hint=hint, exposure=name)
            )
    if rule is None:
        for key in {"left_out", "incomplete"} & expect.value.keys():
            message = "{key} needs the cases of one rule, not of all"
            findings.append(expect.document.finding(NEEDS_RULE, message, *expect.path, key, at_key=True, key=key))
        return
    constraints = tuple(select.name for select in rule.select)
    keys = (f"key {key.name}" if key.name in constraints else key.name for key in rule.group_by)
    checks = (*constraints, *keys)
    requirements = tuple(need.name for need in rule.require)
    named = [(checks, piece) for _, piece in _entries(expect.get("left_out"))]
    named += [(requirements, piece["lacks"]) for piece in _listed(expect.get("incomplete"))]
    for known, piece in named:
        unknown = sorted(_texts(piece.value) - set(known))
        findings += [
            piece.finding(
                UNKNOWN_CHECK, "the rule {rule} has no {name}", suggestion(text, known), rule=rule.name, name=text
            )
            for text in unknown
        ]


def _exposures_named(expect: YamlNode) -> Iterator[tuple[str, YamlNode]]:
    lists = [*_listed(expect.get("together")), *_listed(expect.get("apart"))]
    lists += [piece for _, piece in _entries(expect.get("products"))]
    lists += [piece["exposures"] for piece in _listed(expect.get("incomplete"))]
    for piece in lists:
        yield from ((inner.value, inner) for inner in piece.items_list())
    for key in ("left_out", "exptypes", "members", "values"):
        yield from _entries(expect.get(key))


def _listed(piece: YamlNode | None) -> Iterator[YamlNode]:
    return iter(()) if piece is None else piece.items_list()


def _entries(piece: YamlNode | None) -> Iterator[tuple[str, YamlNode]]:
    return iter(()) if piece is None else piece.items()


def _expected(content: Mapping[str, Any]) -> Expected:
    together, products = content.get("together"), content.get("products")
    return Expected(
        together=None if together is None else tuple(map(frozenset, together)),
        products=None if products is None else {name: frozenset(inside) for name, inside in products.items()},
        asn_types=_texts(content.get("asn_type", [])),
        apart=tuple(map(frozenset, content.get("apart", ()))),
        left_out=_by_name(content, "left_out"),
        incomplete=tuple(
            Incomplete(frozenset(entry["exposures"]), _texts(entry["lacks"]), entry.get("scope", "").casefold())
            for entry in content.get("incomplete", ())
        ),
        exptypes={name: frozenset(map(str.casefold, texts)) for name, texts in _by_name(content, "exptypes").items()},
        members=_by_name(content, "members"),
        values={
            name: {column.casefold(): str(value).casefold() for column, value in row.items()}
            for name, row in content.get("values", {}).items()
        },
    )


def _by_name(content: Mapping[str, Any], key: str) -> dict[str, Names]:
    return {name: _texts(texts) for name, texts in content.get(key, {}).items()}


def _texts(content: str | list[str]) -> Names:
    return frozenset([content] if isinstance(content, str) else content)
