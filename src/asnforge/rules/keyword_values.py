"""Keywords that a rule set adds to its associations: templates, objects and lists of them, and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FORMAT_KEYWORDS = (
    *("asn_type", "asn_rule", "version_id", "code_version", "degraded_status", "program", "constraints"),
    *("asn_id", "asn_pool", "target", "products"),
)
"""The keywords of the format, which every association has (docs/format.md#keywords)."""


@dataclass(frozen=True, slots=True)
class KeywordObject:
    """An object, by the names of its entries."""

    entries: tuple[tuple[str, KeywordValue], ...]


@dataclass(frozen=True, slots=True)
class KeywordList:
    """A list."""

    items: tuple[KeywordValue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class KeywordRow:
    """A row of a table as an object.

    Attributes
    ----------
    table : str
        The table's name.
    row : str
        The template of the value in the first column of the row, ignoring case.
    rows : mapping of str to mapping of str to str, int or float
        The rows by the value in their first column, in lower case, each with its values by column.
    """

    table: str
    row: str
    rows: Mapping[str, Mapping[str, str | int | float]]


KeywordValue = str | KeywordObject | KeywordList | KeywordRow
"""The value of a keyword; a string is a template with name parts."""


def templates_of(value: KeywordValue) -> Iterator[str]:
    """All templates of a value."""
    match value:
        case KeywordObject(entries=entries):
            for _, entry in entries:
                yield from templates_of(entry)
        case KeywordList(items=items):
            for item in items:
                yield from templates_of(item)
        case KeywordRow(row=row):
            yield row
        case _:
            yield value
