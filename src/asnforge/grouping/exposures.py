"""A pool's exposures as rules see them: canonical columns, candidates, and which rows can be used at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from asnforge.columns import Codes, Column, Mask, from_text
from asnforge.findings import CannotContinue, Finding
from asnforge.grouping import codes
from asnforge.grouping.candidates import Candidate, parse_candidates
from asnforge.pool.model import Pool
from asnforge.rules.model import Ruleset

_SAFE = re.compile(r"[a-z0-9][a-z0-9._+-]*")


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
        A warning for each row that is not usable, and for each exposure that is listed twice.
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
    _require_columns(pool, ruleset)
    rows = len(pool)
    columns = {
        name: from_text(pool.columns.get(name), rows, ruleset.undefined) for name in sorted(ruleset.columns_read())
    }
    usable = np.ones(rows, np.bool_)
    findings: list[Finding] = []
    for name, check in (
        (ruleset.members.file_name, _file_name_fault),
        *((name, _unsafe_fault) for name in _columns_of_file_names(ruleset)),
    ):
        _drop(columns[name], name, check, pool, usable, findings)
    candidates, faults = _candidates(columns[ruleset.candidates.column], ruleset)
    _drop(columns[ruleset.candidates.column], ruleset.candidates.column, faults.get, pool, usable, findings)
    findings.extend(_twice(columns[ruleset.members.file_name], ruleset.members.file_name, pool, usable))
    codes = columns[ruleset.candidates.column].codes
    return Exposures(pool, columns, usable, candidates, codes, tuple(findings))


def _require_columns(pool: Pool, ruleset: Ruleset) -> None:
    needed = [ruleset.members.file_name]
    bound = [{key.columns for key in rule.group_by if not key.optional and key.when is None} for rule in ruleset.rules]
    if bound:
        everywhere = set.intersection(*bound)
        needed += sorted(names[0] for names in everywhere if len(names) == 1 and names[0] not in ruleset.derived)
    missing = [name.upper() for name in needed if name not in pool.columns]
    if missing:
        what = "no column" if len(missing) == 1 else "no columns"
        hint = f"the pool has {', '.join(pool.header[:8])}{', ...' if len(pool.header) > 8 else ''}"
        raise CannotContinue(
            Finding(
                codes.MISSING_COLUMN.code,
                f"{what} {' or '.join(missing)}, which every rule needs",
                pool.path,
                1,
                hint=hint,
            )
        )


def _columns_of_file_names(ruleset: Ruleset) -> Iterator[str]:
    """The columns whose values stand in the names of files: those of the keys that the templates name."""
    from asnforge.rules.names import pieces

    parts = [ruleset.names[name] for _, name in pieces(ruleset.keywords.file_name) if name is not None]
    keys = {key for part in parts for key in part.keys}
    found = {name for rule in ruleset.rules for key in rule.group_by if key.name in keys for name in key.columns}
    yield from sorted(found - ruleset.derived.keys())


def _drop(column: Column, name: str, check, pool: Pool, usable: Mask, findings: list[Finding]) -> None:  # type: ignore[no-untyped-def]
    faults = {place: fault for place, value in enumerate(column.values) if (fault := check(value))}
    if not faults:
        return
    for row in np.flatnonzero(np.isin(column.codes, list(faults)) & usable).tolist():
        usable[row] = False
        message = f"{name.upper()} {faults[column.codes[row]]}; the exposure is left out"
        findings.append(
            Finding(codes.FAULTY_EXPOSURE.code, message, pool.path, int(pool.lines[row]), severity="warning")
        )


def _file_name_fault(value: str) -> str | None:
    if not value:
        return "is empty"
    if "/" in value or "\\" in value:
        return f"has a path in it: {value!r}; give the name alone"
    if value in (".", "..") or not value.isprintable():
        return f"is no file name: {value!r}"
    return None


def _unsafe_fault(value: str) -> str | None:
    if value and not _SAFE.fullmatch(value):
        return f"cannot be part of a file's name: {value!r}"
    return None


def _candidates(column: Column, ruleset: Ruleset) -> tuple[tuple[tuple[Candidate, ...], ...], dict[str, str]]:
    is_id = re.compile(ruleset.candidates.id, re.IGNORECASE)
    candidates: list[tuple[Candidate, ...]] = [()]
    faults: dict[str, str] = {}
    for value in column.values[1:]:
        try:
            candidates.append(parse_candidates(value, is_id))
        except ValueError as error:
            candidates.append(())
            shown = value if len(value) <= 60 else f"{value[:57]}..."
            faults[value] = f"cannot be read, {error}: {shown}"
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
