"""What a group needs to become an association: members, distinct values, a scope."""

from __future__ import annotations

from dataclasses import dataclass

SCIENCE = "science"
"""The exptype that every association needs (docs/format.md#members)."""


@dataclass(frozen=True, slots=True)
class MembersRequired:
    """A group needs so many members of an exptype."""

    name: str
    exptype: str | None
    at_least: int

    def describe(self) -> str:
        """The requirement in words."""
        article = "an" if (self.exptype or "m")[0] in "aeiou" else "a"
        count = article if self.at_least == 1 else f"{self.at_least} or more"
        plural = "" if self.at_least == 1 else "s"
        return f"{count} {self.exptype + ' ' if self.exptype else ''}member{plural}"


IMPLICIT_SCIENCE_MEMBER = MembersRequired("science_member", SCIENCE, 1)
"""What every rule requires that does not say it itself, as the format asks for it (docs/format.md#members)."""


@dataclass(frozen=True, slots=True)
class DistinctRequired:
    """The group's own exposures need so many different values of a column, in scopes of some types (none named: all)."""

    name: str
    column: str
    at_least: int
    scope_types: tuple[str, ...] = ()

    def describe(self) -> str:
        """The requirement in words."""
        where = f" in a scope of type {' or '.join(self.scope_types)}" if self.scope_types else ""
        return f"{self.at_least} or more different {self.column.upper()}{where}"


@dataclass(frozen=True, slots=True)
class ScopeRequired:
    """The scope's type is one of some, or none of some."""

    name: str
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def describe(self) -> str:
        """The requirement in words."""
        if self.one_of:
            return f"a scope of type {' or '.join(self.one_of)}"
        return f"a scope of another type than {' or '.join(self.none_of)}"


Requirement = MembersRequired | DistinctRequired | ScopeRequired
