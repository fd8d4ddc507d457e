"""Preparing a pool: file names, rows that cannot be used, files that are listed twice, other names of columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.observatory import Content, pool, pool_findings, pool_of, rule, ruleset

from asnforge.generation.engine import group
from asnforge.grouping.prepared_pool import prepare_pool

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"
OUT = ", so the exposure cannot be in any association"
TILES: Content = {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile", "pair"]}
OTHER: Content = {
    "columns": {"OBS": {"also": ["OBSERVATION", "OBSNUM"]}, "FILE": {"also": ["NAME"]}, "PROPOSAL": {"also": ["PROG"]}}
}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (". 7 red o1/night", "FILE is empty"),
        ("none 7 red o1/night", "FILE is empty"),
        (".. 7 red o1/night", "FILE '..' is a directory, not a file name"),
        ("x/.. 7 red o1/night", "FILE 'x/..' is a directory, not a file name"),
        ("x/ 7 red o1/night", "FILE 'x/' is a directory, not a file name"),
        ("C:\\x\\ 7 red o1/night", "FILE 'C:\\x\\' is a directory, not a file name"),
        ("a\x07b 7 red o1/night", "FILE 'a\\x07b' has a control character"),
        (f"{'a' * 256} 7 red o1/night", f"FILE '{'a' * 59}…' is too long for a file name"),
    ],
)
def test_unusable_file_name_rejects_its_row(row: str, message: str) -> None:
    table = f"{HEADER}\n{row}\nb 7 red o1/night"
    exposures = prepare_pool(pool(table), ruleset())
    assert exposures.usable.tolist() == [False, True]
    assert pool_findings(table) == [f"night.tsv:2: G102 warning: {message}{OUT}"]


def test_file_names_with_the_same_problem_are_one_finding() -> None:
    rows = "".join(f"{name} 7 red .\n" for name in [".", "x/", ".", "y/", "x/..", "z/", "x/", ".", "b"])
    assert pool_findings(f"{HEADER}\n{rows}") == [
        "night.tsv:2: G102 warning: FILE is empty in 3 rows (lines 2, 4 and 9), so these exposures cannot be in any "
        "association",
        "night.tsv:3: G102 warning: FILE 'x/', 'y/', 'x/..' and 1 other value are a directory, not a file name in 5 rows "
        "(lines 3, 5, 6, 7 and 8), so these exposures cannot be in any association",
    ]


@pytest.mark.parametrize("name", ["./x/a", "/x/y/a", "x\\a", "C:\\x\\a", "../a", "s3://x/a", "/a"])
def test_directory_is_removed_from_file_names(name: str) -> None:
    table = f"{HEADER}\n{name} 7 red .\nb 7 red ."
    assert prepare_pool(pool(table), ruleset()).pool.columns["file"].values == ("a", "b")
    assert pool_findings(table) == []


def test_files_listed_twice_are_reported() -> None:
    rows = [
        "a 7 red o1/night",
        "A 8 red .",
        "b 7 red .",
        "a 7 red .",
        "x/b 7 red .",
        "y\\B 7 red .",
        "../ 7 red .",
        "../ 7 red .",
    ]
    assert pool_findings("\n".join([HEADER, *rows]))[:4] == [
        "night.tsv:3: G103 warning: FILE A is already on line 2: the file is a member of a group only once",
        "night.tsv:5: G103 warning: FILE a is already on line 2: the file is a member of a group only once",
        "night.tsv:6: G103 warning: FILE x/b has the same file name as b on line 4: the file is a member of a group only once",
        "night.tsv:7: G103 warning: FILE y\\B has the same file name as b on line 4: the file is a member of a group only once",
    ]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("OBS", ("1", "2")),
        ("obsnum", ("1", "2")),
        ("OBSERVATION", ("1", "2")),
        ("OBSNUM OBSERVATION", ("x", "y")),
        ("OBSERVATION OBSNUM OBS", ("p", "q")),
    ],
)
def test_other_name_of_a_column_is_read_if_the_pool_does_not_have_its_own(header: str, values: tuple[str, ...]) -> None:
    rows = [["a", "7", "red", "", *cells[: len(header.split())]] for cells in ("1xp", "2yq")]
    rows[1][0] = "b"
    needy = ruleset(rule(require={"several": TILES}), **OTHER)
    exposures = prepare_pool(pool_of([*HEADER.split(), *header.split()], rows), needy)
    assert exposures.columns["obs"].values[1:] == values
    assert exposures.faults.columns == ()


def test_required_columns_can_have_other_names() -> None:
    exposures = prepare_pool(pool("NAME PROG CAMERA CANDIDATES\nx/a 7 red ."), ruleset(**OTHER))
    assert exposures.columns["file"].values == ("", "a")
    assert exposures.columns["proposal"].values == ("", "7")


def test_table_without_lines_is_reported_by_rows() -> None:
    table = replace(
        pool(f"{HEADER}\n. 7 red x\nb 7 red .\nb 7 red ."), format="fits", lines=np.arange(1, 4), header_line=0
    )
    grouping = group(table, ruleset())
    findings = (*grouping.prepared.findings, *grouping.faults.findings("night.fits"))
    assert [str(finding) for finding in findings if finding.code != "G112"] == [
        "nights/night.tsv: row 3: G103 warning: FILE b is already on row 2: the file is a member of a group only once",
        f"night.fits: row 1: G102 warning: FILE is empty{OUT}",
        "night.fits: row 1: G117 warning: CANDIDATES 'x' cannot be read as a list of candidates, so the exposure can only be "
        "in associations over the whole pool; write [('ID', 'TYPE'), ...]",
    ]
