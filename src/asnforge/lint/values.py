"""Values and columns that are likely misspelt: values that stand for nothing, that a column never has, columns read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from asnforge.findings import Finding
from asnforge.lint.context import Subject, error, warning
from asnforge.lint.mentions import constraints_of_rule, constraints_of_ruleset, leaves
from asnforge.rules.codes import CONTRADICTION, MISSPELT_COLUMN, NOT_GIVEN, STANDS_FOR_NOTHING
from asnforge.rules.shared import Located, near

_NEARLY = 0.8


def impossible_values(subject: Subject) -> Iterator[Finding]:
    """Values that no exposure can have: those that stand for none, and those that a derived column is never given."""
    undefined = subject.ruleset.undefined
    for column, value in _values_wanted(subject):
        text = value.content.casefold()
        known = subject.closed.get(column)
        if text in undefined or not text:
            message = f"{column.upper()} is never {value.content!r}, which stands for no value"
            yield error(value, STANDS_FOR_NOTHING, message, "ask for defined: no")
        elif known is not None and text not in known:
            message = f"{column} is never {value.content}"
            yield error(value, CONTRADICTION, message, near(text, sorted(known - {""})))
    for name in subject.shared.names("tables"):
        table = subject.shared.find("tables", name)
        for row in table["rows"].each() if table is not None else ():
            for cell in row.each():
                if cell.content.casefold() in undefined or not cell.content:
                    message = f"no exposure fits this row: {cell.content!r} stands for no value"
                    yield error(cell, STANDS_FOR_NOTHING, message)


def misspelt_columns(subject: Subject) -> Iterator[Finding]:
    """Columns that are read in one place and look like one that is read elsewhere."""
    mentions = [mention for mention in subject.mentions if mention.kind == "column"]
    groups = {name.casefold() for name in subject.ruleset.members.parts.parts}
    counts = Counter(mention.name for mention in mentions)
    usual = dict.fromkeys(subject.ruleset.derived)
    for mention in sorted(mentions, key=lambda mention: counts[mention.name] == 1):
        if counts[mention.name] > 1 or mention.name in subject.ruleset.derived or mention.name in groups:
            usual.setdefault(mention.name)
            continue
        close = [
            name
            for name in get_close_matches(mention.name, usual, 1, _NEARLY)
            if _letters(name) != _letters(mention.name)
        ]
        usual.setdefault(mention.name)
        if close:
            shown = close[0] if close[0] in subject.ruleset.derived else close[0].upper()
            message = f"{mention.name.upper()} is read here alone"
            yield warning(mention.where, MISSPELT_COLUMN, message, f"did you mean {shown}?")


def _letters(name: str) -> str:
    """A name without its digits: columns that differ in digits alone are most often a series."""
    return "".join(letter for letter in name if not letter.isdigit())


def unknown_exptypes(subject: Subject) -> Iterator[Finding]:
    """Exptypes that are required or repeated, and that look like one that exposures have, but that none is given."""
    column = subject.ruleset.derived[subject.ruleset.members.exptype]
    given = {case.value.casefold() for case in column.cases if case.copy is None}
    for rule in subject.ruleset.rules:
        given.update(each.exptype for each in rule.attach if each.exptype is not None)
        given.update(each.repeat_as for each in rule.repeat)
        given.update([rule.take_as.exptype] if rule.take_as else [])
    is_open = any(case.copy is not None for case in column.cases)
    for mention in subject.mentions:
        if mention.kind != "exptype" or mention.name in given:
            continue
        close = get_close_matches(mention.name, given, 1, _NEARLY)
        if close or not is_open:
            message = f"no exposure is given the exptype {mention.name}"
            yield warning(mention.where, NOT_GIVEN, message, near(mention.name, sorted(given)))


def _values_wanted(subject: Subject) -> Iterator[tuple[str, Located]]:
    pieces = [piece for head in subject.heads() for piece in constraints_of_ruleset(head)]
    pieces += [piece for document in subject.documents.values() for piece in constraints_of_rule(document)]
    for piece in pieces:
        for leaf in leaves(piece):
            column = leaf.content.get("column", "").casefold() or ", else ".join(leaf.content.get("columns", ()))
            if (value := leaf.get("is")) is not None:
                yield column, value
            if (values := leaf.get("in")) is not None:
                for value in values.each():
                    yield column, value
