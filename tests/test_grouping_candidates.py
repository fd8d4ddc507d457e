"""Lists of candidates in a cell of the pool."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.candidates import Candidate, format_candidates, parse_candidates
from asnforge.rules.regex import compiled

IS_ID = compiled(r"[a-z]\d{1,3}").matches
O1, C5 = ("o1", "night"), ("c5", "tile")


@pytest.mark.parametrize(
    ("cell", "candidates"),
    [
        ("[]", ()),
        ("[('o1', 'night')]", (O1,)),
        ("[('o1','night')]", (O1,)),
        ("[ ( 'o1' , 'night' , ) , ]", (O1,)),
        ("[('o1', 'night'), ('c5', 'tile')]", (C5, O1)),
        ("[('c5', 'tile'), ('o1', 'night')]", (C5, O1)),
        ("[('O1', 'NIGHT'), ('o1', 'night')]", (O1,)),
        ("[('o1', 'night'), ('o1', 'tile')]", (("o1", "night"), ("o1", "tile"))),
        ('[("o1", "night")]', (O1,)),
        ("(('o1', 'night'), ('c5', 'tile'))", (C5, O1)),
        ("[['o1', 'night']]", (O1,)),
        (r"[('o1', 'nig\x68t')]", (O1,)),
        ("[('o1', \"the night's\")]", (("o1", "the night's"),)),
    ],
)
def test_what_is_a_list_of_candidates(cell: str, candidates: tuple[Candidate, ...]) -> None:
    assert parse_candidates(cell, IS_ID) == candidates


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("[('o1', 'night')", "it is no list of pairs of texts"),
        ("o1", "it is no list of pairs of texts"),
        ("", "it is no list of pairs of texts"),
        ("'o1'", "it is no list of pairs of texts"),
        ("{'o1': 'night'}", "it is no list of pairs of texts"),
        ("1", "it is no list of pairs of texts"),
        ("__import__('os').abort()", "it is no list of pairs of texts"),
        ("[('o1', 'night') ('c5', 'tile')]", "it is no list of pairs of texts"),
        ("[, ('o1', 'night')]", "it is no list of pairs of texts"),
        ("[('o1', 'night'),, ('c5', 'tile')]", "it is no list of pairs of texts"),
        ("['o1', 'night']", "'o1' is no pair of an id and a type"),
        ("('o1', 'night')", "'o1' is no pair of an id and a type"),
        ("[('o1',)]", "('o1',) is no pair of an id and a type"),
        ("[('o1', 1)]", "('o1', 1) is no pair of an id and a type"),
        ("[('o1', None)]", "('o1', None) is no pair of an id and a type"),
        ("[('o1', 'night', 'x')]", "('o1', 'night', 'x') is no pair of an id and a type"),
        ("[('1', 'night')]", "'1' is no id of a candidate"),
        ("[('o1234', 'night')]", "'o1234' is no id of a candidate"),
        ("[('o1/../..', 'night')]", "'o1/../..' is no id of a candidate"),
        ("[('o1', '')]", "the candidate o1 has no type"),
        ("[('o1', ' ')]", "the candidate o1 has no type"),
        ("[" * 500, "it is no list of pairs of texts"),
        ("[" * 20_001, "a text of 20001 letters is no list of candidates"),
    ],
)
def test_what_is_none(cell: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_candidates(cell, IS_ID)


def test_a_long_list_is_read() -> None:
    cell = str([(f"c{number % 1000}", "tile") for number in range(100_000)])
    assert len(parse_candidates(cell, IS_ID)) == 1000


@given(st.text(max_size=60) | st.text("[(',)]\\\"o1 ", max_size=40))
def test_any_text_is_read_or_refused(cell: str) -> None:
    try:
        candidates = parse_candidates(cell, IS_ID)
    except ValueError:
        return
    assert all(IS_ID.fullmatch(name) and kind == kind.lower() for name, kind in candidates)


@given(st.lists(st.tuples(st.from_regex(r"\A[a-z][0-9]{1,3}\Z"), st.text("abc '\\\"", min_size=1).filter(str.strip))))
def test_what_is_written_is_read_again(candidates: list[Candidate]) -> None:
    listed = tuple(sorted(set(candidates)))
    assert parse_candidates(format_candidates(listed), IS_ID) == listed
