"""The first cases of a rule: exposures that it groups, rejects and keeps apart, with what it does as what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import Any

import yaml

from asnforge.cases.case_pool import NAME, make_pool
from asnforge.cases.read_cases import case_files
from asnforge.explain.trace import Trace, trace_rules
from asnforge.findings import InputError
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.yaml_document import read_yaml
from asnforge.rules.amounts import spell
from asnforge.rules.constraints import AllOf, Bounded, Constraint, OneOf, expanded
from asnforge.rules.rule import Rule
from asnforge.rules.units import parts_of

_Exposures = Mapping[str, Mapping[str, str]]


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
        keys = [
            key
            for key in self.rule.group_by
            if key.columns and key.columns[0] not in {*self.ruleset.derived, self.column.casefold()}
        ]
        different = {f"other_{key.name}": {key.columns[0].upper(): self._other_value(key.columns[0])} for key in keys}
        required, optional = (
            {f"no_{key.name}": {key.columns[0].upper(): ""} for key in keys if key.optional is is_optional}
            for is_optional in (False, True)
        )
        rejected = {**({"other": {self.column: "other"}} if self.column else {}), **required}
        changes: dict[str, _Exposures] = {
            "What is rejected, and why": rejected,
            "Exposures that differ in one key are apart": different,
            "Undefined values of optional keys": optional,
        }
        agreeing = {"one": {}, "two": {}, **self._of_other_kinds()}
        cases: dict[str, _Exposures] = {"Exposures that agree are one association": agreeing}
        cases |= {name: {"one": {}, **exposures} for name, exposures in changes.items() if exposures}
        blocks = (
            dump({name: {"exposures": exposures, "expect": self._expected(exposures)}})
            for name, exposures in cases.items()
        )
        return dump({"defaults": self.defaults}, flow=False) + "cases:\n" + indent("\n".join(blocks), "  ")

    def _of_other_kinds(self) -> _Exposures:
        """An exposure for each further value of the column that the rule selects by."""
        chosen = [expanded(select.constraint) for select in self.rule.select]
        values = [
            value
            for constraint in chosen
            if isinstance(constraint, OneOf) and constraint.columns == (self.column.casefold(),)
            for value in constraint.values
            if value != self.defaults[self.column.upper()].casefold()
        ]
        return {f"kind_{number}": {self.column.upper(): value} for number, value in enumerate(values, 2)}

    def _other_value(self, column: str) -> str:
        """A value of a column that differs from that of the other exposures."""
        values = ("2026-03-15T21:00:00",) if self.ruleset.type_of(column).kind == "time" else ("2", "3")
        return next(value for value in values if value != self.defaults.get(column.upper()))

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
            for _, content in readable_documents(case_files(base))
        ]
        values = {column: [row.get(column, "") for row in case_defaults] for row in case_defaults for column in row}
        defaults = {column: cells[0] for column, cells in values.items() if len(set(cells)) == 1}
        defaults.setdefault(self.ruleset.members.file_name.upper(), f"{{{NAME}}}")
        for constraint in (expanded(select.constraint) for select in self.rule.select):
            if isinstance(constraint, OneOf) and constraint.columns[0] not in self.ruleset.derived:
                defaults[constraint.columns[0].upper()] = constraint.values[0]
            elif (bounded := _bounds(constraint)) and bounded[0].columns[0] not in self.ruleset.derived:
                defaults[bounded[0].columns[0].upper()] = _value_within(bounded)
        for key in self.rule.group_by:
            columns = [name for name in key.columns if name not in self.ruleset.derived]
            if columns and not defaults.keys() & set(map(str.upper, columns)):
                defaults[columns[0].upper()] = self._value(columns[0], values)
            for name in self.ruleset.with_sources(key.columns) - self.ruleset.derived.keys() - {*columns}:
                defaults.setdefault(name.upper(), self._value(name, values))
        return defaults

    def _value(self, column: str, values: Mapping[str, list[str]]) -> str:
        """A value of a column: one that other cases have, or a value of its type."""
        usual = "2026-03-14T21:00:00" if self.ruleset.type_of(column).kind == "time" else "1"
        return next(filter(None, values.get(column.upper(), ())), usual)

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

    def choose_scalar_style(self) -> str:
        """Punctuation is hard to read without quotes."""
        style: str = super().choose_scalar_style()
        is_word = isinstance(self.event, yaml.ScalarEvent) and any(map(str.isalnum, self.event.value))
        return style if style or is_word else "'"


def dump(value: object, *, flow: bool | None = None) -> str:
    """YAML in which collections of scalars are on one line, unless `flow` is false."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, default_flow_style=flow, allow_unicode=True, width=1000
    )
    return text


def readable_documents(paths: Iterable[Path]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The content of YAML files that can be read and contain a mapping."""
    for path in paths:
        try:
            content = read_yaml(path).value
        except InputError:
            continue
        if isinstance(content, dict):
            yield path, content
