"""Create each member once, however many associations it is in (docs/format.md#members)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult
from asnforge.associations.member_names import TEMPLATE_BITS, MemberNamer
from asnforge.associations.model import Member
from asnforge.columns import constant
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.candidate_cells import format_candidates
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset

_TEMPLATE, _EXPTYPE = (1 << TEMPLATE_BITS) - 1, (1 << EXPTYPE_BITS) - 1


class MemberCache(dict[int, Member]):
    """Members by a number that combines the exposure, the template of its file name and the exptype."""

    def __init__(self, prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset) -> None:
        super().__init__()
        self._namer = namer
        self._prepared = prepared
        candidates = [format_candidates(listed) if listed else None for listed in prepared.candidates]
        self._candidates = list(map(candidates.__getitem__, prepared.candidate_codes.tolist()))
        note = ruleset.members.exposerr
        self._in_error = (constant("", len(prepared)) if note is None else prepared.columns[note]).defined()
        notes = prepared.pool.columns.get(note or "")
        rows = np.flatnonzero(self._in_error).tolist()
        self._errors = {} if notes is None else {row: notes[row] for row in rows}
        self._exptypes: list[str] = []
        self._spellings = ruleset.exptype_spellings()

    def members(self, result: RuleResult, groups: IndexArray) -> Iterator[tuple[Member, ...]]:
        """The members of each of some groups: science first, then by exptype and the exposure's file name.

        Exposures with the same member name and exptype are one member, which has the candidates of the first exposure and the
        first note of an error.
        """
        starts = result.members.starts
        keys = self._keys(result, slice(None))
        for start, stop in zip(starts[groups].tolist(), starts[groups + 1].tolist(), strict=True):
            yield self._once(keys[start:stop])

    def names(self, draft: Draft) -> list[tuple[str, str]]:
        """The file names and exptypes of a draft's members, sorted."""
        start, stop = draft.source.members.starts[draft.group : draft.group + 2]
        members = self._once(self._keys(draft.source, slice(start, stop)))
        return sorted((member.expname, member.exptype) for member in members)

    def _keys(self, result: RuleResult, chosen: slice) -> IndexArray:
        """The numbers of some members of a rule's groups."""
        members = result.members
        self._exptypes += [text for text in members.exptypes if text not in self._exptypes]
        exptypes = np.array(list(map(self._exptypes.index, members.exptypes)), np.int64)[members.exptype[chosen]]
        keys: IndexArray = members.row[chosen] << TEMPLATE_BITS | result.template_ids[chosen]
        return keys << EXPTYPE_BITS | exptypes

    def _once(self, keys: IndexArray) -> tuple[Member, ...]:
        """The members with some numbers, each once."""
        several = tuple(map(self.__getitem__, keys.tolist()))
        return _each_once(several) if self._namer.shared.size else several

    def products_used(self, draft: Draft) -> tuple[str, ...]:
        """The file names of the products of other associations that are members of a draft, sorted."""
        if not self._prepared.products:
            return ()
        rows = draft.rows()
        products = rows[rows >= self._prepared.exposures]
        return tuple(sorted({self._namer.spelling_of(row) for row in products.tolist()}))

    def degraded(self, result: RuleResult, groups: IndexArray) -> list[bool]:
        """For each of some groups whether the observatory noted an error in one of its exposures."""
        starts = result.members.starts
        before = np.concatenate(([0], np.cumsum(self._in_error[result.members.row])))
        degraded: list[bool] = (before[starts[groups + 1]] > before[starts[groups]]).tolist()
        return degraded

    def __missing__(self, key: int) -> Member:
        row, template_id = key >> TEMPLATE_BITS + EXPTYPE_BITS, key >> EXPTYPE_BITS & _TEMPLATE
        exptype = self._exptypes[key & _EXPTYPE]
        name, spelling = self._namer.name(row, template_id), self._spellings.get(exptype, exptype)
        self[key] = member = Member(name, spelling, self._errors.get(row), self._candidates[row])
        return member


def _each_once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    once: dict[tuple[str, str], Member] = {}
    for member in members:
        first = once.setdefault((member.expname, member.exptype), member)
        if first.exposerr is None and member.exposerr is not None:
            once[member.expname, member.exptype] = replace(first, exposerr=member.exposerr)
    return tuple(once.values())
