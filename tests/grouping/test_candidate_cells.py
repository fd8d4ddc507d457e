"""Lists of candidates in a cell of the pool."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.candidate_cells import Candidate, CandidateCell, CellDefect, format_candidates, read_candidates
from asnforge.rules.regex import compiled

IS_ID = compiled(r"[a-z]\d{1,3}").matches
O1, C5 = ("o1", "night"), ("c5", "tile")
UNREADABLE, CUT_OFF, NOT_AN_ID = CellDefect.UNREADABLE, CellDefect.CUT_OFF, CellDefect.NOT_AN_ID


def cell(*candidates: Candidate, untyped: tuple[str, ...] = (), problem: CellDefect | None = None) -> CandidateCell:
    return CandidateCell(candidates, untyped, frozenset() if problem is None else frozenset({problem}))


@pytest.mark.parametrize(
    ("text", "candidates"),
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
def test_a_list_of_pairs(text: str, candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(text, IS_ID) == cell(*candidates)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "None",
        "nan",
        "NaN",
        "-",
        "--",
        "null",
        "N/A",
        "[None]",
        "['']",
        "[(None, None)]",
        "nan, nan",
        "''",
        "()",
    ],
)
def test_what_tools_write_for_nothing(text: str) -> None:
    assert read_candidates(text, IS_ID) == cell()


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("('o1', 'night')", (O1,)),
        ("('o1'), ('night')", (O1,)),
        ("[('o1'),('NIGHT')]", (O1,)),
        ("['o1', 'night']", (O1,)),
        ("['o1', 'night', 'c5', 'tile']", (C5, O1)),
        ("('o1', 'night'), ('c5', 'tile')", (C5, O1)),
        ("[('o1', 'night') ('c5', 'tile')]", (C5, O1)),
        ("[('o1', 'night'); ('c5', 'tile')]", (C5, O1)),
        ("[, ('o1', 'night')]", (O1,)),
        ("[[('o1', 'night')], [('c5', 'tile')]]", (C5, O1)),
        ("{'o1': 'night', 'c5': 'tile'}", (C5, O1)),
        ("{('o1', 'night')}", (O1,)),
        ("[(b'o1', b'night')]", (O1,)),
        ("[(np.str_('o1'), np.str_('night'))]", (O1,)),
        ("\"[('o1', 'night')]\"", (O1,)),
        ("[\u2018o1\u2019, \u201cnight\u201d]", (O1,)),
        ("(o1, night)", (O1,)),
        ("o1/night", (O1,)),
        ("o1: night; c5: tile", (C5, O1)),
        ("[('o1', 'night'), ('o1', None)]", (O1,)),
    ],
)
def test_other_spellings_are_read_as_far_as_they_are_unambiguous(text: str, candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(text, IS_ID) == cell(*candidates)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("o1", cell(untyped=("o1",))),
        ("O1", cell(untyped=("o1",))),
        ("'o1'", cell(untyped=("o1",))),
        ("['o1']", cell(untyped=("o1",))),
        ("o1, c5", cell(untyped=("c5", "o1"))),
        ("o1;c5", cell(untyped=("c5", "o1"))),
        ("['o1', 'c5']", cell(untyped=("c5", "o1"))),
        ("[('o1',)]", cell(untyped=("o1",))),
        ("[('o1', None)]", cell(untyped=("o1",))),
        ("[('o1', '')]", cell(untyped=("o1",))),
        ("[('o1', ' '), ('c5', 'tile')]", cell(C5, untyped=("o1",))),
    ],
)
def test_an_id_without_a_type(text: str, found: CandidateCell) -> None:
    assert read_candidates(text, IS_ID) == found


@pytest.mark.parametrize(
    "text",
    [
        "[('o1', 'night')",
        "[('o1', 'night'),",
        "[('o1', 'night'), (",
        "[('o1', 'night'), ('c",
        "[('o1', 'night'), ('c5'",
        "[('o1', 'night'), ('c5', 'ti",
        "('o1', 'night'",
        "[(o1, night), (c5, ti",
        '[("o1", "night"), ("c5", "ti',
    ],
)
def test_a_list_that_is_cut_off_is_read_up_to_the_cut(text: str) -> None:
    assert read_candidates(text, IS_ID) == cell(O1, problem=CUT_OFF)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("[('1', 'night')]", ()),
        ("[(1, 'night')]", ()),
        ("[('o1234', 'night')]", ()),
        ("[('o1/../..', 'night')]", ()),
        ("[('night', 'o1')]", ()),
        ("[('1', 'night'), ('c5', 'tile')]", (C5,)),
        ("[('c5', 'tile', 'x')]", (C5,)),
        ("[('c5', 'tile'), x]", (C5,)),
    ],
)
def test_what_is_not_an_id_costs_that_candidate_alone(text: str, candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(text, IS_ID) == cell(*candidates, problem=NOT_AN_ID)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1",
        "see o1 for details",
        "[]]",
        "__import__('os').abort()",
        "[('o",
        "[('o1'",
        "ight'), ('c5', 'tile')]",
        "[" * 500,
        "[" * 20_001,
        "x" * 20_001,
    ],
)
def test_what_is_not_a_list_of_candidates(text: str) -> None:
    assert read_candidates(text, IS_ID) == cell(problem=UNREADABLE)


@pytest.mark.parametrize("spelling", [str, lambda pairs: str(pairs).replace("'", '"'), lambda pairs: str(tuple(pairs))])
def test_a_long_list_is_read(spelling: type[str]) -> None:
    text = spelling([(f"c{number % 1000}", "tile") for number in range(100_000)])
    assert len(read_candidates(text, IS_ID).candidates) == 1000


@given(st.text(max_size=60) | st.text("[(',)]\\\"o1 ", max_size=40))
def test_any_text_is_read(text: str) -> None:
    found = read_candidates(text, IS_ID)
    ids = [candidate for candidate, _ in found.candidates]
    assert all(IS_ID(each) and each == each.casefold() for each in (*ids, *found.untyped))
    assert all(kind.strip() for _, kind in found.candidates)
    assert not found.untyped or not set(found.untyped) & set(ids)


@given(st.lists(st.tuples(st.from_regex(r"\A[a-z][0-9]{1,3}\Z"), st.text("abc '\\\"", min_size=1).filter(str.strip))))
def test_what_is_written_is_read_again(candidates: list[Candidate]) -> None:
    listed = tuple(sorted({(candidate, kind.strip()) for candidate, kind in candidates}))
    assert read_candidates(format_candidates(listed), IS_ID) == cell(*listed)
