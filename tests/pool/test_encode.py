"""Cells are encoded as codes into distinct values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.pool import encode
from asnforge.pool.encode import ColumnBuilder, factorize

ASCII = st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=20)
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(ASCII, min_size=1, max_size=40) | st.lists(ANY, min_size=1, max_size=40))
def test_values_indexed_by_codes_are_the_cells(texts: list[str]) -> None:
    cells = np.array(texts, np.str_)
    values, codes = factorize(cells)
    assert values[codes].tolist() == texts
    assert len(set(values.tolist())) == len(values) == len(set(texts))


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["b", "a", "b"], ["b", "a"]),
        (["b", "b"], ["b"]),
        (["", ""], [""]),
        (["longer than eight", "longer than", "longer than eight"], ["longer than eight", "longer than"]),
        (["é", "a", "é"], ["é", "a"]),
        (["☃", "a", "☃"], ["a", "☃"]),
    ],
)
def test_latin_1_values_are_in_order_of_first_appearance(texts: list[str], values: list[str]) -> None:
    assert factorize(np.array(texts))[0].tolist() == values


def test_values_with_the_same_hash_stay_distinct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "hash_words", lambda words: words[0] * np.uint64(0))
    values, codes = factorize(np.array(["b", "a", "b"]))
    assert values[codes].tolist() == ["b", "a", "b"]


def test_a_column_is_built_from_blocks() -> None:
    builder = ColumnBuilder("Name")
    for block in (["b", " a "], [], ["a", "\\xe9\\\\", ""]):
        if block:
            builder.add(np.array(block), escaped="\\\\" in "".join(block))
    column = builder.finish()
    assert (column.name, column.values) == ("Name", ("", "a", "b", "é\\"))
    assert [column[row] for row in range(5)] == ["b", "a", "a", "é\\", ""]


def test_a_column_without_rows() -> None:
    column = ColumnBuilder("Name").finish()
    assert (column.values, column.codes.tolist(), column.codes.dtype) == ((), [], np.dtype(np.int32))
