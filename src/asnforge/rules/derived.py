"""Columns that are made from others: by cases, each a text or what is made of another column's value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.regex import compiled

_DATE_ALONE = len("2026-03-14")


@dataclass(frozen=True, slots=True)
class Case:
    """A value of a derived column, and the exposures that have it: a text, or one made of another column's value.

    Attributes
    ----------
    when : Constraint or None
        The exposures; None: all that are left.
    value : str
        The text, where no column is copied.
    copy : str or None
        The column whose value is taken.
    plus_hours : int
        Hours that are added to a copied date and time (ISO 8601); any other value, a date alone among them,
        becomes undefined.
    matching : str or None
        A regular expression for the whole of the copied value, of which the first group is taken, or the whole where it has no
        group; a value that does not match becomes undefined.
    """

    when: Constraint | None
    value: str = ""
    copy: str | None = None
    plus_hours: int = 0
    matching: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether a copied value is taken as it is."""
        return not self.plus_hours and self.matching is None

    def taken(self, text: str) -> str:
        """What is made of a copied value; the empty text for undefined."""
        if text and self.plus_hours:
            if len(text) <= _DATE_ALONE:
                return ""
            try:
                moved = (datetime.fromisoformat(text.upper()) + timedelta(hours=self.plus_hours)).isoformat()
            except (ValueError, OverflowError):
                return ""
            text = moved if "T" in text else moved.lower()
        if text and self.matching is not None:
            match = compiled(self.matching).fullmatch(text)
            return "" if match is None else match[min(1, len(match.spans) - 1)]
        return text


@dataclass(frozen=True, slots=True)
class Derived:
    """A column that is made from others: the first case whose constraint holds gives its value."""

    name: str
    cases: tuple[Case, ...]

    def columns_read(self) -> frozenset[str]:
        """The names of the columns that the cases read."""
        names = {case.copy for case in self.cases if case.copy is not None}
        return frozenset(names).union(*(columns_read(case.when) for case in self.cases if case.when is not None))
