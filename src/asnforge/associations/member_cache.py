"""Make each member once, however many associations it is in (docs/format.md#members)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult
from asnforge.associations.member_names import TEMPLATE_BITS, MemberNamer
from asnforge.associations.member_texts import ROW_BITS, MemberFacts, MemberTexts, join_pieces
from asnforge.associations.model import Member
from asnforge.grouping.arrays import IndexArray, ranges
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset


class MemberCache(dict[int, Member]):
    """Members by number."""

    def __init__(self, prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset) -> None:
        super().__init__()
        self._namer = namer
        self._prepared = prepared
        self._facts = MemberFacts(prepared, namer, ruleset)
        self._texts = MemberTexts(self._facts)

    def members(self, result: RuleResult, groups: IndexArray) -> Iterator[Sequence[Member]]:
        """The members of each of some groups: science first, then by exptype and the exposure's file name.

        Exposures with the same member name and exptype are one member, which has the candidates of the first exposure and the
        first note of an error.
        """
        starts = result.members.starts
        counts = starts[groups + 1] - starts[groups]
        several = MembersOfRule(self, self._keys(result, ranges(starts[groups], counts)))
        stops = np.cumsum(counts)
        for start, stop in zip((stops - counts).tolist(), stops.tolist(), strict=True):
            if self._namer.shared.size:
                yield self._once(several.numbers[start:stop])
            else:
                yield CachedMembers(several, start, stop)

    def names(self, draft: Draft) -> list[tuple[str, str]]:
        """The file names and exptypes of a draft's members, sorted."""
        start, stop = draft.source.members.starts[draft.group : draft.group + 2]
        members = self._once(self._keys(draft.source, slice(start, stop)))
        return sorted((member.expname, member.exptype) for member in members)

    def _keys(self, result: RuleResult, chosen: slice | IndexArray) -> IndexArray:
        """The numbers of some members of a rule's groups."""
        members = result.members
        self._facts.exptypes += [text for text in members.exptypes if text not in self._facts.exptypes]
        exptypes = np.array(list(map(self._facts.exptypes.index, members.exptypes)), np.int64)[members.exptype[chosen]]
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
        before = np.concatenate(([0], np.cumsum(self._facts.in_error[result.members.row])))
        degraded: list[bool] = (before[starts[groups + 1]] > before[starts[groups]]).tolist()
        return degraded

    def pieces(self, numbers: IndexArray) -> tuple[list[str], bool]:
        """The JSON of the members with some numbers, see `MemberTexts.pieces`."""
        return self._texts.pieces(numbers)

    def exptype(self, number: int) -> str:
        """The exptype of the member with a number."""
        return self._facts.exptype(number & (1 << EXPTYPE_BITS) - 1)

    def in_error(self, numbers: IndexArray) -> bool:
        """Whether the observatory noted an error in an exposure of one of the members with some numbers."""
        return bool(self._facts.in_error[numbers >> ROW_BITS].any())

    def __missing__(self, number: int) -> Member:
        self[number] = member = Member(*self._facts[number])
        return member


class MembersOfRule:
    """The numbers of the members of several groups of a rule, whose JSON is made for all of them when one is read."""

    __slots__ = ("_pieces", "cache", "numbers")

    def __init__(self, cache: MemberCache, numbers: IndexArray) -> None:
        self.cache, self.numbers = cache, numbers
        self._pieces: tuple[list[str], bool] | None = None

    def pieces(self) -> tuple[list[str], bool]:
        """The JSON of all members, see `MemberTexts.pieces`."""
        if self._pieces is None:
            self._pieces = self.cache.pieces(self.numbers)
        return self._pieces


class CachedMembers(Sequence[Member]):
    """Members of a product, each made when it is read; equal to a tuple of the same members."""

    __slots__ = ("_rule", "_start", "_stop")

    def __init__(self, rule: MembersOfRule, start: int, stop: int) -> None:
        self._rule, self._start, self._stop = rule, start, stop

    @property
    def _numbers(self) -> IndexArray:
        return self._rule.numbers[self._start : self._stop]

    @property
    def _cache(self) -> MemberCache:
        return self._rule.cache

    def texts(self) -> list[str]:
        """The members as JSON, see `join_members`."""
        return join_pieces(self._rule.pieces()[0], self._start, self._stop)

    def first_exptype(self) -> str | None:
        """The exptype of the first member, if all members have a name and an exptype; else None.

        It is science if that of any member is.
        """
        if not self._rule.pieces()[1] or self._start == self._stop:
            return None
        return self._rule.cache.exptype(int(self._rule.numbers[self._start]))

    def in_error(self) -> bool:
        """Whether the observatory noted an error in one of the exposures."""
        return self._cache.in_error(self._numbers)

    def __len__(self) -> int:
        """The number of members."""
        return self._stop - self._start

    @overload
    def __getitem__(self, index: int) -> Member: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Member, ...]: ...

    def __getitem__(self, index: int | slice) -> Member | tuple[Member, ...]:
        """A member, or several as a tuple."""
        if isinstance(index, slice):
            return tuple(map(self._cache.__getitem__, self._numbers[index].tolist()))
        return self._cache[int(self._numbers[index])]

    def __iter__(self) -> Iterator[Member]:
        """The members."""
        return map(self._cache.__getitem__, self._numbers.tolist())

    def __eq__(self, other: object) -> bool:
        """Whether the other members are the same, in the same order."""
        return tuple(self) == tuple(other) if isinstance(other, CachedMembers | tuple) else NotImplemented

    def __hash__(self) -> int:
        """The hash of a tuple of the members."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """As a tuple of the members."""
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[Member, ...]]]:
        """Members are copied and sent to other processes as a tuple, without everything else of their pool."""
        return tuple, (tuple(self),)


def _each_once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    once: dict[tuple[str, str], Member] = {}
    for member in members:
        first = once.setdefault((member.expname, member.exptype), member)
        if first.exposerr is None and member.exposerr is not None:
            once[member.expname, member.exptype] = replace(first, exposerr=member.exposerr)
    return tuple(once.values())
