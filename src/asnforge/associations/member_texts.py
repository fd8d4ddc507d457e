"""The JSON of members (docs/format.md#members), joined for each product from strings that are made once.

A member is three strings: its name, its exptype with the note of an error, and its candidates with all that is between it and
the name of the next member. There are few different ones, and far fewer bytes of them than of members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import json
from numpy.typing import NDArray

from asnforge.associations.drafts import EXPTYPE_BITS
from asnforge.associations.member_names import TEMPLATE_BITS, MemberNamer
from asnforge.associations.model import Member
from asnforge.columns import constant
from asnforge.grouping.arrays import IndexArray, IntArray
from asnforge.grouping.candidate_cells import format_candidates
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.rules.ruleset import Ruleset

ROW_BITS = TEMPLATE_BITS + EXPTYPE_BITS
"""The number of low bits of a member's number that contain the template of its name and its exptype."""

_TEMPLATE, _EXPTYPE = (1 << TEMPLATE_BITS) - 1, (1 << EXPTYPE_BITS) - 1
_PIECES = 3
_BEFORE = '                {\n                    "expname": "'
_END = "\n                }"
_BETWEEN = f"{_END},\n{_BEFORE}"

_Texts = NDArray[np.object_]
"""An array of strings."""


def to_json(value: object) -> str:
    """A value as compact JSON, in which no character beyond ASCII is escaped; an error if a string is not valid Unicode."""
    return json.encode(value).decode()


