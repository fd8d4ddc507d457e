"""The sample pools agree with their declarations, and are consistent as real pools are."""

from __future__ import annotations

import re

import pytest
from sample_pools.make import COLUMNS, DATA, OTHER_RULES, all_declarations, declarations, pool_rows, pool_text

DECLARATIONS = all_declarations()
FILE_NAME = re.compile(r"jw(\d{11})_(\d{5})_(\d{5})_([a-z0-9]+)_uncal\.fits")


def test_every_pool_has_a_declaration() -> None:
    assert sorted(path.name for path in DATA.glob("*.tsv")) == sorted(
        {*DECLARATIONS, *(f"{name}.tsv" for name in OTHER_RULES)}
    )


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_pool_equals_its_declaration(name: str) -> None:
    assert (DATA / name).read_bytes() == pool_text(DECLARATIONS[name]).encode()


@pytest.mark.parametrize("name", DECLARATIONS)
def test_the_columns_of_a_row_agree(name: str) -> None:
    for row in pool_rows(DECLARATIONS[name]):
        match = FILE_NAME.fullmatch(row["FILENAME"])
        assert match
        assert match.groups() == (
            row["VISIT_ID"],
            f"{row['VISITGRP']:0>2}{row['SEQ_ID']}{row['ACT_ID']}",
            f"{row['EXPOSURE']:0>5}",
            row["DETECTOR"].lower(),
        )
        assert row["VISIT_ID"] == f"{row['PROGRAM']:0>5}{row['OBS_NUM']:0>3}{row['VISIT']:0>3}"
        assert row["OBS_ID"] == f"V{row['VISIT_ID']}P00000000{match.group(2)}"
        assert f"('o{row['OBS_NUM']:0>3}', 'OBSERVATION')" in row["ASN_CANDIDATE"]
        assert int(row["EXPCOUNT"]) <= int(row["NEXPOSUR"])


def test_no_exposure_occurs_twice() -> None:
    names = [row["FILENAME"] for program in DECLARATIONS.values() for row in pool_rows(program)]
    assert len(set(names)) == len(names)


def test_an_unknown_column_is_rejected() -> None:
    declaration = DECLARATIONS["miri_wfss_pool.tsv"]
    declaration = declaration | {"columns": declaration["columns"] | {"FILTRE": "F560W"}}
    with pytest.raises(KeyError, match="FILTRE"):
        pool_text(declaration)


def test_every_column_is_listed_once() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS) == 60


def test_the_readme_has_a_line_for_each_pool() -> None:
    table = re.findall(r"^\| `(\S+)` \| (\d+) \|", (DATA / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    rows = [(name, str(sum(1 for _ in pool_rows(program)))) for name, program in declarations().items()]
    assert table == rows
