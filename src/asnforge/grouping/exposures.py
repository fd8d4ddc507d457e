"""A pool's exposures as rules see them: canonical columns, candidates, and which rows can be used at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from asnforge.columns import Codes, Column, Mask, constant, from_text
from asnforge.findings import Finding
from asnforge.grouping import codes
from asnforge.grouping.candidates import Candidate, parse_candidates
from asnforge.grouping.missing import missing_columns, require_columns
from asnforge.pool.model import Pool
from asnforge.rules.model import Rule, Ruleset
from asnforge.rules.names import leads_away, pieces
from asnforge.rules.regex import compiled

_SAFE = re.compile(r"[a-z0-9][a-z0-9._+-]*")
_LONGEST_NAME, _LONGEST_PART = 255, 80
_SHOWN = 60
"""How many letters of a value a finding shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposures:
    """What grouping needs of a pool.

    Attributes
    ----------
    pool : Pool
        The pool itself.
    columns : mapping of str to Column
        The columns that the rule set reads, without letter case.
    usable : ndarray of bool, shape (rows,)
        The rows without a fault of their own.
    candidates : tuple of tuple of (id, type)
        For each code of the candidates' column, what it lists.
    candidate_codes : ndarray of int32, shape (rows,)
        The codes of the candidates' column.
    findings : tuple of Finding
        A warning for each column that is missed, for each row that is not usable, and for each exposure that is listed
        twice.
    """

    pool: Pool
    columns: dict[str, Column]
    usable: Mask
    candidates: tuple[tuple[Candidate, ...], ...]
    candidate_codes: Codes
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.pool)


def read_exposures(pool: Pool, ruleset: Ruleset) -> Exposures:
    """The exposures of a pool, for a rule set.

    Raises
    ------
    CannotContinue
        The pool lacks the column of file names, or one that every rule needs.
    """
    require_columns(pool, ruleset)
    rows = len(pool)
    columns = {
        name: from_text(pool.columns.get(name), rows, ruleset.undefined) for name in sorted(ruleset.columns_read())
    }
    usable = np.ones(rows, np.bool_)
    findings = [*missing_columns(pool, ruleset)]
    file_name, listing = ruleset.members.file_name, ruleset.candidates.column
    named = constant("", rows) if listing is None else columns[listing]
    candidates, list_faults = _candidates(named, ruleset)
    for name, faults in (
        (file_name, _file_name_faults(columns[file_name])),
        *((name, _faults(columns[name], fault)) for name, fault in _columns_of_names(ruleset)),
        *([] if listing is None else [(listing, list_faults)]),
    ):
        findings.extend(_dropped(columns[name], name, faults, pool, usable))
    findings.extend(_twice(columns[file_name], file_name, pool, usable))
    return Exposures(pool, columns, usable, candidates, named.codes, tuple(findings))


def _columns_of_names(ruleset: Ruleset) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The columns whose values stand in the names of files and products, and what is wrong with a value there."""
    in_files, in_products = set(), set()
    for rule in ruleset.rules:
        in_files |= _columns_of(ruleset.keywords.file_name, rule, ruleset)
        in_products |= _columns_of(rule.product, rule, ruleset)
    for name in sorted(in_files):
        yield name, _unsafe_fault
    for name in sorted(in_products - in_files):
        yield name, _path_fault


def _columns_of(template: str, rule: Rule, ruleset: Ruleset) -> set[str]:
    """The columns of the keys that a template names."""
    parts = [ruleset.names[name] for _, name in pieces(template) if name is not None]
    keys = {key for part in parts for key in (*part.keys, part.values_of)}
    return {name for key in rule.group_by if key.name in keys for name in key.columns} - ruleset.derived.keys()


def _faults(column: Column, fault: Callable[[str], str]) -> dict[str, str]:
    """The values that cannot be used, and why."""
    return {value: why for value in column.values if (why := fault(value))}


def _dropped(column: Column, name: str, faults: Mapping[str, str], pool: Pool, usable: Mask) -> Iterator[Finding]:
    """A warning for each row with a faulty value; the row is no longer usable."""
    places = [place for place, value in enumerate(column.values) if value in faults]
    for row in np.flatnonzero(np.isin(column.codes, places) & usable).tolist():
        usable[row] = False
        why = faults[column[row]]
        spelled = pool.columns[name][row] if name in pool.columns else ""
        shown = f" {_shortened(spelled)!r}" if column[row] else ""
        message = f"{name.upper()}{shown} {why}, so the exposure is left out"
        yield Finding(codes.FAULTY_EXPOSURE.code, message, pool.path, int(pool.lines[row]), severity="warning")


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _file_name_faults(column: Column) -> dict[str, str]:
    """The file names that cannot be used, and why; names are many, so all at once are looked at first."""
    together = "".join(column.values)
    usual = together.isascii() and not leads_away(together) and max(map(len, column.values)) <= _LONGEST_NAME
    suspects = {"", ".", ".."}.intersection(column.values) if usual else column.values
    return {value: why for value in suspects if (why := _file_name_fault(value))}


def _file_name_fault(value: str) -> str:
    if not value:
        return "is empty"
    if "/" in value or "\\" in value:
        return "has a path in it"
    if value in (".", "..") or not value.isprintable():
        return "is no file name"
    return "is too long for a file's name" if len(value.encode()) > _LONGEST_NAME else ""


def _unsafe_fault(value: str) -> str:
    if value and not _SAFE.fullmatch(value):
        return "cannot be part of a file's name"
    return _path_fault(value)


def _path_fault(value: str) -> str:
    """A pipeline makes names of files from the product's name."""
    if leads_away(value):
        return "cannot be part of a product's name"
    return (
        f"is longer than {_LONGEST_PART} letters, too long for a part of a name" if len(value) > _LONGEST_PART else ""
    )


def _candidates(column: Column, ruleset: Ruleset) -> tuple[tuple[tuple[Candidate, ...], ...], dict[str, str]]:
    """What each value of the column lists, and the values that cannot be read, with the reason."""
    is_id = cache(compiled(ruleset.candidates.id).matches)
    candidates: list[tuple[Candidate, ...]] = [()]
    faults: dict[str, str] = {}
    for value in column.values[1:]:
        try:
            listed = parse_candidates(value, is_id)
            for candidate, _ in listed:
                if fault := _unsafe_fault(candidate):
                    raise ValueError(f"the candidate {candidate} {fault}")
            candidates.append(listed)
        except ValueError as error:
            candidates.append(())
            faults[value] = f"cannot be read, {error}"
    return tuple(candidates), faults


def _twice(column: Column, name: str, pool: Pool, usable: Mask) -> Iterator[Finding]:
    rows = np.flatnonzero(usable)
    names = column.codes[rows]
    order = np.lexsort((pool.lines[rows], names))
    rows, names = rows[order], names[order]
    for place in np.flatnonzero(names[1:] == names[:-1]).tolist():
        row, first = rows[place + 1], rows[np.searchsorted(names, names[place])]
        file_name = pool.columns[name][int(row)]
        message = f"{name.upper()} {file_name} is on line {pool.lines[first]} already: it counts once in a group"
        yield Finding(codes.LISTED_TWICE.code, message, pool.path, int(pool.lines[row]), severity="warning")
