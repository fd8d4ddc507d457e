"""Scopes: where a rule looks. One for each candidate that the pool names, and one over the whole pool."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.findings import Finding, InputError
from asnforge.grouping import codes
from asnforge.grouping.arrays import IndexArray, ranges
from asnforge.grouping.candidates import Candidate
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.regex import compiled
from asnforge.rules.rule import CandidateValue
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """Which scopes are processed (docs/grouping.md#scopes).

    Attributes
    ----------
    candidates, discovered : bool
        The candidates' scopes; the one over the whole pool.
    ids : tuple of str
        Just these ids, whatever they are; empty: no such limit.
    """

    candidates: bool = True
    discovered: bool = True
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scopes:
    """The scopes of a pool and the exposures in each.

    Attributes
    ----------
    scopes : tuple of (id, type)
        The scopes, sorted.
    starts, members : ndarray of int64 and int32
        The scopes of row r are ``members[starts[r]:starts[r + 1]]``.
    candidate : ndarray of int32, shape (members,)
        For each membership the scope of the candidate that the exposure is seen under: the scope itself, and in the
        discovered one the scope of the only candidate that the exposure names, or -1.
    """

    scopes: tuple[Candidate, ...]
    starts: IndexArray
    members: CodeArray
    candidate: CodeArray

    def of_rows(self, rows: IndexArray) -> tuple[IndexArray, CodeArray, CodeArray]:
        """The memberships of some rows: row, scope and candidate of each."""
        start = self.starts[rows]
        counts = self.starts[rows + 1] - start
        places = ranges(start, counts)
        return np.repeat(rows, counts), self.members[places], self.candidate[places]

    def matching(self, value: CandidateValue) -> Mask:
        """For each scope, and at the end for none, whether its candidate is one of those that a value is for."""
        is_id = compiled(value.candidate_id).matches
        found = [kind == value.candidate_type and is_id(place) for place, kind in self.scopes]
        return np.array([*found, False])


def find_scopes(exposures: PreparedPool, ruleset: Ruleset, choice: ScopeChoice) -> Scopes:
    """The scopes that are chosen, with their exposures.

    Raises
    ------
    InputError
        An id is chosen that the pool does not have.
    """
    facts = ruleset.candidates
    discovered = (facts.discovered_id, facts.discovered_type)
    named = sorted({candidate for listed in exposures.candidates for candidate in listed})
    scopes = tuple(sorted({*named, discovered}))
    places = {scope: place for place, scope in enumerate(scopes)}
    wanted = _wanted(scopes, discovered, choice, exposures)
    listed, for_rule = [], []
    for candidates in exposures.candidates:
        own = [places[candidate] for candidate in candidates]
        only = own[0] if len(own) == 1 else -1
        pairs = [(place, place) for place in own if wanted[place] and scopes[place] != discovered]
        if wanted[places[discovered]]:
            pairs.append((places[discovered], only))
        listed.append([scope for scope, _ in pairs])
        for_rule.append([candidate for _, candidate in pairs])
    lengths = np.fromiter(map(len, listed), np.int64, len(listed))
    first = np.cumsum(lengths) - lengths
    counts = np.where(exposures.usable, lengths[exposures.candidate_codes], 0)
    taken = ranges(first[exposures.candidate_codes], counts)
    return Scopes(
        scopes=scopes,
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        members=np.array([place for row in listed for place in row], np.int32)[taken],
        candidate=np.array([place for row in for_rule for place in row], np.int32)[taken],
    )


def _wanted(scopes: Collection[Candidate], discovered: Candidate, choice: ScopeChoice, exposures: PreparedPool) -> Mask:
    if choice.ids:
        ids = {text.casefold() for text in choice.ids}
        unknown = sorted(ids - {scope_id for scope_id, _ in scopes})
        if unknown:
            known = sorted({scope_id for scope_id, _ in scopes})
            hint = f"there is {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
            message = f"no candidate {' or '.join(text or repr(text) for text in unknown)} in the pool"
            raise InputError(Finding(codes.NO_SUCH_CANDIDATE.code, message, exposures.pool.path, hint=hint))
        return np.array([scope_id in ids for scope_id, _ in scopes])
    return np.array([choice.discovered if scope == discovered else choice.candidates for scope in scopes])
