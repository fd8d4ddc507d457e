"""Conditions select exposures by the values of columns, before rules are applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import pool, ruleset

from asnforge.findings import InputError
from asnforge.grouping.selection import NO_SUCH_VALUE, NONE_SELECTED, NOT_A_CONDITION, read_conditions, select_exposures

NIGHT = pool(
    """
FILE       PROPOSAL CAMERA FIELD EXPTIME CANDIDATES
a_raw.fits 7        red    1     300     o1/night
b_raw.fits 7        Red    2     300.0   o1/night
c_raw.fits 7        blue   .     3.0E2   o2/night
d_raw.fits 8        green  1     30      o2/night
"""
)
LYNX = ruleset(columns={"EXPTIME": {"type": "number"}})


def selected(*texts: str) -> str:
    return "".join(name[0] for name in select_exposures(NIGHT, read_conditions(texts), LYNX)[0].columns["file"].cells())


@pytest.mark.parametrize(
    ("conditions", "files"),
    [
        (["CAMERA=red"], "ab"),
        (["camera=RED"], "ab"),
        (["CAMERA = red , blue"], "abc"),
        (["CAMERA==green"], "d"),
        (["CAMERA!=red"], "cd"),
        (["CAMERA!=red,blue"], "d"),
        (["CAMERA=red", "FIELD=2"], "b"),
        (["CAMERA=red,green", "PROPOSAL!=7"], "d"),
        (["FIELD="], "c"),
        (["FIELD!="], "abd"),
        (["FIELD=1,"], "acd"),
        (["EXPTIME=300"], "abc"),
        (["EXPTIME!=3e2"], "d"),
        (["FILE=c_raw.fits"], "c"),
    ],
)
def test_exposures_that_pass_all_conditions_are_selected(conditions: list[str], files: str) -> None:
    assert selected(*conditions) == files


def test_selected_rows_keep_their_lines_and_have_no_other_values() -> None:
    part, rows = select_exposures(NIGHT, read_conditions(["CAMERA!=red"]), LYNX)
    assert (part.lines.tolist(), rows.tolist()) == ([4, 5], [2, 3])
    assert (part.columns["camera"].values, part.columns["camera"].cells()) == (("blue", "green"), ["blue", "green"])


@pytest.mark.parametrize(
    ("condition", "finding"),
    [
        ("CAMERA=rad,blue", "night.tsv: G126 warning: no exposure has CAMERA 'rad'; did you mean red?"),
        (
            "CAMERA!=infrared",
            "night.tsv: G126 warning: no exposure has CAMERA 'infrared'; its values are blue, green, red",
        ),
        ("FIELD!=99", "night.tsv: G126 warning: no exposure has FIELD '99'; its values are 1, 2"),
        ("EXPTIME!=31", "night.tsv: G126 warning: no exposure has EXPTIME '31'; its values are 30, 300"),
    ],
)
def test_a_value_that_no_exposure_has_is_reported_with_similar_ones(condition: str, finding: str) -> None:
    part, _ = select_exposures(NIGHT, read_conditions([condition]), LYNX)
    assert Path(str(part.findings[-1])).name == finding
    assert part.findings[-1].code == NO_SUCH_VALUE.code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CAMERA", "G125 --where 'CAMERA' is not a condition; write COLUMN=VALUE, COLUMN=VALUE,VALUE or COLUMN!=VALUE"),
        ("FIELD>1", "G125 --where 'FIELD>1' is not a condition; write COLUMN=VALUE, COLUMN=VALUE,VALUE or COLUMN!=VALUE"),
        ("=red", "G125 --where '=red' is not a condition; write COLUMN=VALUE, COLUMN=VALUE,VALUE or COLUMN!=VALUE"),
        ("CAMRA=red", "G125 --where 'CAMRA=red': the pool has no column CAMRA; did you mean CAMERA?"),
        ("CANDIDATES=o1", "G125 --where 'CANDIDATES=o1': a cell of CANDIDATES lists several candidates; "
                          "choose candidates with --ids"),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_used_is_an_error(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        select_exposures(NIGHT, read_conditions([text]), LYNX)
    (finding,) = error.value.findings
    assert str(finding).endswith(message)
    assert finding.code == NOT_A_CONDITION.code


def test_conditions_that_no_exposure_passes_are_an_error() -> None:
    with pytest.raises(InputError) as error:
        select_exposures(NIGHT, read_conditions(["CAMERA=red", "PROPOSAL=8"]), LYNX)
    assert str(error.value.findings[0]).endswith("G127 no exposure passes all of CAMERA=red, PROPOSAL=8")
    assert error.value.findings[0].code == NONE_SELECTED.code
