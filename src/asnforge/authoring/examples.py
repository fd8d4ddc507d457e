"""First cases of a rule, made of what the rule does: a user changes them to what it should do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from asnforge.cases.case_pool import NAME, make_pool
from asnforge.cases.read_cases import case_files
from asnforge.explain.trace import Trace, trace_rules
from asnforge.findings import InputError
from asnforge.rulefiles.yaml_document import read_yaml
from asnforge.rules.constraints import OneOf
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset

_AGREEING = "Exposures that agree are one association"

Rows = Mapping[str, Mapping[str, str]]


def cases_text(pointer: str, rule: Rule, ruleset: Ruleset, folder: Path, column: str) -> str:
    """The text of a file of cases.

    Parameters
    ----------
    pointer : str
        The line that names the schema.
    rule, ruleset : Rule and Ruleset
        The rule, and the rule set that it is in.
    folder : Path
        The folder of the rule set: what the cases of its rules have in common goes into the defaults.
    column : str
        The column that the rule selects by.
    """
    defaults = _defaults(rule, ruleset, folder)
    keys = {
        key.name: key.columns[0].upper()
        for key in rule.group_by
        if not key.optional and key.columns[0] not in ruleset.derived and key.columns[0] != column.casefold()
    }
    missing = {f"no_{name}": {key: "''"} for name, key in keys.items()}
    differing = {f"other_{name}": {key: "2"} for name, key in keys.items()}
    cases: dict[str, Rows] = {
        _AGREEING: {"one": {}, "two": {}},
        "What is left out, and why": {"one": {}, "other": {column: "other"}, **missing},
    }
    if differing:
        cases["Exposures that differ in one key are apart"] = {"one": {}, **differing}
    lines = [pointer, "defaults:", *(f"  {name}: {_quoted(value)}" for name, value in defaults.items()), "cases:"]
    for place, (name, rows) in enumerate(cases.items()):
        lines += ["", f"  {name}:"] if place else [f"  {name}:"]
        lines += ["    exposures:", *(f"      {row}: {_row(values)}" for row, values in rows.items()), "    expect:"]
        lines += [f"      {line}" for line in _expected(rows, defaults, rule, ruleset)]
    return "\n".join(lines) + "\n"


def makes_something(rule: Rule, ruleset: Ruleset, folder: Path) -> bool:
    """Whether the first cases of a rule have an association."""
    trace = _trace({"one": {}, "two": {}}, _defaults(rule, ruleset, folder), rule, ruleset)
    return bool(trace.grouping.kept)


def _defaults(rule: Rule, ruleset: Ruleset, folder: Path) -> dict[str, str]:
    """Values that let the rule take an exposure."""
    shown = _shown_defaults(folder)
    found = {name: each[0] for name, each in shown.items() if len(set(each)) == 1}
    found.setdefault(ruleset.members.file_name.upper(), f"{{{NAME}}}")
    for select in rule.select:
        if isinstance(select.constraint, OneOf) and select.constraint.columns[0] not in ruleset.derived:
            found[select.constraint.columns[0].upper()] = select.constraint.values[0]
    for key in rule.group_by:
        names = [name.upper() for name in key.columns if name not in ruleset.derived]
        if names and not set(names) & found.keys():
            found[names[0]] = next((text for text in shown.get(names[0], ()) if text), "1")
    return found


def _shown_defaults(folder: Path) -> dict[str, list[str]]:
    """The defaults in the files of cases of a folder: for each column the value of each file, empty where it has none."""
    files = []
    for path in case_files(folder):
        try:
            content = read_yaml(path).value
        except InputError:
            continue
        given = content.get("defaults", {}) if isinstance(content, dict) else {}
        files.append({str(name).upper(): str(value) for name, value in given.items()})
    return {
        name: [each.get(name, "") for each in files] for name in dict.fromkeys(name for each in files for name in each)
    }


def _expected(rows: Rows, defaults: Mapping[str, str], rule: Rule, ruleset: Ruleset) -> Iterator[str]:
    """What the rule makes of a pool, as lines of an ``expect`` block."""
    names = list(rows)
    trace = _trace(rows, defaults, rule, ruleset)
    if trace.grouping.kept:
        yield f"asn_type: {rule.asn_type}"
    yield from _associations(trace, names)
    failed = {
        name: [check.label for check in trace.rules[0].criteria if not check.passed[row]]
        for row, name in enumerate(names)
    }
    if any(failed.values()):
        yield "left_out:"
        yield from (f"  {name}: {_list(labels)}" for name, labels in failed.items() if labels)


def _trace(rows: Rows, defaults: Mapping[str, str], rule: Rule, ruleset: Ruleset) -> Trace:
    given = {
        row: (0, {name.casefold(): value.strip("'") for name, value in values.items()}) for row, values in rows.items()
    }
    pool = make_pool("", given, {name.casefold(): value for name, value in defaults.items()}, ruleset)
    return trace_rules(pool, ruleset.only(rule.name))


def _associations(trace: Trace, names: list[str]) -> Iterator[str]:
    memberships = trace.rules[0].result.members
    kept = {
        draft.product: sorted({names[row] for row in draft.rows().tolist()}, key=names.index)
        for draft in trace.grouping.kept
    }
    if len(kept) == len(trace.grouping.kept) and kept:
        yield "products:"
        yield from (f"  {_quoted(product)}: [{', '.join(inside)}]" for product, inside in sorted(kept.items()))
    else:
        groups = [f"[{', '.join(inside)}]" for inside in sorted(kept.values())]
        yield f"together: [{', '.join(groups)}]"
    lacking = {}
    for group in range(len(memberships.groups)):
        needs = zip(trace.rules[0].rule.require, memberships.unmet, strict=True)
        missing = [need.name for need, lacks in needs if lacks[group]]
        rows = memberships.row[memberships.starts[group] : memberships.starts[group + 1]].tolist()
        if missing:
            lacking[", ".join(sorted({names[row] for row in rows}, key=names.index))] = missing
    if lacking:
        yield "incomplete:"
        yield from (f"  - {{exposures: [{inside}], lacks: {_list(missing)}}}" for inside, missing in lacking.items())


def _row(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def _list(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _quoted(text: str) -> str:
    truncated = text and text[0].isalnum() and not set(text) & set(":#{}[],&*!|>'\"%@`")
    return text if truncated else "'" + text.replace("'", "''") + "'"
