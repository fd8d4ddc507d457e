from __future__ import annotations

from support.observatory import pool, rule
from support.reports import report_of_pool

BANDS = rule("Bands", select={"band": {"column": "BAND", "in": ["g", "r"]}}, group_by={"band": {"column": "BAND"}})
FRAMES = """
FILE       PROPOSAL CAMERA BAND INTENT OBS REGION START
a_raw.fits 7        red    g    x      1   .      61000
b_raw.fits 7        red    g    y      1   .      61002
c_raw.fits 7        red    r    x      1   .      .
d_raw.fits 7        red    g    x      2   .      61000
e_raw.fits 7        red    y    x      2   .      .
f_raw.fits 7        red    y    x      2   .      .
"""


def test_a_mark_represents_exposures_of_the_same_observation_and_associations() -> None:
    report = report_of_pool(pool(FRAMES), BANDS, candidates=None, most_exposures=5)
    marks = report.exposures
    assert marks.counts is not None
    assert marks.times is not None
    assert list(zip(marks.names, marks.last_names, marks.counts.tolist(), strict=True)) == [
        ("a_raw.fits", "b_raw.fits", 2),
        ("c_raw.fits", "c_raw.fits", 1),
        ("d_raw.fits", "d_raw.fits", 1),
        ("e_raw.fits", "f_raw.fits", 2),
    ]
    assert [[column.words[code] for code in column.codes] for column in marks.columns] == [
        ["red", "red", "red", "red"],
        ["g", "r", "g", "y"],
        ["several", "x", "x", "x"],
    ]
    assert [row.exposures.tolist() for row in report.associations] == [[0, 2], [1]]
    assert [(entry.total, entry.exposures.tolist()) for entry in report.orphans] == [(2, [3])]
    assert marks.times.tolist()[0] == 61001
    assert report.notes == (
        "There are 6 exposures, so one mark represents those of the same observation, activity and associations: 4 marks. "
        "Values in which its exposures differ are shown as 'several'.",
    )


def test_up_to_the_limit_each_exposure_has_a_mark() -> None:
    report = report_of_pool(pool(FRAMES), BANDS, candidates=None, most_exposures=6)
    assert (len(report.exposures), report.exposures.counts, report.notes) == (6, None, ())
