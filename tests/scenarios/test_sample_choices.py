"""What the sample pools of ground-based observatories have to choose from: masters, distances and preferences."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import asnforge
from asnforge.explain import Trace, explain_exposure, find_exposures, find_orphans, trace_rules

DATA = Path(__file__).parents[2] / "data"
BIASES = "others are preferred: MJD-OBS within 5 d"


@cache
def traced(name: str, rules: str) -> Trace:
    return trace_rules(asnforge.read_pool(DATA / f"{name}.tsv"), asnforge.load_ruleset(rules))


def ccd() -> Trace:
    return traced("ccd_pool", "ccd-observatory")


def fors() -> Trace:
    return traced("fors2_pool", "eso-fors2-imaging")


def sets(trace: Trace, exposure: str, rule: str, attachment: str) -> list[str]:
    """The sets that an attachment has for the group of an exposure, each with its outcome, its distances, and why."""
    (row,) = find_exposures(trace.pool, trace.ruleset.members.file_name, exposure)
    (group,) = (each.groups[0] for each in explain_exposure(trace, row).rules if each.rule == rule)
    (choice,) = (each for each in group.choices if each.attachment == attachment)
    return [
        "; ".join(filter(None, (f"{entry.name} {entry.outcome}", *entry.distances, entry.reason)))
        for entry in choice.sets
    ]


@pytest.mark.parametrize(
    ("exposure", "rule", "attachment", "expected"),
    [
        (
            "dark_0018.fits",
            "Master_Dark",
            "bias",
            [
                "masterbias_g56_b1_2026-10-09.fits taken; DATE-OBS 5.998 h before",
                "masterbias_g56_b1_2026-10-14.fits farther; DATE-OBS 5.247 d after; farther",
            ],
        ),
        (
            "ngc7331_0040.fits",
            "Lights",
            "bias",
            [
                "masterbias_g56_b1_2026-10-14.fits taken; DATE-OBS 18.83 h before",
                "masterbias_g56_b1_2026-10-09.fits farther; DATE-OBS 6.285 d before; farther",
            ],
        ),
        (
            "m31_0054.fits",
            "Lights",
            "dark",
            [
                "masterdark_59.8s_g0_b2_2026-10-28.fits taken; EXPTIME 0.2 s away; CCD-TEMP 0.3 away; DATE-OBS 58.97 min before"
            ],
        ),
        (
            "m33_0043.fits",
            "Lights",
            "flat",
            ["masterflat_ha_g56_b1_2026-10-09.fits taken; DATE-OBS 6.278 d before; although not: DATE-OBS within 1 d"],
        ),
        (
            "ngc7331_0026.fits",
            "Lights",
            "flat",
            ["masterflat_r_g56_b1_2026-10-14.fits taken; DATE-OBS 8.101 h after; preferred: DATE-OBS within 1 d"],
        ),
        ("m31_0054.fits", "Lights", "flat", []),
    ],
)
def test_masters_of_the_small_observatory(exposure: str, rule: str, attachment: str, expected: list[str]) -> None:
    assert sets(ccd(), exposure, rule, attachment) == expected


@pytest.mark.parametrize(
    ("exposure", "rule", "attachment", "expected"),
    [
        (
            "FORS2.2016-02-11T23:35:09.000.fits",
            "MASTER_SKY_FLAT_IMG",
            "master_bias",
            [
                "MASTER_BIAS_2016-02-10t103000.fits taken; MJD-OBS 1.544 d before; preferred: MJD-OBS within 5 d",
                f"MASTER_BIAS_2016-02-20t110000.fits not preferred; MJD-OBS 8.475 d after; {BIASES}",
            ],
        ),
        (
            "FORS2.2016-01-24T23:50:09.000.fits",
            "MASTER_SKY_FLAT_IMG",
            "master_bias",
            [
                "MASTER_BIAS_2016-02-10t103000.fits taken; MJD-OBS 16.44 d after; although not: MJD-OBS within 5 d",
                "MASTER_BIAS_2016-02-20t110000.fits farther; MJD-OBS 26.47 d after; farther",
            ],
        ),
        (
            "FORS2.2016-02-13T02:05:09.000.fits",
            "SCI_IMG",
            "master_sky_flat",
            [
                "MASTER_SKY_FLAT_IMG_r_special_2016-02-11t233500.fits taken; MJD-OBS 1.103 d before; "
                "preferred: MJD-OBS within 14 d",
                "MASTER_SKY_FLAT_IMG_r_special_2016-02-19t233700.fits farther; MJD-OBS 6.898 d after; farther",
            ],
        ),
        (
            "FORS2.2016-02-13T03:10:09.000.fits",
            "SCI_IMG",
            "master_sky_flat",
            [
                "MASTER_SKY_FLAT_IMG_b_high_2016-01-24t235000.fits taken; MJD-OBS 19.14 d before; "
                "although not: MJD-OBS within 14 d"
            ],
        ),
        (
            "FORS2.2016-02-13T02:05:09.000.fits",
            "SCI_IMG",
            "standard",
            [
                "FORS2.2016-02-13T00:20:09.000.fits taken; MJD-OBS 1.75 h before",
                "FORS2.2016-02-13T09:40:09.000.fits taken; MJD-OBS 7.583 h after",
            ],
        ),
        ("FORS2.2016-02-13T03:10:09.000.fits", "SCI_IMG", "standard", []),
        ("FORS2.2016-02-13T04:00:09.000.fits", "SCI_IMG", "master_sky_flat", []),
    ],
)
def test_levels_of_masters_of_fors(exposure: str, rule: str, attachment: str, expected: list[str]) -> None:
    assert sets(fors(), exposure, rule, attachment) == expected


def test_two_sky_flats_do_not_make_a_master_and_their_science_frame_is_incomplete() -> None:
    reasons = {entry.reason: [exposure.line for exposure in entry.exposures] for entry in find_orphans(fors())}
    (flats,) = (lines for reason, lines in reasons.items() if reason.startswith("selected by MASTER_SKY_FLAT_IMG"))
    (science,) = (reason for reason in reasons if reason.startswith("selected by SCI_IMG"))
    assert flats == [32, 33]
    assert science.endswith("and INS FILT1 NAME v_high has fewer than 3 science members")
