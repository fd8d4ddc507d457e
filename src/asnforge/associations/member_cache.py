"""Make each member once, however many associations it is in, as a value and as JSON (docs/format.md#members)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from msgspec import json

from asnforge.associations.drafts import EXPTYPE_BITS, Draft, RuleResult
from asnforge.associations.member_names import TEMPLATE_BITS, MemberNamer
from asnforge.associations.model import Member
from asnforge.columns import constant
from asnforge.grouping.arrays import IndexArray
from asnforge.grouping.candidate_cells import format_candidates
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset

_BEFORE_NAME = b'                {\n                    "expname": '
_AFTER_NAME = (
    b',\n                    "exptype": %b,\n                    "exposerr": %b,\n                    "asn_candidate": %b\n'
    b"                }"
)

_TEMPLATE, _EXPTYPE = (1 << TEMPLATE_BITS) - 1, (1 << EXPTYPE_BITS) - 1


class _MemberFacts:
    """The values of the keywords of members by number, which combines exposure, template of the name and exptype."""

    def __init__(self, prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset) -> None:
        self._namer = namer
        self._candidates = [format_candidates(listed) if listed else None for listed in prepared.candidates]
        self._candidate_of: list[int] = prepared.candidate_codes.tolist()
        note = ruleset.members.exposerr
        self.in_error = (constant("", len(prepared)) if note is None else prepared.columns[note]).defined()
        notes = prepared.pool.columns.get(note or "")
        rows = np.flatnonzero(self.in_error).tolist()
        self._errors = {} if notes is None else {row: notes[row] for row in rows}
        self.exptypes: list[str] = []
        self._spellings = ruleset.exptype_spellings()

    def __getitem__(self, number: int) -> tuple[str, str, str | None, str | None]:
        """The values of a member's keywords, in the order of a file."""
        row, exptype = number >> TEMPLATE_BITS + EXPTYPE_BITS, self.exptypes[number & _EXPTYPE]
        return (
            self._namer.name(row, number >> EXPTYPE_BITS & _TEMPLATE),
            self._spellings.get(exptype, exptype),
            self._errors.get(row),
            self._candidates[self._candidate_of[row]],
        )


class MemberCache(dict[int, Member]):
    """Members by number."""

    def __init__(self, prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset) -> None:
        super().__init__()
        self._namer = namer
        self._prepared = prepared
        self._facts = _MemberFacts(prepared, namer, ruleset)
        self._texts = _MemberTexts(self._facts)

    def members(self, result: RuleResult, groups: IndexArray) -> Iterator[Sequence[Member]]:
        """The members of each of some groups: science first, then by exptype and the exposure's file name.

        Exposures with the same member name and exptype are one member, which has the candidates of the first exposure and the
        first note of an error.
        """
        starts = result.members.starts
        keys = self._keys(result, slice(None))
        for start, stop in zip(starts[groups].tolist(), starts[groups + 1].tolist(), strict=True):
            if self._namer.shared.size:
                yield self._once(keys[start:stop])
            else:
                yield CachedMembers(self, keys[start:stop])

    def names(self, draft: Draft) -> list[tuple[str, str]]:
        """The file names and exptypes of a draft's members, sorted."""
        start, stop = draft.source.members.starts[draft.group : draft.group + 2]
        members = self._once(self._keys(draft.source, slice(start, stop)))
        return sorted((member.expname, member.exptype) for member in members)

    def _keys(self, result: RuleResult, chosen: slice) -> IndexArray:
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

    def texts(self, numbers: IndexArray) -> list[bytes]:
        """The members with some numbers as JSON, see `member_text`."""
        return list(map(self._texts.__getitem__, numbers.tolist()))

    def incomplete(self, numbers: IndexArray) -> list[Member]:
        """The members with some numbers, whose texts were made, that do not have a name or an exptype."""
        incomplete = self._texts.incomplete
        return [self[number] for number in numbers.tolist() if number in incomplete] if incomplete else []

    def in_error(self, numbers: IndexArray) -> bool:
        """Whether the observatory noted an error in an exposure of one of the members with some numbers."""
        return bool(self._facts.in_error[numbers >> TEMPLATE_BITS + EXPTYPE_BITS].any())

    def __missing__(self, number: int) -> Member:
        self[number] = member = Member(*self._facts[number])
        return member


class _MemberTexts(dict[int, bytes]):
    """Members as JSON, by number."""

    def __init__(self, facts: _MemberFacts) -> None:
        super().__init__()
        self._facts = facts
        self._ends: dict[tuple[str, str | None, str | None], bytes] = {}
        self.incomplete: set[int] = set()

    def __missing__(self, number: int) -> bytes:
        expname, exptype, exposerr, asn_candidate = self._facts[number]
        key = exptype, exposerr, asn_candidate
        end = self._ends.get(key)
        if end is None:  # the same for many members
            self._ends[key] = end = _text_after_name(exptype, exposerr, asn_candidate)
        if not (expname and exptype):
            self.incomplete.add(number)
        self[number] = text = _BEFORE_NAME + json.encode(expname) + end
        return text


class CachedMembers(Sequence[Member]):
    """Members of a product, each made when it is read; equal to a tuple of the same members."""

    __slots__ = ("_cache", "_numbers")

    def __init__(self, cache: MemberCache, numbers: IndexArray) -> None:
        self._cache, self._numbers = cache, numbers

    def texts(self) -> list[bytes]:
        """The members as JSON, see `member_text`."""
        return self._cache.texts(self._numbers)

    def deciding(self) -> list[Member]:
        """Members that match the schema of associations if and only if all do, once texts were made.

        The first is a science member if there is one; in any other the schema requires only that its name and its exptype
        are not empty.
        """
        return [*self[:1], *self._cache.incomplete(self._numbers)]

    def in_error(self) -> bool:
        """Whether the observatory noted an error in one of the exposures."""
        return self._cache.in_error(self._numbers)

    def __len__(self) -> int:
        """The number of members."""
        return len(self._numbers)

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


def member_text(member: Member) -> bytes:
    """A member as JSON with the indentation that it has in a file."""
    end = _text_after_name(member.exptype, member.exposerr, member.asn_candidate)
    return _BEFORE_NAME + json.encode(member.expname) + end


def _text_after_name(exptype: str, exposerr: str | None, asn_candidate: str | None) -> bytes:
    return _AFTER_NAME % (json.encode(exptype), json.encode(exposerr), json.encode(asn_candidate))


def _each_once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    once: dict[tuple[str, str], Member] = {}
    for member in members:
        first = once.setdefault((member.expname, member.exptype), member)
        if first.exposerr is None and member.exposerr is not None:
            once[member.expname, member.exptype] = replace(first, exposerr=member.exposerr)
    return tuple(once.values())
