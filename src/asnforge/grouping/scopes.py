"""The scopes in which rules are applied: one for each candidate that the pool names, and one over the whole pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asnforge.columns import CodeArray, Mask
from asnforge.findings import FindingCode, InputError, truncated
from asnforge.grouping.arrays import IndexArray, IntArray, ranges
from asnforge.grouping.candidate_cells import Candidate
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.candidate_values import CandidatePattern, CandidateValue
from asnforge.rules.regex import compiled
from asnforge.rules.ruleset import Ruleset

NO_SUCH_CANDIDATE = FindingCode(
    "G104",
    "a chosen candidate is not in the pool",
    "No exposure of the pool names the id that is given with --ids.",
    wrong="asnforge generate pool.tsv --ids o2",
    right="asnforge generate pool.tsv --ids o1",
)

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """Which scopes are processed (docs/grouping.md#scopes).

    Attributes
    ----------
    candidates, discovered : bool
        Whether the candidates' scopes are processed, and whether the scope over the whole pool is.
    ids : tuple of str
        If not empty, only the scopes with these ids are processed, whatever their type.
    all_known : bool
        Whether an id that no exposure names is an error; it is none for a piece of a pool.
    """

    candidates: bool = True
    discovered: bool = True
    ids: tuple[str, ...] = ()
    all_known: bool = True


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
        For each of `members` the candidate, as an index of its scope, that a key's value can depend on: that of the scope
        itself or, in the discovered scope, the only candidate that the exposure names; -1 if there is none.
    discovered : int
        The scope over the whole pool, an index into `scopes`.
    pools : int
        The number of pools that are evaluated together. Each has its own scopes, and those over a whole pool follow one another
        from `discovered`.
    """

    scopes: tuple[Candidate, ...]
    starts: IndexArray
    members: CodeArray
    candidate: CodeArray
    discovered: int
    pools: int = 1

    def of_rows(self, rows: IndexArray) -> tuple[IndexArray, CodeArray, CodeArray]:
        """All pairs of some rows and their scopes: row, scope and candidate of each."""
        start = self.starts[rows]
        counts = self.starts[rows + 1] - start
        indices = ranges(start, counts)
        return np.repeat(rows, counts), self.members[indices], self.candidate[indices]

    def candidates_of(self, rows: IndexArray, scope: IndexArray) -> IndexArray:
        """For pairs of a row and a scope that it is in the candidate (see `candidate`)."""
        result = scope.astype(np.int64)
        everywhere = np.flatnonzero(self._is_discovered(scope))
        if len(everywhere):
            start = self.starts[rows[everywhere]]
            counts = self.starts[rows[everywhere] + 1] - start
            indices = ranges(start, counts)
            is_it = self._is_discovered(self.members[indices])
            result[np.repeat(everywhere, counts)[is_it]] = self.candidate[indices][is_it]
        return result

    def _is_discovered(self, scope: IntArray) -> Mask:
        found: Mask = (scope >= self.discovered) & (scope < self.discovered + self.pools)
        return found

    def of_each_pool(self, number: IntArray, pools: int) -> Scopes:
        """The scopes of several pools that are evaluated together; `number` has for each row the number of its pool."""
        pool = np.repeat(number, np.diff(self.starts))
        own = self.members.astype(np.int64) * pools + pool
        has_candidate = self.candidate >= 0
        candidate = self.candidate.astype(np.int64) * pools + pool
        everywhere = self.discovered * pools + np.arange(pools)
        pairs = np.unique(np.concatenate((own, candidate[has_candidate], everywhere)))
        return Scopes(
            scopes=tuple(map(self.scopes.__getitem__, (pairs // pools).tolist())),
            starts=self.starts,
            members=np.searchsorted(pairs, own).astype(np.int32),
            candidate=np.where(has_candidate, np.searchsorted(pairs, candidate), -1).astype(np.int32),
            discovered=int(np.searchsorted(pairs, everywhere[0])),
            pools=pools,
        )

    def matching(self, value: CandidatePattern | CandidateValue) -> Mask:
        """For each scope whether its candidate matches a pattern; at the end, for index -1 (no candidate), False."""
        is_id = compiled(value.candidate_id).matches
        return np.array(
            [*(kind == value.candidate_type and is_id(scope_id) for scope_id, kind in self.scopes), False], np.bool_
        )


def find_scopes(prepared: PreparedPool, ruleset: Ruleset, choice: ScopeChoice) -> Scopes:
    """The chosen scopes with their exposures; `InputError` if the pool does not have a chosen id."""
    discovered = (ruleset.candidates.discovered_id, ruleset.candidates.discovered_type)
    scopes = tuple(sorted({discovered}.union(*prepared.candidates)))
    index_of = {scope: index for index, scope in enumerate(scopes)}
    everything = index_of[discovered]
    is_chosen = np.array(_chosen(scopes, everything, choice, prepared.pool.path))
    named = np.array([index_of[candidate] for listed in prepared.candidates for candidate in listed], np.int32)
    number_of = np.repeat(np.arange(len(prepared.candidates)), list(map(len, prepared.candidates)))
    chosen = is_chosen[named] & (named != everything)
    listed = for_keys = named[chosen]
    lists = number_of[chosen]
    if is_chosen[everything]:
        # The scope over the whole pool is the last of each list.
        every = np.arange(len(prepared.candidates))
        only = np.full(len(every), -1, np.int32)
        only[number_of] = named
        only[np.bincount(number_of, minlength=len(every)) != 1] = -1
        lists = np.concatenate((lists, every))
        order = np.argsort(lists, kind="stable")
        listed = np.concatenate((listed, np.full(len(every), everything, np.int32)))[order]
        for_keys = np.concatenate((for_keys, only))[order]
    lengths = np.bincount(lists, minlength=len(prepared.candidates))
    first = np.cumsum(lengths) - lengths
    counts = np.where(prepared.usable, lengths[prepared.candidate_codes], 0)
    indices = ranges(first[prepared.candidate_codes], counts)
    return Scopes(
        scopes=scopes,
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        members=listed[indices],
        candidate=for_keys[indices],
        discovered=everything,
    )


def _chosen(scopes: tuple[Candidate, ...], discovered: int, choice: ScopeChoice, pool: str) -> list[bool]:
    """For each scope whether it is processed; `discovered` is the index of the one over the whole pool."""
    if not choice.ids:
        return [choice.discovered if index == discovered else choice.candidates for index in range(len(scopes))]
    ids = {text.casefold() for text in choice.ids}
    known = sorted({scope_id for scope_id, _ in scopes})
    unknown = sorted(ids.difference(known))
    if unknown and choice.all_known:
        available = f"{', '.join(known[:_SHOWN])}{', ...' if len(known) > _SHOWN else ''}"
        names = " or ".join(f"{{ids[{index}]{'' if text else ':quoted'}}}" for index, text in enumerate(unknown))
        raise InputError(
            NO_SUCH_CANDIDATE.finding(
                f"no candidate {names} in the pool", pool, hint=f"available: {truncated(available)}", ids=tuple(unknown)
            )
        )
    return [scope_id in ids for scope_id, _ in scopes]
