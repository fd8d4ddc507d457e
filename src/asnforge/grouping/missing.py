"""Columns that a pool lacks, and what cannot be made for lack of them: told once for each, as no row can show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from asnforge.findings import CannotContinue, Finding
from asnforge.grouping import codes
from asnforge.pool.model import Pool
from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Condition,
    Constraint,
    Defined,
    InTable,
    Not,
    columns_read,
)
from asnforge.rules.model import Key, Rule, Ruleset

_SHOWN = 8


def require_columns(pool: Pool, ruleset: Ruleset) -> None:
    """Refuse a pool that lacks the column of file names, or one that every rule groups by.

    Raises
    ------
    CannotContinue
        With the columns that are missing, and the first of those that are there.
    """
    needed = [ruleset.members.file_name]
    bound = [{key.columns for key in _binding(rule)} for rule in ruleset.rules]
    if bound:
        everywhere = set.intersection(*bound)
        needed += sorted(names[0] for names in everywhere if len(names) == 1 and names[0] not in ruleset.derived)
    missing = [name.upper() for name in needed if name not in pool.columns]
    unread = [name for name in missing if name in map(str.upper, pool.header)]
    if unread:
        message = f"the pool was read without {' and '.join(unread)}, which every rule needs"
        hint = "read it with columns=ruleset.columns_read(), or with all"
        raise CannotContinue(Finding(codes.MISSING_COLUMN.code, message, pool.path, hint=hint))
    if missing:
        what = "no column" if len(missing) == 1 else "no columns"
        message = f"the pool has {what} {' and '.join(missing)}, which every rule needs"
        hint = f"its columns are {_listed(pool.header)}"
        raise CannotContinue(
            Finding(codes.MISSING_COLUMN.code, message, pool.path, pool.header_line or None, hint=hint)
        )


def missing_columns(pool: Pool, ruleset: Ruleset) -> tuple[Finding, ...]:
    """A warning for each column whose lack keeps rules from making anything, and for a lack of candidates.

    Which columns a rule cannot do without follows from the rule alone: from the keys that need a value, and from the
    constraints that no exposure passes whose values there are undefined.
    """
    line = pool.header_line or None
    lacking = ruleset.columns_read() - pool.columns.keys()
    starved: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for rule in ruleset.rules if lacking else ():
        for columns in _needs(rule, lacking):
            starved[columns].append(rule.name)
    found = []
    listing = ruleset.candidates.column
    if listing is not None and listing in lacking:
        message = f"no column {listing.upper()}: no exposure names a candidate"
        hint = "there can only be associations over the whole pool"
        found.append(Finding(codes.LACKING_COLUMN.code, message, pool.path, line, hint=hint, severity="warning"))
    for columns, rules in sorted(starved.items()):
        what = " or ".join(name.upper() for name in columns)
        message = f"no column {what}: {_listed(rules)} can make nothing"
        found.append(Finding(codes.LACKING_COLUMN.code, message, pool.path, line, severity="warning"))
    return tuple(found)


def _needs(rule: Rule, lacking: Collection[str]) -> set[tuple[str, ...]]:
    """The columns, alternatives together, whose lack leaves the rule without exposures."""
    needs = {key.columns for key in _binding(rule) if all(name in lacking for name in key.columns)}
    for select in rule.select:
        if _never(select.constraint, lacking):
            needs.add(tuple(sorted(columns_read(select.constraint) & set(lacking))))
    return needs


def _binding(rule: Rule) -> Iterator[Key]:
    """The keys that need a value of every exposure."""
    return (key for key in rule.group_by if not key.optional and key.when is None and key.instead is None)


def _never(constraint: Constraint, lacking: Collection[str]) -> bool:
    """Whether no exposure can pass."""
    match constraint:
        case AllOf(parts=parts):
            return any(_never(part, lacking) for part in parts)
        case AnyOf(parts=parts):
            return all(_never(part, lacking) for part in parts)
        case Not(part=part):
            return _always(part, lacking)
        case Condition(part=part):
            return _never(part, lacking)
        case InTable(columns=columns):
            return any(name in lacking for name in columns)
        case Defined(columns=columns, wanted=wanted):
            return wanted and all(name in lacking for name in columns)
        case _:
            return all(name in lacking for name in constraint.columns)


def _always(constraint: Constraint, lacking: Collection[str]) -> bool:
    """Whether every exposure passes."""
    match constraint:
        case AllOf(parts=parts):
            return all(_always(part, lacking) for part in parts)
        case AnyOf(parts=parts):
            return any(_always(part, lacking) for part in parts)
        case Not(part=part):
            return _never(part, lacking)
        case Condition(part=part):
            return _always(part, lacking)
        case Defined(columns=columns, wanted=False):
            return all(name in lacking for name in columns)
        case _:
            return False


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(list(names)[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