def join_members(members: Iterable[Member]) -> list[str]:
    """The JSON of members with the indentation that they have in a file, in strings to be joined; none without members."""
    pieces: list[str] = []
    for member in members:
        pieces += (_inside(member.expname), _exptype_text(member.exptype, member.exposerr))
        pieces.append(to_json(member.asn_candidate) + _BETWEEN)
    return join_pieces(pieces, 0, len(pieces) // _PIECES)


class MemberFacts:
    """The values of the keywords of members by number, which combines exposure, template of the name and exptype.

    Attributes
    ----------
    in_error : ndarray of bool, shape (exposures,)
        The exposures that the observatory noted an error in.
    exptypes : list of str
        The exptypes by number, to which others are appended.
    """

    def __init__(self, prepared: PreparedPool, namer: MemberNamer, ruleset: Ruleset) -> None:
        self.namer = namer
        self.candidates = [format_candidates(listed) if listed else None for listed in prepared.candidates]
        self.candidate_codes = prepared.candidate_codes
        self._candidate_of: list[int] = prepared.candidate_codes.tolist()
        note = ruleset.members.exposerr
        self.in_error = (constant("", len(prepared)) if note is None else prepared.columns[note]).defined()
        notes = prepared.pool.columns.get(note or "")
        rows = np.flatnonzero(self.in_error).tolist()
        self.errors = {} if notes is None else {row: notes[row] for row in rows}
        self.exptypes: list[str] = []
        self._spellings = ruleset.exptype_spellings()

    def __getitem__(self, number: int) -> tuple[str, str, str | None, str | None]:
        """The values of a member's keywords, in the order of a file."""
        row = number >> ROW_BITS
        return (
            self.namer.name(row, number >> EXPTYPE_BITS & _TEMPLATE),
            self.exptype(number & _EXPTYPE),
            self.errors.get(row),
            self.candidates[self._candidate_of[row]],
        )

    def exptype(self, number: int) -> str:
        """An exptype as it is written."""
        exptype = self.exptypes[number]
        return self._spellings.get(exptype, exptype)


class MemberTexts:
    """The JSON of the members of a pool, in pieces; each string is made once."""

    def __init__(self, facts: MemberFacts) -> None:
        self._facts = facts
        self._candidates: _Texts | None = None
        self._names: dict[int, tuple[_Texts, NDArray[np.bool_]]] = {}

    def pieces(self, numbers: IndexArray) -> tuple[list[str], bool]:
        """The pieces of members with some numbers, `_PIECES` of each, and whether each member has a name and an exptype."""
        facts, rows, exptypes = self._facts, numbers >> ROW_BITS, numbers & _EXPTYPE
        pieces = np.empty((len(numbers), _PIECES), np.object_)
        if not len(numbers):
            return [], True
        pieces[:, 0], is_complete = self._names_of(rows, numbers >> EXPTYPE_BITS & _TEMPLATE)
        spelled = list(map(facts.exptype, range(len(facts.exptypes))))
        is_complete = is_complete and all(map(spelled.__getitem__, np.unique(exptypes).tolist()))
        pieces[:, 1] = _array([_exptype_text(exptype, None) for exptype in spelled])[exptypes]
        pieces[:, 2] = self._candidate_texts()[facts.candidate_codes[rows]]
        for index in np.flatnonzero(facts.in_error[rows]).tolist():
            pieces[index, 1] = _exptype_text(spelled[exptypes[index]], facts.errors.get(int(rows[index])))
        joined: list[str] = pieces.ravel().tolist()
        return joined, is_complete

    def _candidate_texts(self) -> _Texts:
        if self._candidates is None:
            self._candidates = _array([to_json(listed) + _BETWEEN for listed in self._facts.candidates])
        return self._candidates

    def _names_of(self, rows: IndexArray, template_ids: IndexArray) -> tuple[_Texts, bool]:
        """The names of members as JSON, and whether none is empty."""
        codes = self._facts.namer.codes[rows]
        if (template_ids == template_ids[0]).all():
            return self._in_template(codes, int(template_ids[0]))
        order = np.argsort(template_ids, kind="stable")
        distinct, starts = np.unique(template_ids[order], return_index=True)
        names, is_complete = np.empty(len(rows), np.object_), True
        for template_id, index in zip(distinct.tolist(), np.split(order, starts[1:]), strict=True):
            names[index], has_names = self._in_template(codes[index], template_id)
            is_complete = is_complete and has_names
        return names, is_complete

    def _in_template(self, codes: IntArray, template_id: int) -> tuple[_Texts, bool]:
        """The names of files in one template as JSON; those of a template of many files are made for all files once."""
        namer = self._facts.namer
        if template_id not in self._names:
            known = namer.names_of_all_files(template_id)
            if known is None:
                names = namer.names(codes, template_id)
                return _name_texts(names), all(names)
            self._names[template_id] = _name_texts(known), np.fromiter(map(bool, known), np.bool_, len(known))
        texts, is_known = self._names[template_id]
        if is_known[codes].all():
            return texts[codes], True
        names = namer.names(codes, template_id)
        return _name_texts(names), all(names)


def join_pieces(pieces: Sequence[str], start: int, stop: int) -> list[str]:
    """The JSON of members from `start` to `stop`, of which `MemberTexts` made pieces; as from `join_members`."""
    if start == stop:
        return []
    chosen = [_BEFORE, *pieces[start * _PIECES : stop * _PIECES]]
    chosen[-1] = chosen[-1].removesuffix(_BETWEEN) + _END
    return chosen


def _exptype_text(exptype: str, exposerr: str | None) -> str:
    """The JSON between the name of a member and its candidates."""
    indent = "\n" + " " * 20
    return f'",{indent}"exptype": {to_json(exptype)},{indent}"exposerr": {to_json(exposerr)},{indent}"asn_candidate": '


def _inside(name: str) -> str:
    """A string as JSON without its quotes."""
    return to_json(name)[1:-1]


def _name_texts(names: Sequence[str]) -> _Texts:
    """Names as JSON without their quotes: themselves, if no character of them is escaped."""
    joined = "".join(names)
    is_plain = joined.isprintable() and '"' not in joined and "\\" not in joined
    return _array(names if is_plain else list(map(_inside, names)))


def _array(texts: Sequence[Any]) -> _Texts:
    array = np.empty(len(texts), np.object_)
    array[:] = texts
    return array
