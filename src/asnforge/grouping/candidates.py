"""The candidates that an exposure names: ``[('o001', 'observation'), ('c1000', 'mosaic')]`` as values and back."""

from __future__ import annotations

import re
import reprlib
import warnings
from ast import literal_eval

Candidate = tuple[str, str]
"""A candidate's id and type, in lower case."""

_ONE = r"\(\s*+'[^'\\]*+'\s*+,\s*+'[^'\\]*+'\s*+,?+\s*+\)\s*+"
_USUAL = re.compile(rf"\[\s*+(?:{_ONE}(?:,\s*+{_ONE})*+,?+\s*+)?+\]")
_PAIR = re.compile(r"'([^']*)'\s*,\s*'([^']*)'")
_LONGEST = 20_000


def parse_candidates(text: str, is_id: re.Pattern[str]) -> tuple[Candidate, ...]:
    """The candidates that a cell of the pool lists, each once, sorted.

    Parameters
    ----------
    text : str
        The cell: a list of pairs of texts, each an id and a type.
    is_id : pattern
        What the whole of an id must match.

    Raises
    ------
    ValueError
        The cell is no such list; the message says what it is.
    """
    pairs = _PAIR.findall(text) if _USUAL.fullmatch(text) else _literal(text)
    candidates = sorted({(candidate.casefold(), kind.casefold()) for candidate, kind in pairs})
    for candidate, kind in candidates:
        if not is_id.fullmatch(candidate):
            raise ValueError(f"{reprlib.repr(candidate)} is no id of a candidate")
        if not kind.strip():
            raise ValueError(f"the candidate {candidate} has no type")
    return tuple(candidates)


def format_candidates(candidates: tuple[Candidate, ...]) -> str:
    """The candidates as the keyword ``asn_candidate`` has them (techspecs, '``members`` Keyword')."""
    return str(list(candidates))


def _literal(text: str) -> list[Candidate]:
    if len(text) > _LONGEST:
        raise ValueError(f"a text of {len(text)} letters is no list of candidates")
    try:
        with warnings.catch_warnings(action="ignore"):
            value = literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError) as error:
        raise ValueError("it is no list of pairs of texts") from error
    if not isinstance(value, list | tuple):
        raise ValueError("it is no list of pairs of texts")
    pairs = []
    for entry in value:
        match entry:
            case (str(candidate), str(kind)):
                pairs.append((candidate, kind))
            case _:
                raise ValueError(f"{reprlib.repr(entry)} is no pair of an id and a type")
    return pairs
