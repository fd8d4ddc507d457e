"""Reading and formatting the candidates of a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.grouping.candidate_cells import Candidate, CandidateCell, CellDefect, format_candidates, read_candidates
from asnforge.rules.regex import compiled

IS_ID = compiled(r"[a-z]\d{1,3}").matches
O1, C5 = ("o1", "night"), ("c5", "tile")
UNREADABLE, CUT_OFF, NOT_AN_ID = CellDefect.UNREADABLE, CellDefect.CUT_OFF, CellDefect.NOT_AN_ID


def cell(*candidates: Candidate, untyped: tuple[str, ...] = (), defect: CellDefect | None = None) -> CandidateCell:
    return CandidateCell(candidates, untyped, frozenset() if defect is None else frozenset({defect}))


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
def test_list_of_pairs_is_read(text: str, candidates: tuple[Candidate, ...]) -> None:
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
def test_empty_values_of_tools_mean_no_candidate(text: str) -> None:
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
def test_other_notations_are_read_if_unambiguous(text: str, candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(text, IS_ID) == cell(*candidates)


@pytest.mark.parametrize(
    ("text", "result"),
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
def test_id_without_a_type_is_untyped(text: str, result: CandidateCell) -> None:
    assert read_candidates(text, IS_ID) == result


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
def test_list_that_is_cut_off_is_read_up_to_the_cut(text: str) -> None:
    assert read_candidates(text, IS_ID) == cell(O1, defect=CUT_OFF)


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
def test_invalid_id_is_ignored(text: str, candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(text, IS_ID) == cell(*candidates, defect=NOT_AN_ID)


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
def test_other_text_is_unreadable(text: str) -> None:
    assert read_candidates(text, IS_ID) == cell(defect=UNREADABLE)


@pytest.mark.parametrize("spelling", [str, lambda pairs: str(pairs).replace("'", '"'), lambda pairs: str(tuple(pairs))])
def test_long_list_is_read(spelling: type[str]) -> None:
    text = spelling([(f"c{number % 1000}", "tile") for number in range(100_000)])
    assert len(read_candidates(text, IS_ID).candidates) == 1000


@given(st.text(max_size=60) | st.text("[(',)]\\\"o1 ", max_size=40))
def test_any_text_gives_valid_ids(text: str) -> None:
    result = read_candidates(text, IS_ID)
    ids = [candidate for candidate, _ in result.candidates]
    assert all(IS_ID(text) and text == text.casefold() for text in (*ids, *result.untyped))
    assert all(kind.strip() for _, kind in result.candidates)
    assert not result.untyped or not set(result.untyped) & set(ids)


@given(st.lists(st.tuples(st.from_regex(r"\A[a-z][0-9]{1,3}\Z"), st.text("abc '\\\"", min_size=1).filter(str.strip))))
def test_formatted_candidates_are_read_back(candidates: list[Candidate]) -> None:
    listed = tuple(sorted({(candidate, kind.strip()) for candidate, kind in candidates}))
    assert read_candidates(format_candidates(listed), IS_ID) == cell(*listed)


@given(
    st.lists(st.tuples(st.sampled_from(["o1", " O1", "c5", "x", ""]), st.sampled_from(["night", " Tile ", "", "a\\b"])))
)
def test_spaces_between_entries_do_not_matter(candidates: list[Candidate]) -> None:
    text = str(candidates)
    assert read_candidates(text, IS_ID) == read_candidates(text.replace(", ", " ,  "), IS_ID)
