"""Case-folded categorical columns."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.columns import (
    Amounts,
    Column,
    categorize,
    coalesce,
    coalesce_cases,
    comparable,
    constant,
    from_text,
    merged,
    recategorize,
    spelled,
    stacked,
    without_amounts,
)
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


_SORTED = st.sets(st.sampled_from(["", "a", "aa", "b", "c", "é"])).map(sorted)


@given(_SORTED, _SORTED)
def test_merged_values_are_sorted_and_found_at_their_places(first: list[str], second: list[str]) -> None:
    values, of_first, of_second = merged(first, second)
    assert list(values) == sorted({*first, *second})
    assert [values[place] for place in of_first] == first
    assert [values[place] for place in of_second] == second


@given(
    st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=1), st.lists(st.sampled_from(["", "b", "d"]), min_size=1)
)
def test_stacked_columns_have_the_rows_of_both(first: list[str], second: list[str]) -> None:
    longer = stacked(column(*first), column(*second))
    assert values_of(longer) == [*first, *second]
    assert list(longer.values) == sorted({"", *first, *second})


def numbers(*cells: str) -> Column:
    """A column of whole numbers and tenths, one for each row."""
    integers = np.array([int(Decimal(cell or "0") * 10) for cell in cells], object)
    return categorize(cells, Amounts(integers, -1), np.arange(len(cells)))


def test_values_with_amounts_are_sorted_by_them() -> None:
    several = numbers("10", "9.5", "", "100", "9.5")
    assert several.values == ("", "9.5", "10", "100")
    assert several.codes.tolist() == [2, 1, 0, 3, 1]
    assert several.amounts is not None
    assert [several.amounts[code] for code in range(4)] == [None, Decimal("9.5"), Decimal(10), Decimal(100)]


def test_coalesced_columns_keep_amounts_if_all_have_them() -> None:
    first, second = numbers("10", "", ""), numbers("1", "9", "")
    merged = coalesce([first, second])
    assert merged.amounts is not None
    assert merged.values == ("", "1", "9", "10")
    assert values_of(merged) == ["10", "9", ""]
    assert coalesce([first, column("x", "y", "z")]).amounts is None
    assert coalesce([first, column("", "", "")]).amounts is not None


def test_columns_without_amounts_are_sorted_as_strings() -> None:
    assert without_amounts(numbers("9", "10")).values == ("", "10", "9")
    assert spelled(numbers("9", "10")).amounts is not None


@pytest.mark.parametrize(
    ("amounts", "arrays", "integers"),
    [
        ((), [[0, 95, 100]], []),
        ((Decimal("0.25"),), [[0, 950, 1000]], [25]),
        ((Decimal(3), Decimal("1e1")), [[0, 95, 100]], [30, 100]),
        ((Decimal("1e30"),), [[0, 95, 100]], [10**31]),
        ((Decimal("1e-20"),), [[0, 95 * 10**19, 10**21]], [1]),
    ],
)
def test_comparable_amounts_are_whole_numbers_of_one_unit(
    amounts: tuple[Decimal, ...], arrays: list[list[int]], integers: list[int]
) -> None:
    of_columns, others = comparable([numbers("10", "9.5")], amounts)
    assert [array.tolist() for array in of_columns] == arrays
    assert others == integers


def test_columns_of_different_units_become_comparable() -> None:
    tenths, thousands = numbers("1.5"), categorize(("2",), Amounts(np.array([2000]), -3), np.zeros(1, int))
    of_columns, _ = comparable([tenths, thousands, column("")])
    assert [array.tolist() for array in of_columns] == [[0, 1500], [0, 2000], [0]]
    with pytest.raises(ValueError, match="without a type"):
        comparable([column("x")])
