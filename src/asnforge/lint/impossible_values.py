"""Values that no exposure can have, and cases of derived columns that no exposure can reach."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding, FindingCode, suggestion
from asnforge.lint.redundancy import CONTRADICTION
from asnforge.lint.references import constraints_of_rule, constraints_of_ruleset, leaf_nodes
from asnforge.lint.satisfiability import UNDEFINED, Domain
from asnforge.lint.subject import Subject, check, warning
from asnforge.rulefiles.build_constraints import build_constraint, column_names
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.amounts import read_value
from asnforge.rules.constraints import Constraint, Not
from asnforge.rules.describe import describe, describe_columns

UNDEFINED_VALUE = FindingCode(
    "R303",
    "value is listed as undefined",
    "The rule set lists this value under undefined, so no exposure has it. Use defined: no instead.",
    wrong="select:\n  open: {column: FILTER, is: none}",
    right="select:\n  open: {column: FILTER, defined: no}",
)
UNREACHABLE_CASE = FindingCode(
    "R311",
    "unreachable case",
    "The cases of a derived column are tried in order, and every exposure that this one selects passes an earlier one.",
    wrong="derived:\n  light:\n    cases:\n      - value: sky\n      - {when: {column: LAMP, defined: yes}, value: lamp}",
    right="derived:\n  light:\n    cases:\n      - {when: {column: LAMP, defined: yes}, value: lamp}\n      - value: sky",
)


@check
def impossible_values(subject: Subject) -> Iterator[Finding]:
    """Values in constraints and tables that are undefined, or that a derived column never has."""
    undefined = subject.ruleset.undefined | {UNDEFINED}
    for columns, node in _values_in_constraints(subject):
        column_type = subject.ruleset.type_of(columns[0])
        read = read_value(node.value, column_type)
        value = read if isinstance(read, str) else node.value.casefold()
        facts = {"column": describe_columns(columns), "value": node.value}
        known = subject.closed.get(columns[0]) if len(columns) == 1 else None
        if value in undefined:
            message = "{column} is never {value:quoted}, which is listed as undefined"
            yield node.finding(UNDEFINED_VALUE, message, "use defined: no", **facts)
        elif known is not None and value not in known:
            hint = suggestion(value, sorted(known - {UNDEFINED}))
            yield node.finding(CONTRADICTION, "{column} is never {value}", hint, **facts)
    for table in subject.shared.entries("tables").values():
        for row in table["rows"].items_list():
            for cell in row.items_list():
                if cell.value.casefold() in undefined:
                    message = "no exposure matches this row: {value:quoted} is listed as undefined"
                    yield cell.finding(UNDEFINED_VALUE, message, value=cell.value)


def _values_in_constraints(subject: Subject) -> Iterator[tuple[tuple[str, ...], YamlNode]]:
    constraints = [node for document in subject.shared.documents for node in constraints_of_ruleset(document.root)]
    constraints += [node for document in subject.documents.values() for node in constraints_of_rule(document)]
    for constraint in constraints:
        for leaf in leaf_nodes(constraint):
            if (value := leaf.get("is")) is not None:
                yield column_names(leaf), value
            if (values := leaf.get("in")) is not None:
                for value in values.items_list():
                    yield column_names(leaf), value


@check
def unreachable_cases(subject: Subject) -> Iterator[Finding]:
    """The cases of derived columns that no exposure reaches, and those whose constraint no exposure passes."""
    for name, column in subject.shared.entries("derived").items():
        cases = list(column["cases"].items_list())
        constraints = [build_constraint(when, subject.shared) if (when := case.get("when")) else None for case in cases]
        domain = Domain.of([constraint for constraint in constraints if constraint is not None], subject.closed)
        before: list[Constraint] = []
        for index, (case, constraint) in enumerate(zip(cases, constraints, strict=True)):
            if None in constraints[:index]:
                message = "this case of {column} is unreachable: every exposure passes the one before it"
                yield warning(case, UNREACHABLE_CASE, message, column=name)
            elif constraint is not None:
                if domain.truth_value(constraint, []) is False:
                    message = "no exposure passes this case of {column}: {words}"
                    yield case["when"].finding(CONTRADICTION, message, column=name, words=describe(constraint))
                elif domain.truth_value(constraint, [Not(other) for other in before]) is False:
                    message = "this case of {column} is unreachable: its exposures pass the cases before it"
                    yield warning(case, UNREACHABLE_CASE, message, column=name)
                before.append(constraint)
