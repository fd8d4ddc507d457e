"""Pools in pieces: what is made of them all together is what is made of the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import pool_text, rule, ruleset
from support.pools import LYNX_HEADER, lynx_rows

from asnforge.asnfiles.write import encode
from asnforge.batch.claims import Claim
from asnforge.batch.cutting import Cut, cut
from asnforge.batch.dividing import find_division
from asnforge.batch.pieces import read_piece
from asnforge.batch.scanning import scan_range
from asnforge.findings import InputError
from asnforge.generation.engine import Generation, generate
from asnforge.grouping.pool_faults import merge_faults
from asnforge.pool import Pool, cut_ranges, read_pool

RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule())
DIVISION = find_division(RULES)
assert DIVISION is not None
NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 8        red    2     o1/night
c_raw.f 7        red    1     o1/night
d_raw.f .        red    2     o2/night
e_raw.f 9        red    2     o2/night
f_raw.f 008      red    2     o2/night
"""


def cut_pool(path: Path, *, ranges: int = 1, rows: int = 1) -> Cut | None:
    scans = [scan_range(path, start, stop, DIVISION, RULES, None) for start, stop in cut_ranges(path, ranges)]
    return cut(scans, DIVISION, header_line=1, rows=rows)


def pieces_of(path: Path, cutting: Cut) -> list[Pool]:
    return [read_piece(path, piece, RULES, None) for piece in cutting.pieces]


def written(*generations: Generation) -> dict[str, bytes]:
    found = [(each.file_name, encode(each)) for generation in generations for each in generation.associations]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.tsv"
    path.write_text(pool_text(NIGHT))
    return path


@pytest.mark.parametrize("ranges", [1, 2, 5])
def test_each_part_is_in_one_piece(night: Path, ranges: int) -> None:
    cutting = cut_pool(night, ranges=ranges)
    assert cutting is not None
    assert cutting.claim == Claim(starts=frozenset({"p007", "p008", "p009"}))
    assert [piece.lines.tolist() for piece in cutting.pieces] == [[2, 4], [3, 7], [5], [6]]
    names = [[pool.columns["file"][row] for row in range(len(pool))] for pool in pieces_of(night, cutting)]
    assert names == [["a_raw.f", "c_raw.f"], ["b_raw.f", "f_raw.f"], ["d_raw.f"], ["e_raw.f"]]


def test_small_parts_share_a_piece(night: Path) -> None:
    cutting = cut_pool(night, rows=3)
    assert cutting is not None
    assert [piece.lines.tolist() for piece in cutting.pieces] == [[2, 3, 4, 7], [5, 6]]


def test_parts_that_list_the_same_file_stay_together(night: Path) -> None:
    night.write_text(night.read_text() + "A_RAW.F\t9\tred\t1\t[('o1', 'night')]\n")
    cutting = cut_pool(night)
    assert cutting is not None
    assert [piece.lines.tolist() for piece in cutting.pieces] == [[2, 4, 6, 8], [3, 7], [5]]


def test_a_pool_whose_files_cannot_be_told_apart_is_not_cut(night: Path) -> None:
    night.write_text(night.read_text() + "g_raw.f\t7-o1\tred\t1\t[('o1', 'night')]\n")
    assert cut_pool(night) is None


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
def test_lines_that_are_not_plain(night: Path, line: str, ranges: int) -> None:
    lines = night.read_text().splitlines()
    night.write_text("\n".join([*lines[:3], line, *lines[3:]]) + "\n")
    cutting = cut_pool(night, ranges=ranges)
    assert cutting is not None
    whole = read_pool(night, columns=RULES.columns_read())
    assert cutting.findings == whole.findings
    assert cutting.faulty == len(whole.faulty_lines)
    assert sorted(line for piece in cutting.pieces for line in piece.lines.tolist()) == whole.lines.tolist()
    pieces = [generate(pool, RULES) for pool in pieces_of(night, cutting)]
    assert written(*pieces) == written(generate(whole, RULES))


def test_a_pool_that_changes_between_the_two_looks(night: Path) -> None:
    cutting = cut_pool(night)
    assert cutting is not None
    night.write_text(pool_text(NIGHT).replace("c_raw.f", "# c_raw.f"))
    with pytest.raises(InputError, match="P119 the pool changed while it was being read"):
        pieces_of(night, cutting)


@given(
    rows=lynx_rows(programmes=("7", "8", "07", "9", "none", "")),
    shared=st.booleans(),
    ranges=st.integers(1, 4),
    size=st.integers(1, 5),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_pieces_make_what_the_whole_makes(
    rows: list[list[str]], shared: bool, ranges: int, size: int, line_end: str
) -> None:
    if shared:
        rows = [[row[0].partition("-")[2], *row[1:]] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "night.tsv")
        path.write_bytes("".join("\t".join(row) + line_end for row in [LYNX_HEADER, *rows]).encode())
        whole = generate(read_pool(path, columns=RULES.columns_read()), RULES)
        cutting = cut_pool(path, ranges=ranges, rows=size)
        assert cutting is not None
        pieces = [generate(pool, RULES) for pool in pieces_of(path, cutting)]
    assert written(*pieces) == written(whole)
    assert sorted(line for piece in pieces for line in piece.orphans) == [*whole.orphans]
    faults = merge_faults(piece.faults for piece in pieces).findings(whole.pool)
    found = {*cutting.findings, *faults, *(finding for piece in pieces for finding in piece.notes)}
    assert found == set(whole.findings)
