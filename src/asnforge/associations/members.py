"""Members as values, each made once however many associations it is in (techspecs, '``members`` Keyword')."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asnforge.associations.drafts import RuleDrafts
from asnforge.associations.expnames import Expnames
from asnforge.associations.model import Member
from asnforge.grouping.candidates import format_candidates
from asnforge.grouping.exposures import Exposures
from asnforge.grouping.joins import Places
from asnforge.rules.model import Ruleset

_FORM_BITS, _EXPTYPE_BITS = 16, 12
_FORM, _EXPTYPE = (1 << _FORM_BITS) - 1, (1 << _EXPTYPE_BITS) - 1


class MemberMaker(dict[int, Member]):
    """The members of groups, by exposure, form of the file name and exptype packed into a number.

    Parameters
    ----------
    exposures, expnames, ruleset
        What the groups were made of.
    """

    def __init__(self, exposures: Exposures, expnames: Expnames, ruleset: Ruleset) -> None:
        super().__init__()
        self._candidate_codes = exposures.candidate_codes
        self._expnames = expnames
        self._error = exposures.columns[ruleset.members.exposerr]
        self._error_text = exposures.pool.columns.get(ruleset.members.exposerr)
        self._texts = [format_candidates(listed) if listed else None for listed in exposures.candidates]
        self._exptypes: list[str] = []

    def members(self, made: RuleDrafts, groups: Places) -> Iterator[tuple[Member, ...]]:
        """The members of each of some groups: science first, then by exptype and file name."""
        memberships = made.memberships
        self._exptypes += [text for text in memberships.exptypes if text not in self._exptypes]
        exptypes = np.array(list(map(self._exptypes.index, memberships.exptypes)), np.int64)[memberships.exptype]
        keys = (memberships.row << _FORM_BITS | made.forms) << _EXPTYPE_BITS | exptypes
        starts = memberships.starts
        for start, stop in zip(starts[groups].tolist(), starts[groups + 1].tolist(), strict=True):
            yield tuple(map(self.__getitem__, keys[start:stop].tolist()))

    def degraded(self, made: RuleDrafts, groups: Places) -> list[bool]:
        """For each of some groups whether the observatory noted an error in one of its exposures."""
        starts = made.memberships.starts
        before = np.concatenate(([0], np.cumsum(self._error.defined()[made.memberships.row])))
        found: list[bool] = (before[starts[groups + 1]] > before[starts[groups]]).tolist()
        return found

    def __missing__(self, key: int) -> Member:
        row, form, exptype = key >> _FORM_BITS + _EXPTYPE_BITS, key >> _EXPTYPE_BITS & _FORM, key & _EXPTYPE
        error = self._error_text[row] if self._error_text is not None and self._error.codes[row] else None
        text = self._texts[self._candidate_codes[row]]
        self[key] = member = Member(self._expnames.name(row, form), self._exptypes[exptype], error, text)
        return member
