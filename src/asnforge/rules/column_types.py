"""The type of a column: how its cells are read as values (docs/grouping.md#types)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "time", "angle", "list"]


@dataclass(frozen=True, slots=True)
class ColumnType:
    """How the cells of a column are read.

    Attributes
    ----------
    kind : {"text", "number", "time", "angle", "list"}
        What a cell is.
    unit : str
        The unit of a number, or of an angle without one, by astropy's name; empty if a number has no unit.
    separator : str
        The separator of the entries of a list.
    """

    kind: Kind
    unit: str = ""
    separator: str = ""

    @property
    def has_amounts(self) -> bool:
        """Whether values are amounts, which can be compared by size, added and subtracted."""
        return self.kind in ("number", "time", "angle")

    @property
    def of_values(self) -> ColumnType:
        """The type as which a value of a column is read again: an angle is spelled in degrees."""
        return ColumnType("angle", "deg") if self.kind == "angle" else self

    def is_comparable(self, other: ColumnType) -> bool:
        """Whether values of both types can be in one column: both are of one kind and, if they are numbers, in one unit."""
        return self.kind == other.kind and (self.kind != "number" or self.unit == other.unit)

    def __str__(self) -> str:
        """The type in words, as in ``must be a number in s``."""
        match self.kind:
            case "number":
                return f"a number in {self.unit}" if self.unit else "a number"
            case "time":
                return "a time"
            case "angle":
                return "an angle"
            case "list":
                return f"a list separated by {self.separator!r}"
            case _:
                return "text"


TEXT = ColumnType("text")
"""The type of a column that declares none."""

NUMBER = ColumnType("number")
"""The type of a number without a unit."""
