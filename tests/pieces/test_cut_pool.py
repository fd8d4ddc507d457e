"""Pools in pieces give the same associations as the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import pool_text, rule, ruleset
from support.pools import LYNX_HEADER, lynx_rows

from asnforge.asnfiles.association_text import encode
from asnforge.findings import InputError
from asnforge.generation.engine import generate
from asnforge.generation.result import Generation
from asnforge.grouping.pool_faults import merge_faults
from asnforge.pieces.cut_pool import Cut, cut_pool, read_piece
from asnforge.pieces.partition import columns_of_parts, find_partitions
from asnforge.pieces.scan import cut_ranges, scan_range
from asnforge.pool import Pool, read_pool
from asnforge.rules.ruleset import Ruleset

RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule())
NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 8        red    2     o1/night
c_raw.f 7        red    1     o1/night
d_raw.f .        red    2     o2/night
e_raw.f 9        red    2     o2/night
f_raw.f 008      red    2     o2/night
"""


def cut(path: Path, *others: Ruleset, rules: Ruleset = RULES, ranges: int = 1, rows: int = 1) -> Cut | None:
    partitions = find_partitions((rules, *others))
    assert partitions is not None
    columns = columns_of_parts(partitions)
    scans = [scan_range(path, start, stop, columns, None) for start, stop in cut_ranges(path, ranges)]
    return cut_pool(scans, partitions, header_line=1, rows=rows)


def pieces_of(path: Path, result: Cut, rules: Ruleset = RULES) -> list[Pool]:
    return [read_piece(str(path), piece, rules.columns_read(), None) for piece in result.pieces]


def written(*generations: Generation) -> dict[str, bytes]:
    files = [(item.file_name, encode(item)) for generation in generations for item in generation.associations]
    assert len(dict(files)) == len(files)
    return dict(files)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.tsv"
    path.write_text(pool_text(NIGHT))
    return path


@pytest.mark.parametrize("ranges", [1, 2, 5])
def test_each_part_is_in_one_piece(night: Path, ranges: int) -> None:
    result = cut(night, ranges=ranges)
    assert result is not None
    assert [piece.lines.tolist() for piece in result.pieces] == [[2, 4], [3, 7], [5], [6]]
    names = [[pool.columns["file"][row] for row in range(len(pool))] for pool in pieces_of(night, result)]
    assert names == [["a_raw.f", "c_raw.f"], ["b_raw.f", "f_raw.f"], ["d_raw.f"], ["e_raw.f"]]


def test_small_parts_share_a_piece(night: Path) -> None:
    result = cut(night, rows=3)
    assert result is not None
    assert [piece.lines.tolist() for piece in result.pieces] == [[2, 3, 4, 7], [5, 6]]


def test_parts_that_list_the_same_file_stay_together(night: Path) -> None:
    night.write_text(night.read_text() + "A_RAW.F\t9\tred\t1\t[('o1', 'night')]\n")
    result = cut(night)
    assert result is not None
    assert [piece.lines.tolist() for piece in result.pieces] == [[2, 4, 6, 8], [3, 7], [5]]


def test_a_pool_with_ambiguous_file_names_is_not_cut(night: Path) -> None:
    night.write_text(night.read_text() + "g_raw.f\t7-o1\tred\t1\t[('o1', 'night')]\n")
    assert cut(night) is None


@pytest.mark.parametrize(
    "line",
    [
        "# a comment",
        "",
        "too\tfew",
        '"x_raw.f"\t7\tred\t1\t',
        "x\0_raw.f\t7\tred\t1\t",
        "é_raw.f\t7\tred\t1\t",
        " x_raw.f \t 7 \tred\t1\t",
        "x" * 300 + "_raw.f\t7\tred\t1\t",
    ],
    ids=["comment", "blank", "ragged", "quoted", "NUL", "accent", "blanks", "long"],
)
@pytest.mark.parametrize("ranges", [1, 3])
def test_unusual_lines_are_treated_as_in_the_whole_pool(night: Path, line: str, ranges: int) -> None:
    lines = night.read_text().splitlines()
    night.write_text("\n".join([*lines[:3], line, *lines[3:]]) + "\n")
    result = cut(night, ranges=ranges)
    assert result is not None
    whole = read_pool(night, columns=RULES.columns_read())
    assert result.findings == whole.findings
    assert len(result.findings) == len(whole.faulty_lines)
    assert sorted(line for piece in result.pieces for line in piece.lines.tolist()) == whole.lines.tolist()
    pieces = [generate(pool, RULES) for pool in pieces_of(night, result)]
    assert written(*pieces) == written(generate(whole, RULES))


def test_a_pool_that_changes_after_the_scan_is_rejected(night: Path) -> None:
    result = cut(night)
    assert result is not None
    night.write_text(pool_text(NIGHT).replace("c_raw.f", "# c_raw.f"))
    with pytest.raises(InputError, match="P119 the pool changed while it was being read"):
        pieces_of(night, result)


@given(
    rows=lynx_rows(programs=("7", "8", "07", "9", "none", "")),
    shared=st.booleans(),
    ranges=st.integers(1, 4),
    size=st.integers(1, 5),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_pieces_give_the_associations_of_the_whole(
    rows: list[list[str]], shared: bool, ranges: int, size: int, line_end: str
) -> None:
    if shared:
        rows = [[row[0].partition("-")[2], *row[1:]] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "night.tsv")
        path.write_bytes("".join("\t".join(row) + line_end for row in [LYNX_HEADER, *rows]).encode())
        whole = generate(read_pool(path, columns=RULES.columns_read()), RULES)
        result = cut(path, ranges=ranges, rows=size)
        assert result is not None
        pieces = [generate(pool, RULES) for pool in pieces_of(path, result)]
    assert written(*pieces) == written(whole)
    assert sorted(line for piece in pieces for line in piece.orphans) == [*whole.orphans]
    faults = merge_faults(piece.faults for piece in pieces).findings(whole.pool)
    found = {*result.findings, *faults, *(finding for piece in pieces for finding in piece.notes)}
    assert found == set(whole.findings)


PRODUCTS = ruleset(
    rule("Fields", group_by={"field": {"column": "FIELD"}}, product_file="{product}.f"),
    rule(
        "Deep", product_of="Fields", asn_type="deep", product="{program}-{scope}-{camera}", product_file="{product}.f"
    ),
    rule("Deeper", product_of="Deep", asn_type="deeper", product="{program}-{scope}"),
)


@pytest.mark.parametrize("rows", [1, 3])
def test_pieces_have_the_same_products_of_rules_as_the_whole(night: Path, rows: int) -> None:
    result = cut(night, rules=PRODUCTS, ranges=2, rows=rows)
    assert result is not None
    pieces = [generate(pool, PRODUCTS) for pool in pieces_of(night, result, PRODUCTS)]
    whole = generate(read_pool(night, columns=PRODUCTS.columns_read()), PRODUCTS)
    assert written(*pieces) == written(whole)
    assert {association.asn_rule for association in whole.associations} == {"Fields", "Deep", "Deeper"}
