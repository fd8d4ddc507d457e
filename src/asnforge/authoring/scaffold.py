"""A new rule and its cases, made from what the rules of its rule set have in common; both pass as they are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import Any

import yaml

from asnforge.asnfiles.staging import make_folder
from asnforge.atomic import write_atomically
from asnforge.cases.case_pool import NAME, make_pool
from asnforge.cases.read_cases import case_files
from asnforge.explain.trace import Trace, trace_rules
from asnforge.findings import FindingCode, InputError
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, default_ruleset, rule_files
from asnforge.rulefiles.sources import Sources, read_sources
from asnforge.rulefiles.yaml_document import read_yaml
from asnforge.rules.amounts import spell
from asnforge.rules.constraints import AllOf, Bounded, Constraint, OneOf, leaves
from asnforge.rules.rule import SCIENCE, Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template
from asnforge.rules.units import parts_of

EXISTS = FindingCode(
    "R412",
    "rule or file already exists",
    "A new rule never replaces an existing rule or file. Use another name or another folder.",
    wrong="asnforge rules new Image --folder my-rules",
    right="asnforge rules new Image_Mosaic --folder my-rules",
)
INVALID_NAME = FindingCode(
    "R413",
    "invalid rule name",
    "The name of a rule is also that of its file: a letter, then letters, digits, '_', '.' and '-'.",
    wrong="asnforge rules new 'My rule' --folder my-rules",
    right="asnforge rules new My_Rule --folder my-rules",
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")

_Exposures = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The two files of a new rule, and their texts."""

    rule: Path
    rule_text: str
    cases: Path
    cases_text: str

    def write(self) -> None:
        """Write both files, and create their folder if there is none; `InputError` if that is not possible."""
        make_folder(self.rule.parent)
        write_atomically(self.rule, self.rule_text.encode())
        write_atomically(self.cases, self.cases_text.encode())


def new_rule(name: str, folder: Path) -> Scaffold:
    """A new rule and its cases.

    Parameters
    ----------
    name : str
        The rule's name.
    folder : Path
        The folder of its files. If the folder has a ``ruleset.yaml``, the rule belongs to that rule set; else it is added to
        the default one.

    Raises
    ------
    InputError
        The name is invalid, such a file or rule exists, or the rule set cannot be read.
    """
    base = folder if (folder / RULESET_FILE).is_file() else default_ruleset()
    rule_path = folder / f"{name.lower()}.yaml"
    cases_path = folder / f"{name.lower()}{CASES_SUFFIX}"
    _check_name(name, folder, (rule_path, cases_path))
    sources = read_sources(base)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    if name.casefold() in {rule.name.casefold() for rule in sources.ruleset.rules}:
        raise _exists(name, base)
    column, rule_text = _rule_text(name, folder, sources, sources.ruleset)
    examples = Examples(name, rule_text, base, column)
    if not examples.trace({"one": {}, "two": {}}).kept:
        rule_text += f"take_as: {{exptype: {SCIENCE}}}\n"
        examples = Examples(name, rule_text, base, column)
    return Scaffold(rule_path, rule_text, cases_path, f"{schema_comment('cases', folder)}\n{examples.text()}")


def _exists(name: str, path: Path) -> InputError:
    hint = "give it another name"
    return InputError(EXISTS.finding("there is already a rule {rule}", str(path), hint=hint, rule=name))


def _check_name(name: str, folder: Path, paths: Iterable[Path]) -> None:
    """Reject an invalid name, and the name of an existing file or of a rule in a readable file of the folder."""
    if not _NAME.fullmatch(name) or f"{name.casefold()}.yaml" == RULESET_FILE:
        hint = "a letter, then letters, digits, '_', '.' and '-'"
        raise InputError(INVALID_NAME.finding("{name:quoted} is not a valid rule name", hint=hint, name=name))
    for path in paths:
        if os.path.lexists(path):  # a broken link, too
            raise InputError(EXISTS.finding("the file already exists", str(path), hint="give the rule another name"))
    for path, content in _documents(rule_files(folder)):
        if str(content.get("rule", "")).casefold() == name.casefold():
            raise _exists(name, path)


