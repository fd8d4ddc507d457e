"""Values that no exposure has: those that are undefined in the rule set, and those that a column is never given."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding, suggestion
from asnforge.lint.references import constraints_of_rule, constraints_of_ruleset, leaves
from asnforge.lint.subject import Subject, error
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.codes import CONTRADICTION, STANDS_FOR_NOTHING


def impossible_values(subject: Subject) -> Iterator[Finding]:
    """Values that no exposure can have: those that stand for none, and those that a derived column is never given."""
    undefined = subject.ruleset.undefined
    for column, value in _values_wanted(subject):
        text = value.value.casefold()
        known = subject.closed.get(column)
        if text in undefined or not text:
            message = f"{column.upper()} is never {value.value!r}, which stands for no value"
            yield error(value, STANDS_FOR_NOTHING, message, "ask for defined: no")
        elif known is not None and text not in known:
            message = f"{column} is never {value.value}"
            yield error(value, CONTRADICTION, message, suggestion(text, sorted(known - {""})))
    for name in subject.shared.names("tables"):
        table = subject.shared.find("tables", name)
        for row in table["rows"].items_list() if table is not None else ():
            for cell in row.items_list():
                if cell.value.casefold() in undefined or not cell.value:
                    message = f"no exposure fits this row: {cell.value!r} stands for no value"
                    yield error(cell, STANDS_FOR_NOTHING, message)


def _values_wanted(subject: Subject) -> Iterator[tuple[str, YamlNode]]:
    pieces = [piece for head in subject.heads() for piece in constraints_of_ruleset(head)]
    pieces += [piece for document in subject.documents.values() for piece in constraints_of_rule(document)]
    for piece in pieces:
        for leaf in leaves(piece):
            column = leaf.value.get("column", "").casefold() or ", else ".join(leaf.value.get("columns", ()))
            if (value := leaf.get("is")) is not None:
                yield column, value
            if (values := leaf.get("in")) is not None:
                for value in values.items_list():
                    yield column, value
