"""Columns that are likely misspelled, and pairs of columns that real pools have."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import rule, write_ruleset

from asnforge.lint.check_rules import check_rules
from asnforge.lint.misspelled import looks_misspelled

MISSPELLED = """
FILTR FILTER, FITER FILTER, FLITER FILTER, FILTE FILTER, FILTERR FILTER, FILTWR FILTER, FILTR1 FILTER1, EXPTYPE EXP_TYPE,
EXP_TYPE EXPTYPE, EXPTYP EXP_TYPE, OBSNUM OBS_NUM, MJD_OBS MJD-OBS, DATE_OBS DATE-OBS, INSTRUMENT INSTRUME, IMAGETYPE IMAGETYP,
OBSERVATORY OBSERVAT, TARGTID TARGETID, PROGRAMM PROGRAM, PROGGRAM PROGRAM, BNAD BAND, OBJCT OBJECT, OBEJCT OBJECT,
DETECTER DETECTOR, SUBARAY SUBARRAY, PATTNUM PATT_NUM, EXPOSURETIME EXPOSURE_TIME, GRATNG GRATING, SIDES SIDE, BINXX BINX
"""
PAIRS = """
FILE FILTER, BINX BINY, RA DEC, FILTER1 FILTER2, FILTER FILTER2, DATE-OBS DATE-END, DATE-BEG DATE-END, TIME-OBS DATE-OBS,
A_1 A_2,
XBINNING YBINNING, TARGET TARGETID, VISIT VISITYPE, OBS_NUM OBS_NAME, GRISM PRISM, RA_OBS RA_OBJ, DETXPOS DETYPOS, BIN BINX,
EXPTIME TEXPTIME, EXPTIME EXPTYPE, OBSERVER OBSERVAT, PROGRAM PROGRAM_ID, X_POS Y_POS, CCD-TEMP SET-TEMP, MODE MODEL,
FILTERA FILTERB, SLIT SLITA, CRVAL1 CRVAL2, GS_RA GS_DEC, PA_V3 PA_V1, AMP_A AMP_B, OBS_ID OBJ_ID, XOFFSET YOFFSET,
UTSTART UTSTOP, EXPOSURE EXPOSURE_TYPE, WIN1_BINX WIN2_BINX, NAXIS1 NAXIS2, PIXSCALX PIXSCALY, MIN_MAG MAX_MAG
"""


def pairs(text: str) -> list[tuple[str, ...]]:
    return [tuple(pair.lower().split()) for pair in text.split(",")]


@pytest.mark.parametrize(("name", "usual"), pairs(MISSPELLED))
def test_typing_error_is_detected(name: str, usual: str) -> None:
    assert looks_misspelled(name, usual)


@pytest.mark.parametrize(("name", "usual"), pairs(PAIRS))
def test_pairs_and_series_are_not_misspelled(name: str, usual: str) -> None:
    assert not looks_misspelled(name, usual)
    assert not looks_misspelled(usual, name)


def misspelled(folder: Path, column: str, **blocks: object) -> list[str]:
    """The findings about a column that only one rule reads, next to columns that two rules read."""
    keys = {"filter": {"column": "FILTER"}, "kind": {"column": "EXP_TYPE"}, "bin": {"column": "BINX"}}
    one, two = rule("One", group_by=keys), rule("Two", group_by={**keys, "other": {"column": column}})
    write_ruleset(folder, one, two, **blocks)
    return [finding.message + "; " + finding.hint for finding in check_rules(folder).findings if finding.code == "R304"]


@pytest.mark.parametrize(("column", "usual"), [("FILTR", "FILTER"), ("EXPTYPE", "EXP_TYPE"), ("FILT_ER", "FILTER")])
def test_misspelled_column_is_reported_with_the_closest_one(tmp_path: Path, column: str, usual: str) -> None:
    declare = f"If the name is right, declare it in ruleset.yaml: 'columns: {{{column}: {{}}}}'"
    assert misspelled(tmp_path, column) == [f"{column} is used only here; did you mean {usual}? {declare}"]


def test_declared_column_is_not_reported(tmp_path: Path) -> None:
    assert misspelled(tmp_path, "FILTR", columns={"FILTR": {}}) == []


@pytest.mark.parametrize("column", ["BINY", "FILTER2", "FILE", "EXPTIME", "filter"])
def test_distinct_column_is_not_reported(tmp_path: Path, column: str) -> None:
    assert misspelled(tmp_path, column) == []


@pytest.mark.parametrize(
    "members", [{"file_name": "FILTR"}, {"exposerr": "FILTR"}], ids=["file name", "note of an error"]
)
def test_columns_of_the_conventions_are_not_reported(tmp_path: Path, members: dict[str, str]) -> None:
    content = {
        "file_name": "FILE",
        "pattern": "(?P<root>.+)",
        "name": "{root}",
        "exposerr": "TROUBLE",
        "exptype": "role",
    }
    assert misspelled(tmp_path, "FILTER", members={**content, **members}) == []
