"""Members as values, each made once however many associations it is in (docs/format.md#members)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult
from asnforge.associations.member_names import FORM_BITS, MemberNamer
from asnforge.associations.model import Member
from asnforge.columns import Mask, constant
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.candidates import format_candidates
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.pool.model import TextColumn
from asnforge.rules.ruleset import Ruleset

_FORM, _EXPTYPE = (1 << FORM_BITS) - 1, (1 << EXPTYPE_BITS) - 1


class MemberMaker(dict[int, Member]):
    """The members of groups, by exposure, form of the file name and exptype packed into a number.

    Parameters
    ----------
    exposures, expnames, ruleset
        What the groups were made of.
    """

    def __init__(self, exposures: PreparedPool, expnames: MemberNamer, ruleset: Ruleset) -> None:
        super().__init__()
        self._expnames = expnames
        texts = [format_candidates(listed) if listed else None for listed in exposures.candidates]
        self._candidates = list(map(texts.__getitem__, exposures.candidate_codes.tolist()))
        note = ruleset.members.exposerr
        noted = constant("", len(exposures)) if note is None else exposures.columns[note]
        self._in_error = noted.defined()
        self._errors = _errors(self._in_error, exposures.pool.columns.get(note or ""))
        self._exptypes: list[str] = []
        self._spellings = ruleset.exptype_spellings()

    def members(self, made: RuleResult, groups: IndexArray) -> Iterator[tuple[Member, ...]]:
        """The members of each of some groups: science first, then by exptype and the exposure's file name.

        Exposures with the same member name and exptype are one member, with the candidates of the first and the first note of
        an error.
        """
        memberships = made.memberships
        self._exptypes += [text for text in memberships.exptypes if text not in self._exptypes]
        exptypes = np.array(list(map(self._exptypes.index, memberships.exptypes)), np.int64)[memberships.exptype]
        keys = (memberships.row << FORM_BITS | made.forms) << EXPTYPE_BITS | exptypes
        starts = memberships.starts
        for start, stop in zip(starts[groups].tolist(), starts[groups + 1].tolist(), strict=True):
            members = tuple(map(self.__getitem__, keys[start:stop].tolist()))
            yield _each_once(members) if self._expnames.shared.size else members

    def names(self, draft: Draft) -> list[tuple[str, str]]:
        """The file names and exptypes of a draft's members, sorted."""
        (members,) = self.members(draft.of, np.array([draft.group]))
        return sorted((member.expname, member.exptype) for member in members)

    def degraded(self, made: RuleResult, groups: IndexArray) -> list[bool]:
        """For each of some groups whether the observatory noted an error in one of its exposures."""
        starts = made.memberships.starts
        before = np.concatenate(([0], np.cumsum(self._in_error[made.memberships.row])))
        found: list[bool] = (before[starts[groups + 1]] > before[starts[groups]]).tolist()
        return found

    def __missing__(self, key: int) -> Member:
        row, form, exptype = key >> FORM_BITS + EXPTYPE_BITS, key >> EXPTYPE_BITS & _FORM, key & _EXPTYPE
        name, text = self._expnames.name(row, form), self._exptypes[exptype]
        spelling = self._spellings.get(text, text)
        self[key] = member = Member(name, spelling, self._errors.get(row), self._candidates[row])
        return member


def _each_once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    once: dict[tuple[str, str], Member] = {}
    for member in members:
        first = once.setdefault((member.expname, member.exptype), member)
        if first.exposerr is None and member.exposerr is not None:
            once[member.expname, member.exptype] = replace(first, exposerr=member.exposerr)
    return tuple(once.values())


def _errors(in_error: Mask, column: TextColumn | None) -> dict[int, str]:
    """The observatory's note of an error, for the exposures that have one."""
    return {} if column is None else {row: column[row] for row in np.flatnonzero(in_error).tolist()}
