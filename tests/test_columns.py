"""Columns as rules see them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.columns import Column, coalesce, coalesce_cases, constant, from_text, recategorize
from asnforge.pool.model import TextColumn


def texts(column: Column) -> list[str]:
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
        "without letter case",
        "undefined",
        "the empty text always",
        "no numbers",
        "any letters",
        "sharp s",
        "final sigma",
        "ligature",
        "dotted i",
        "undefined, sharp s",
        "no rows",
    ],
)
def test_a_column_of_a_pool(cells: tuple[str, ...], undefined: set[str], values: list[str]) -> None:
    spelled = tuple(sorted(set(cells)))
    read = TextColumn("X", np.array([spelled.index(cell) for cell in cells], np.int32), spelled)
    assert texts(from_text(read, len(cells), undefined)) == values


def test_a_column_that_the_pool_lacks_is_undefined() -> None:
    missing = from_text(None, 3, {"null"})
    assert texts(missing) == ["", "", ""]
    assert missing.defined().tolist() == [False, False, False]


def test_the_order_of_codes_is_that_of_values() -> None:
    assert column("b", "", "c", "a").values == ("", "a", "b", "c")
    assert column("b", "", "c", "a").codes.tolist() == [2, 0, 3, 1]


def test_each_distinct_defined_value_is_asked_about_once() -> None:
    asked: list[str] = []

    def accept(value: str) -> bool:
        asked.append(value)
        return value == "a"

    assert column("a", "b", "a", "", "b").mask(accept).tolist() == [True, False, True, False, False]
    assert asked == ["a", "b"]


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
def test_the_first_that_is_defined(columns: list[Column], values: list[str]) -> None:
    assert texts(coalesce(columns)) == values


@pytest.mark.parametrize(
    ("cases", "values"),
    [
        ([], ["", "", ""]),
        ([("100", constant("x", 3))], ["x", "", ""]),
        ([("110", constant("x", 3)), ("111", column("a", "b", "c"))], ["x", "x", "c"]),
        ([("100", constant("", 3)), ("111", constant("x", 3))], ["", "x", "x"]),
    ],
    ids=["none", "no case holds", "the first that holds", "an undefined value is a value chosen"],
)
def test_choosing_by_cases(cases: list[tuple[str, Column]], values: list[str]) -> None:
    masks = [(np.array([bit == "1" for bit in bits]), chosen) for bits, chosen in cases]
    assert texts(coalesce_cases(3, masks)) == values


@given(st.lists(st.sampled_from(["", "a", "B", "b", "null", "É", "é"]), max_size=12))
def test_recoding_keeps_every_text(cells: list[str]) -> None:
    assert texts(column(*cells)) == cells
    assert list(column(*cells).values) == sorted({"", *cells})
