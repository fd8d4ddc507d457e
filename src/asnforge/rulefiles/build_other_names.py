"""Columns that a rule set declares, and the other names that pools use for them: its block ``columns``."""

from __future__ import annotations

from collections.abc import Collection

from asnforge.rulefiles.shared_blocks import Shared
from asnforge.rules.codes import AMBIGUOUS_NAME


def build_other_names(shared: Shared, derived: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The other names of columns, by the name that rules use, all in lower case; names that are ambiguous are reported.

    Parameters
    ----------
    shared : Shared
        Where the block is found, and faults are gathered.
    derived : collection of str
        The names of derived columns, in lower case, which no pool has.
    """
    found: dict[str, tuple[str, ...]] = {}
    declared = {name.casefold() for name in shared.names("columns")}
    owner: dict[str, str] = {}
    for name in shared.names("columns"):
        piece = shared.find("columns", name)
        assert piece is not None  # noqa: S101 - the name comes from the same block
        if name.casefold() in derived:
            message = f"{name} is a derived column, which no pool has under any name"
            shared.report(piece.finding(AMBIGUOUS_NAME.code, message, "declare the columns that it is made of"))
        others = []
        also = piece.get("also")
        for entry in also.each() if also is not None else ():
            other = entry.content.casefold()
            if (fault := _fault(other, name, declared, derived, owner)) is not None:
                shared.report(entry.finding(AMBIGUOUS_NAME.code, *fault))
                continue
            owner[other] = name
            others.append(other)
        if others:
            found[name.casefold()] = tuple(others)
    return found


def _fault(
    other: str, name: str, declared: Collection[str], derived: Collection[str], owner: dict[str, str]
) -> tuple[str, str] | None:
    """What is wrong with another name of a column, and what to do about it."""
    shown = other.upper()
    if other == name.casefold():
        return f"{shown} is listed as another name of itself", "delete it"
    if other in derived:
        return f"{shown} is a derived column, so it cannot be another name of {name.upper()}", "rename one of them"
    if other in declared:
        return f"{shown} has other names itself", f"list all of them under {name.upper()}"
    if other in owner:
        return f"{shown} is another name of both {owner[other].upper()} and {name.upper()}", "delete one of the two"
    return None
