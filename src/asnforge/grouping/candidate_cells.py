"""Read a cell that lists candidates, such as ``[('o001', 'observation'), ('c1000', 'mosaic')]``, and format such a list.

Usual cells are read by a regular expression. From any other cell, everything unambiguous is read; the rest is a `CellDefect`.
"""

from __future__ import annotations

import re
import warnings
from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from operator import lt
from typing import Any, NamedTuple

Candidate = tuple[str, str]
"""A candidate's id and type, in lower case."""

_PAIR_IN_LIST = r"\(\s*+'[^'\\]*+'\s*+,\s*+'[^'\\]*+'\s*+,?+\s*+\)\s*+"
_USUAL = re.compile(rf"\[\s*+(?:{_PAIR_IN_LIST}(?:,\s*+{_PAIR_IN_LIST})*+,?+\s*+)?+\]")
_PAIR = re.compile(r"'([^']*)'\s*,\s*'([^']*)'")
_LONGEST_LITERAL = 20_000
_DEEPEST = 20
_TOKEN = re.compile(
    r"""'(?P<single>(?:[^'\\]|\\.)*+)'|"(?P<double>(?:[^"\\]|\\.)*+)"|(?P<open_quote>['"].*)"""
    r"""|(?P<opening>[\[({])|(?P<closing>[\])}])|(?P<call>[\w.]++(?=\())|(?P<word>[^\s\[\](){},;:|/='"]++)""",
    re.DOTALL,
)
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\"""", re.DOTALL)
_NOTHING = frozenset({"", "none", "nan", "null", "-", "--", "n/a"})
"""How tools write a cell or an entry that names no candidate."""

_TYPOGRAPHIC_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


class CellDefect(Enum):
    """Why a cell could not be read in full."""

    UNREADABLE = "unreadable"
    CUT_OFF = "cut off"
    NOT_AN_ID = "not an id"


@dataclass(frozen=True, slots=True)
class CandidateCell:
    """The contents of a cell of the candidates' column.

    Attributes
    ----------
    candidates : tuple of (id, type)
        The candidates with a type, each once, sorted.
    untyped : tuple of str
        Ids without a type, each once, sorted.
    defects : frozenset of CellDefect
        What could not be read.
    """

    candidates: tuple[Candidate, ...] = ()
    untyped: tuple[str, ...] = ()
    defects: frozenset[CellDefect] = frozenset()


class _Entry(NamedTuple):
    """An id and perhaps a type; `is_listed` if it is an entry of a proper list."""

    id: str
    type: str
    is_listed: bool = True


def read_candidates(text: str, is_id: Callable[[str], bool]) -> CandidateCell:
    """Read the candidates that a cell of the pool lists.

    Parameters
    ----------
    text : str
        The cell: a list of pairs of an id and a type, in any brackets, quotes and separators; one pair; ids alone; a list
        that is cut off, which is read up to the cut; or what tools write for no value, such as ``None``, ``nan`` and ``-``.
    is_id : callable
        Whether a string is the id of a candidate.
    """
    folded = text.casefold()
    if (split := _split_pairs(folded)) is not None:
        return _usual_cell(*split, is_id)
    if _USUAL.fullmatch(text):
        pairs = _PAIR.findall(folded)
        return _usual_cell([candidate for candidate, _ in pairs], [kind for _, kind in pairs], is_id)
    if text.strip().casefold() in _NOTHING:
        return CandidateCell()
    text = text.translate(_TYPOGRAPHIC_QUOTES)
    match _literal(text):
        case (str(inner),):
            return read_candidates(inner, is_id)
        case (value,):
            return _cell(_entries(value, is_id), is_id, cut_off=False)
    entries, cut_off = _entries_of_text(text, is_id)
    return _cell(entries, is_id, cut_off=cut_off)


def format_candidates(candidates: tuple[Candidate, ...]) -> str:
    """The candidates as the keyword ``asn_candidate`` has them (docs/format.md#members)."""
    return str(list(candidates))


def _split_pairs(text: str) -> tuple[list[str], list[str]] | None:
    """The ids and types of a list of pairs that is spelled as Python spells it, the usual case; None for any other."""
    pieces = text.split("'")
    ids, after_ids, types, after_types = (pieces[start::4] for start in range(1, 5))
    is_list = pieces[0] == "[(" and len(types) == len(after_types) and after_types[-1:] == [")]"]
    is_usual = is_list and set(after_ids) == {", "} and set(after_types[:-1]) <= {"), ("}
    return (ids, types) if is_usual and all(ids) and all(types) and "\\" not in text else None


def _usual_cell(ids: Iterable[str], types: Iterable[str], is_id: Callable[[str], bool]) -> CandidateCell:
    """The contents of a list of pairs in lower case, of which there may be very many."""
    ids, types = [*map(str.strip, ids)], [*map(str.strip, types)]
    if all(types) and all(map(is_id, ids)):
        is_sorted = all(map(lt, ids, islice(ids, 1, None)))
        pairs = zip(ids, types, strict=True)
        return CandidateCell(tuple(pairs if is_sorted else sorted(set(pairs))))
    return _cell(map(_Entry, ids, types), is_id, cut_off=False)


def _cell(entries: Iterable[_Entry], is_id: Callable[[str], bool], *, cut_off: bool) -> CandidateCell:
    folded = [_Entry(entry.id.strip().casefold(), entry.type.strip().casefold(), entry.is_listed) for entry in entries]
    valid = [entry for entry in folded if is_id(entry.id)]
    defects = {CellDefect.CUT_OFF} if cut_off else set()
    if len(valid) < len(folded):
        defects.add(CellDefect.NOT_AN_ID)
    if not valid and (cut_off or not all(entry.is_listed for entry in folded)):
        defects = {CellDefect.UNREADABLE}
    typed = {(entry.id, entry.type) for entry in valid if entry.type}
    untyped = {entry.id for entry in valid if not entry.type} - {candidate for candidate, _ in typed}
    return CandidateCell(tuple(sorted(typed)), tuple(sorted(untyped)), frozenset(defects))


def _literal(text: str) -> tuple[Any, ...] | None:
    """The value of a Python literal, in a tuple; None if the text is not one."""
    if len(text) > _LONGEST_LITERAL:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return (literal_eval(text.strip()),)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _entries(value: Any, is_id: Callable[[str], bool], *, is_inside: bool = False) -> Iterator[_Entry]:
    """The entries of a value: a pair inside a list is one candidate; consecutive strings are ids and types in turn."""
    match value:
        case dict():
            for pair in value.items():
                yield from _entries(pair, is_id, is_inside=True)
        case list() | tuple() | set():
            items = sorted(value, key=str) if isinstance(value, set) else list(value)
            if is_inside and len(items) == 2 and all(map(_is_atom, items)):
                candidate, kind = map(_string, items)
                if candidate or kind:
                    yield _Entry(candidate, kind)
                return
            strings: list[str] = []
            for item in items:
                if _is_atom(item):
                    strings.append(_string(item))
                else:
                    yield from _consecutive(strings, is_id, is_listed=True)
                    strings = []
                    yield from _entries(item, is_id, is_inside=True)
            yield from _consecutive(strings, is_id, is_listed=True)
        case _:
            yield from _consecutive([_string(value)], is_id, is_listed=False)


def _is_atom(value: Any) -> bool:
    return not isinstance(value, list | tuple | set | dict)


def _string(value: Any) -> str:
    string = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()
    return "" if string.casefold() in _NOTHING else string


def _consecutive(strings: Iterable[str], is_id: Callable[[str], bool], *, is_listed: bool) -> Iterator[_Entry]:
    """The entries of consecutive strings: an id and, if the next string is not another id, its type."""
    stack = [string for string in strings if string][::-1]
    while stack:
        first = stack.pop()
        has_type = bool(stack) and not is_id(stack[-1].casefold())
        yield _Entry(first, stack.pop() if has_type else "", is_listed)


def _entries_of_text(text: str, is_id: Callable[[str], bool]) -> tuple[list[_Entry], bool]:
    """The entries of a text that is not a Python literal, and whether it is cut off."""
    has_quotes = bool(_QUOTED.search(text))
    nested: list[list[Any]] = [[]]
    words: list[str] = []
    cut_off, last = False, ""
    for token in _TOKEN.finditer(text):
        last = token.lastgroup or ""
        match last:
            case "single" | "double":
                nested[-1].extend(filter(_has_letter_or_digit, [token[last]]))
            case "word" if token[last].casefold() not in _NOTHING:
                words.append(token[last])
                nested[-1].extend([] if has_quotes else filter(_has_letter_or_digit, [token[last]]))
            case "opening" if len(nested) < _DEEPEST:
                nested.append([])
            case "closing" if len(nested) > 1:
                _close(nested)
            case "opening" | "closing" | "open_quote":
                cut_off = True
    cut_off = cut_off or len(nested) > 1
    while len(nested) > 1:
        _close(nested)
    value = nested[0][0] if len(nested[0]) == 1 else nested[0]
    entries = [entry._replace(is_listed=False) for entry in _entries(value, is_id)]
    if cut_off and entries and (not entries[-1].type or last == "word"):
        entries.pop()
    is_prose = not has_quotes and not all(is_id(entry.id.casefold()) for entry in entries)
    if is_prose or (has_quotes and words):
        entries = [*([] if is_prose else entries), _Entry(" ".join(words), "", is_listed=False)]
    return entries, cut_off


def _close(nested: list[list[Any]]) -> None:
    """End the innermost list; brackets around one string do not make it a list."""
    inner = nested.pop()
    nested[-1].extend(inner if len(inner) == 1 and _is_atom(inner[0]) else [inner])


def _has_letter_or_digit(text: str) -> bool:
    return any(map(str.isalnum, text))
