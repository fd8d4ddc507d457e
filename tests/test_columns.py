"""Case-folded categorical columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.columns import Column, coalesce, coalesce_cases, constant, from_text, recategorize
from asnforge.pool.model import TextColumn


def values_of(column: Column) -> list[str]:
    return [column[row] for row in range(len(column.codes))]


def column(*cells: str) -> Column:
    return recategorize(cells, np.arange(len(cells)))


@pytest.mark.parametrize(
    ("cells", "undefined", "values"),
    [
        (("b", "A", "a", ""), {""}, ["b", "a", "a", ""]),
        (("NULL", "null", "N", "n", "none"), {"null", "n"}, ["", "", "", "", "none"]),
        (("x", ""), set(), ["x", ""]),
        (("01", "1"), set(), ["01", "1"]),
        (("ÄÖ", "äö"), set(), ["äö", "äö"]),
        (("STRASSE", "straße", "Straẞe"), set(), ["strasse"] * 3),
        (("ΑΣ", "ας", "ασ"), set(), ["ασ"] * 3),
        (("ﬁlter", "FILTER"), set(), ["filter"] * 2),
        (("İ", "i"), set(), ["i̇", "i"]),
        (("KEINE GRÖẞE", "keine größe"), {"keine grösse"}, ["", ""]),
        ((), {""}, []),
    ],
    ids=[
        "case-insensitive",
        "undefined",
        "the empty string is always undefined",
        "numbers stay strings",
        "non-ASCII letters",
        "sharp s",
        "final sigma",
        "ligature",
        "dotted i",
        "undefined, sharp s",
        "no rows",
    ],
)
def test_a_column_of_a_pool_is_case_folded_and_its_undefined_values_are_empty(
    cells: tuple[str, ...], undefined: set[str], values: list[str]
) -> None:
    spellings = tuple(sorted(set(cells)))
    read = TextColumn("X", np.array([spellings.index(cell) for cell in cells], np.int32), spellings)
    assert values_of(from_text(read, len(cells), undefined)) == values


def test_a_column_that_the_pool_does_not_have_is_undefined() -> None:
    missing = from_text(None, 3, {"null"})
    assert values_of(missing) == ["", "", ""]
    assert missing.defined().tolist() == [False, False, False]


def test_codes_have_the_order_of_values() -> None:
    assert column("b", "", "c", "a").values == ("", "a", "b", "c")
    assert column("b", "", "c", "a").codes.tolist() == [2, 0, 3, 1]


def test_mask_calls_accept_once_for_each_distinct_defined_value() -> None:
    calls: list[str] = []

    def accept(value: str) -> bool:
        calls.append(value)
        return value == "a"

    assert column("a", "b", "a", "", "b").mask(accept).tolist() == [True, False, True, False, False]
    assert calls == ["a", "b"]


def test_an_undefined_value_is_never_accepted() -> None:
    assert column("", "a").mask(lambda _: True).tolist() == [False, True]


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ([column("a", "", "")], ["a", "", ""]),
        ([column("a", "", ""), column("x", "x", "")], ["a", "x", ""]),
        ([column("", "", ""), column("", "b", ""), column("c", "c", "a")], ["c", "b", "a"]),
    ],
)
def test_coalesce_returns_the_first_defined_value(columns: list[Column], values: list[str]) -> None:
    assert values_of(coalesce(columns)) == values


@pytest.mark.parametrize(
    ("cases", "values"),
    [
        ([], ["", "", ""]),
        ([("100", constant("x", 3))], ["x", "", ""]),
        ([("110", constant("x", 3)), ("111", column("a", "b", "c"))], ["x", "x", "c"]),
        ([("100", constant("", 3)), ("111", constant("x", 3))], ["", "x", "x"]),
    ],
    ids=["no cases", "no case is true", "the first true case", "an undefined value of a true case"],
)
def test_coalesce_cases_returns_the_value_of_the_first_true_case(
    cases: list[tuple[str, Column]], values: list[str]
) -> None:
    masks = [(np.array([bit == "1" for bit in bits]), chosen) for bits, chosen in cases]
    assert values_of(coalesce_cases(3, masks)) == values


@given(st.lists(st.sampled_from(["", "a", "B", "b", "null", "É", "é"]), max_size=12))
def test_recategorize_keeps_every_value(cells: list[str]) -> None:
    assert values_of(column(*cells)) == cells
    assert list(column(*cells).values) == sorted({"", *cells})
