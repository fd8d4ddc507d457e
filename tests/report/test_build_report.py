from __future__ import annotations

import pytest
from support.night import FIELDS, NIGHT
from support.observatory import pool, rule
from support.reports import report_of_pool

from asnforge.report.model import Report, ShownAssociation

CHAIN = (
    rule(
        "Bias", select={"bias": {"column": "BAND", "is": "b"}}, product="bias_{program}", product_file="{product}.fits"
    ),
    rule(
        "Target",
        select={"target": {"column": "BAND", "is": "g"}},
        attach={"bias": {"product_of": "Bias", "match": ["CAMERA"]}},
        product="target_{program}",
    ),
)
FRAMES = """
FILE       PROPOSAL CAMERA BAND REGION START NIGHT
b_raw.fits 7        red    b    .      .     2026-03-14
c_raw.fits 7        red    b    .      61000 .
g_raw.fits 7        red    g    .      later 2026-03-14T12:00
"""


def members(row: ShownAssociation, report: Report) -> list[str]:
    """The members of a row that are exposures, as ``expname exptype``."""
    pairs = zip(row.exposures.tolist(), row.roles.tolist(), strict=True)
    return [f"{report.exposures.names[exposure]} {report.roles[role]}" for exposure, role in pairs]


@pytest.fixture(scope="module")
def night() -> Report:
    return report_of_pool(pool(NIGHT), FIELDS)


def test_tiles_link_to_sections(night: Report) -> None:
    assert [(tile.count, tile.section, tile.is_problem) for tile in night.tiles] == [
        (9, "exposures", False),
        (3, "associations", False),
        (4, "orphans", True),
        (0, "missing", False),
        (2, "warnings", True),
        (0, "errors", False),
    ]


def test_exposures_are_in_the_order_of_observations_and_file_names(night: Report) -> None:
    shown = night.exposures
    assert shown.observation is not None
    assert shown.lines.tolist() == [2, 9, 7, 10, 3, 4, 5, 6, 8]
    assert [shown.observation.words[code] for code in shown.observation.codes] == list("111123338")
    assert [column.title for column in shown.columns] == ["CAMERA", "BAND", "INTENT"]
    assert [shown.columns[1].words[code] for code in shown.columns[1].codes] == list("ggygggryy")


def test_rows_have_the_members_of_associations(night: Report) -> None:
    assert [(row.heading, row.product, members(row, night)) for row in night.associations] == [
        ("c5, tile", "p007-c5_f01_red_open", ["a_raw.fits science", "b_raw.fits psf"]),
        (
            "z9, everything",
            "p007-z9_f01_red_open",
            ["a_raw.fits science", "s_raw.fits setup", "b_raw.fits psf"],
        ),
        ("z9, everything", "p007-z9_f02_red_open", ["b_raw.fits psf", "c_raw.fits science"]),
    ]


def test_constraints_that_only_exclude_come_last_and_are_folded(night: Report) -> None:
    row = night.associations[0]
    assert row.constraints[-row.folded :] == (("no_setup", "ROLE is not setup"),)
    assert ("light", "g") in row.constraints[: -row.folded]


def test_orphans_by_reason_and_whether_something_almost_matched(night: Report) -> None:
    assert [(entry.reason, entry.almost, entry.exposures.tolist()) for entry in night.orphans] == [
        ("FILE is a directory, not a file name", True, [3]),
        ("no rule selects it: BAND is y", False, [7]),
        ("rejected by Fields: key field requires FIELD to be defined, found undefined", True, [6]),
        ("supporting exposure (setup), but no group in its scopes has the same OBS", True, [8]),
    ]


def test_a_product_that_is_a_member_names_the_row_that_makes_it() -> None:
    report = report_of_pool(pool(FRAMES), *CHAIN, candidates=None)
    bias, target = report.associations
    assert members(bias, report) == ["b_raw.fits science", "c_raw.fits science"]
    assert members(target, report) == ["g_raw.fits science"]
    assert [(each.expname, each.role, each.association) for each in target.products] == [("bias_p007.fits", "bias", 0)]
    assert target.through is not None
    assert target.through.tolist() == [0, 1]


def test_the_first_time_that_is_defined_is_a_modified_julian_date() -> None:
    times = report_of_pool(pool(FRAMES), *CHAIN, candidates=None).exposures.times
    assert times is not None
    assert [None if time != time else time for time in times.tolist()] == [61113, 61000, None]


def test_an_attachment_has_the_sets_that_it_had_to_choose_from() -> None:
    frames = FRAMES.replace("61000", "61001").replace("later", "61003").replace("2026-03-14 ", ". ")
    near = CHAIN[1]
    match = {"column": "PROPOSAL"}
    near = near | {
        "attach": {
            "flat": {
                "when": {"column": "BAND", "is": "b"},
                "match": {"same": match},
                "nearest": ["START"],
                "at_most": "1",
            }
        }
    }
    report = report_of_pool(pool(frames), near, candidates=None, columns={"START": {"type": "time"}})
    (row,) = report.associations
    (choice,) = row.choices
    assert [(each.name, each.outcome, each.distances) for each in choice.sets] == [
        ("c_raw.fits", "taken", ("START 2 d before",)),
        ("b_raw.fits", "farther", ("START undefined",)),
    ]


def test_derived_columns_are_shown_as_rules_read_them() -> None:
    shown = {"columns": ["role"], "observation": ["level"]}
    report = report_of_pool(pool(NIGHT), FIELDS, report=shown)
    (role,) = [column for column in report.exposures.columns if column.title == "role"]
    names = [name.partition("_")[0] for name in report.exposures.names]
    assert dict(zip(names, (role.words[code] for code in role.codes), strict=True)) == {
        "a": "science",
        "b": "psf",
        "c": "science",
        "d": "science",
        "e": "science",
        "s": "setup",
        "t": "setup",
        "y/": "science",
    }