def _documents(paths: Iterable[Path]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The content of YAML files that can be read and contain a mapping."""
    for path in paths:
        try:
            content = read_yaml(path).value
        except InputError:
            continue
        if isinstance(content, dict):
            yield path, content


def _rule_text(name: str, folder: Path, sources: Sources, ruleset: Ruleset) -> tuple[str, str]:
    """The column that the rule selects by, and the text of its file."""
    rules = [node.value for node in sources.rules.values()]
    parts = sources.shared.names("parts") if sources.shared else ()
    common = [part for part in parts if rules and all(part in content.get("use", ()) for content in rules)]
    others = [part for part in parts if part not in common]
    select, column = _usual_constraint(rules, ruleset)
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    common, product = _product(slug, common, rules, sources, ruleset)
    comment = schema_comment("rule", folder) + (
        f"\n# Parts that other rules use: {', '.join(others)}" if others else ""
    )
    rule = {
        "rule": name,
        "title": name.replace("_", " "),
        "about": "Describe which exposures belong together, and why.",
        "asn_type": slug,
        **({"use": common} if common else {}),
        "select": {select: {"column": column, "is": name.lower()}},
        "product": product,
    }
    return column, f"{comment}\n{dump(rule)}"


def _product(
    slug: str, use: list[str], rules: Iterable[dict[str, Any]], sources: Sources, ruleset: Ruleset
) -> tuple[list[str], str]:
    """The parts that a rule uses, and its product: a template that other rules use, or one of its own, which is never empty."""
    assert sources.shared is not None  # noqa: S101 - the rule set could be built
    nodes, templates = sources.shared.entries("parts"), sources.shared.entries("products")
    named = Counter(content["product"] for content in rules if content["product"] in templates)
    usual = Counter(part for content in rules for part in content.get("use", ()))
    for part in ("", *(part for part, _ in usual.most_common())):
        used = [*use, *([part] if part and part not in use else [])]
        keys = {key for name in used for key in nodes[name].value.get("group_by", {})}
        filled = {name for name, item in ruleset.names.items() if item.empty or item.columns or keys & {*item.keys}}
        for template in (*(name for name, _ in named.most_common()), *templates):
            if filled.intersection(name for _, name in parse_template(templates[template].value) if name):
                return used, template
        shown = [name for name, item in ruleset.names.items() if item.keys and keys.issuperset(item.keys)]
        if shown and not templates:
            return used, "_".join((slug, *(f"{{{name}}}" for name in shown)))
    return use, next(iter(templates), "product")


def _usual_constraint(rules: Iterable[dict[str, Any]], ruleset: Ruleset) -> tuple[str, str]:
    """The name and column of the constraint that most rules have, which usually separates their exposures."""
    usual = Counter(
        (name, constraint["column"])
        for content in rules
        for name, constraint in content.get("select", {}).items()
        if "column" in constraint and constraint.keys() & {"is", "in"}
    )
    name, column = usual.most_common(1)[0][0] if usual else ("chosen", ruleset.members.file_name)
    if column.casefold() not in ruleset.derived:
        return name, column.upper()
    column = _main_pool_column(column.casefold(), ruleset)
    return re.sub("[^a-z0-9]+", "_", column), column.upper()


def _main_pool_column(column: str, ruleset: Ruleset) -> str:
    """The column of the pool that a derived column reads most often, directly or through others."""
    visited = set()
    while column in ruleset.derived and column not in visited:
        visited.add(column)
        conditions = (case.when for case in ruleset.derived[column].cases if case.when is not None)
        read = Counter(name for condition in conditions for leaf in leaves(condition) for name in leaf.columns)
        column = read.most_common(1)[0][0] if read else ruleset.members.file_name
    return column


def schema_comment(kind: str, folder: Path) -> str:
    """The line that names the schema for editors: a relative path inside of a checkout."""
    schema = Path(str(files("asnforge") / "schemas" / f"{kind}.schema.json")).resolve()
    target = Path(os.path.realpath(folder))  # does not raise for a cycle of links
    checkout = schema.parents[3]
    inside = (checkout / "pyproject.toml").is_file() and checkout in target.parents
    path = Path(os.path.relpath(schema, target)) if inside else schema
    return f"# yaml-language-server: $schema={path.as_posix()}"


class Examples:
    """The first cases of a rule in the rule set `base`: they expect what the rule does, until users state what it should do."""

    def __init__(
        self, name: str, text: str, base: Path, column: str, defaults: Mapping[str, str] | None = None
    ) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "rule.yaml"
            path.write_text(text, encoding="utf-8")
            self.ruleset = load_ruleset(base, path, default=False).only(name)
        self.rule: Rule = next(rule for rule in self.ruleset.rules if rule.name == name)
        self.column = column
        self.defaults = dict(defaults) if defaults is not None else self._defaults(base)

    def text(self) -> str:
        """The cases as a YAML file."""
        columns = {
            key.name: key.columns[0].upper()
            for key in self.rule.group_by
            if key.columns
            and not key.optional
            and key.columns[0] not in {*self.ruleset.derived, self.column.casefold()}
        }
        undefined = {f"no_{name}": {column: ""} for name, column in columns.items()}
        differing = {f"other_{name}": {column: "2"} for name, column in columns.items()}
        cases: dict[str, _Exposures] = {
            "Exposures that agree are one association": {"one": {}, "two": {}},
            "What is rejected, and why": {"one": {}, "other": {self.column: "other"}, **undefined},
        }
        if differing:
            cases["Exposures that differ in one key are apart"] = {"one": {}, **differing}
        blocks = (
            dump({name: {"exposures": exposures, "expect": self._expected(exposures)}})
            for name, exposures in cases.items()
        )
        return dump({"defaults": self.defaults}, flow=False) + "cases:\n" + indent("\n".join(blocks), "  ")

    def trace(self, exposures: _Exposures) -> Trace:
        """The trace of the rule on a pool of exposures."""
        rows = {
            name: (0, {column.casefold(): value for column, value in row.items()}) for name, row in exposures.items()
        }
        defaults = {column.casefold(): value for column, value in self.defaults.items()}
        return trace_rules(make_pool("", rows, defaults, self.ruleset), self.ruleset)

    def _defaults(self, base: Path) -> dict[str, str]:
        """Values with which the rule selects an exposure."""
        case_defaults = [
            {str(column).upper(): str(value) for column, value in content.get("defaults", {}).items()}
            for _, content in _documents(case_files(base))
        ]
        values = {column: [row.get(column, "") for row in case_defaults] for row in case_defaults for column in row}
        defaults = {column: cells[0] for column, cells in values.items() if len(set(cells)) == 1}
        defaults.setdefault(self.ruleset.members.file_name.upper(), f"{{{NAME}}}")
        for select in self.rule.select:
            if isinstance(select.constraint, OneOf) and select.constraint.columns[0] not in self.ruleset.derived:
                defaults[select.constraint.columns[0].upper()] = select.constraint.values[0]
            elif (bounded := _bounds(select.constraint)) and bounded[0].columns[0] not in self.ruleset.derived:
                defaults[bounded[0].columns[0].upper()] = _value_within(bounded)
        for key in self.rule.group_by:
            columns = [name.upper() for name in key.columns if name not in self.ruleset.derived]
            if columns and not defaults.keys() & set(columns):
                defaults[columns[0]] = next(filter(None, values.get(columns[0], ())), "1")
        return defaults

    def _expected(self, exposures: _Exposures) -> dict[str, Any]:
        """The associations of the rule, its incomplete groups and the exposures that it rejects, as an ``expect`` block."""
        trace = self.trace(exposures)
        rule = next(rule for rule in trace.rules if rule.name == self.rule.name)
        kept = [draft for draft in trace.kept if draft.source is rule.result]
        names = [*exposures, *trace.product_names()]
        expected: dict[str, Any] = {"asn_type": self.rule.asn_type} if kept else {}
        products = {draft.product: [names[row] for row in sorted(set(draft.rows().tolist()))] for draft in kept}
        if products and len(products) == len(kept):
            expected["products"] = dict(sorted(products.items()))
        else:
            expected["together"] = sorted(products.values())
        incomplete = {}
        for group in range(len(rule.groups)):
            if unmet := rule.unmet(group):
                incomplete[tuple(names[row] for row in sorted(set(rule.rows_of(group).tolist())))] = unmet
        if incomplete:
            expected["incomplete"] = [
                {"exposures": list(group), "lacks": _one_or_all(unmet)} for group, unmet in incomplete.items()
            ]
        rejected = {name: [criterion.label for criterion in rule.failed(row)] for row, name in enumerate(exposures)}
        if any(rejected.values()):
            expected["left_out"] = {name: _one_or_all(labels) for name, labels in rejected.items() if labels}
        return expected


def _bounds(constraint: Constraint) -> tuple[Bounded, ...]:
    """The comparisons of one column of which a constraint consists; none if it is another constraint."""
    parts = constraint.parts if isinstance(constraint, AllOf) else (constraint,)
    bounded = tuple(part for part in parts if isinstance(part, Bounded))
    return bounded if len(bounded) == len(parts) and len({each.columns for each in bounded}) == 1 else ()


def _value_within(bounded: Sequence[Bounded]) -> str:
    """A value that passes all comparisons, if there is one."""
    bounds = [each.bound for each in bounded]
    amounts = [*bounds, max(bounds) + 1, min(bounds) - 1, sum(bounds, Decimal(0)) / len(bounds)]
    passing = next((amount for amount in amounts if all(each.accepts(amount) for each in bounded)), bounds[0])
    for each in bounded:
        if each.bound == passing:
            return each.text
    unit = " deg" if bounded[0].column_type.kind == "angle" else ""
    return spell(parts_of(passing), bounded[0].column_type).upper() + unit


def _one_or_all(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


class _Dumper(yaml.SafeDumper):
    """Writes strings plain, as rule files read every scalar as a string, and repeated values in full."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - overrides an attribute of the class

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - overrides a method
        return True


def dump(value: object, *, flow: bool | None = None) -> str:
    """YAML in which collections of scalars are on one line, unless `flow` is false."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, default_flow_style=flow, allow_unicode=True, width=1000
    )
    return text
