"""Preferences that can never decide, and other options without an effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.observatory import rule, write_ruleset

from asnforge.lint.check_rules import check_rules

COLUMNS = {
    "TIME": {"type": "time"},
    "LONG": {"type": "number"},
    "OTHER": {"type": "number"},
    "RA": {"type": "angle"},
    "DEC": {"type": "angle"},
}


def findings(tmp_path: Path, **blocks: Any) -> list[str]:
    folder = write_ruleset(tmp_path / "lynx", rule(**blocks), columns=COLUMNS)
    found = [finding for finding in check_rules(folder).findings if finding.code != "R307"]
    found = [finding for finding in found if finding.file.endswith("image.yaml")]
    assert all(finding.line and finding.column for finding in found)
    return [f"{finding.code} {finding.message}" for finding in found]


def time(**entries: str) -> dict[str, str]:
    return {"column": "TIME", **entries}


IMPLIED = ["R273 lamps requires this in match, so the preference has no effect"]
OPPOSITE = ["R273 lamps requires the opposite in match, so no set meets this preference"]
SKY = {"position": ["RA", "DEC"]}


@pytest.mark.parametrize(
    ("match", "prefer", "expected"),
    [
        (time(within="14 d"), time(within="1 d"), []),
        (time(within="14 d"), time(within="14 d"), IMPLIED),
        (time(within="14 d"), time(within="30 d"), IMPLIED),
        (time(within="14 d"), time(before="14 d"), []),
        (time(within="14 d"), time(before="14 d", after="14 d"), IMPLIED),
        (time(before="14 d"), time(within="14 d"), IMPLIED),
        (time(before="any"), time(within="14 d"), []),
        (time(before="any"), time(after="2 d"), []),
        (time(within="1 d"), time(apart="2 d"), OPPOSITE),
        (time(apart="2 d"), time(within="1 d"), OPPOSITE),
        (time(apart="2 d"), time(apart="1 d"), IMPLIED),
        (time(apart="2 d"), time(within="2 d"), []),
        (time(within="1 d", optional="yes"), time(within="2 d"), []),
        (time(within="1 d", optional="yes"), time(within="2 d", optional="yes"), IMPLIED),
        (time(within="1 d"), time(within="2 d", optional="own"), IMPLIED),
        ({"column": "CAMERA"}, {"column": "CAMERA", "differs": "yes"}, OPPOSITE),
        ({"column": "CAMERA"}, {"column": "CAMERA", "optional": "own"}, IMPLIED),
        ({"column": "CAMERA", "differs": "yes"}, {"column": "CAMERA"}, OPPOSITE),
        ({"column": "BAND", "optional": "yes"}, {"column": "BAND"}, []),
        ({"column": "LONG"}, {"column": "LONG", "within": "1"}, IMPLIED),
        ({"column": "LONG"}, {"column": "LONG", "own": "OTHER", "within": "1"}, []),
        ({"column": "LONG", "within": {"column": "LONG"}}, {"column": "LONG", "within": "1"}, []),
        ({**SKY, "within": "1 deg"}, {**SKY, "within": "2 deg"}, IMPLIED),
        ({**SKY, "within": "1 deg"}, {**SKY, "within": "30 arcmin"}, []),
    ],
)
def test_preference_that_match_decides(tmp_path: Path, match: Any, prefer: Any, expected: list[str]) -> None:
    lamps = {"match": {"one": match}, "prefer": [prefer], "at_most": "1"}
    assert findings(tmp_path, attach={"lamps": lamps}) == expected


KIND = {"column": "KIND", "is": "lamp"}
SAME = "R273 an earlier preference is the same, so this one has no effect"


@pytest.mark.parametrize(
    ("when", "prefer", "expected"),
    [
        (KIND, [{"column": "KIND", "matches": ".*lamp"}], ["R302 prefer 1 of lamps of rule Image is redundant: "]),
        (KIND, [{"column": "KIND", "is": "sun"}], ["R301 no exposure passes prefer 1 of lamps of rule Image: "]),
        (
            KIND,
            [{"all": [{"column": "X", "is": "1"}, {"column": "X", "is": "2"}]}],
            ["R301 no exposure passes prefer 1 "],
        ),
        (KIND, [{"column": "BAND", "is": "r"}], []),
        (KIND, [{"column": "BAND", "is": "r"}, {"column": "BAND", "is": "r"}], [SAME]),
        (KIND, [time(within="1 d"), time(within="2 d"), time(within="1 d")], [SAME]),
        (KIND, [time(within="1 d"), time(within="24.0 h")], [SAME]),
        (KIND, [time(before="1 d", after="1 d"), time(within="1 d")], [SAME]),
        (KIND, [time(within="1 d"), time(within="1 d", optional="yes")], []),
        (KIND, [time(within="1 d", when_more_than="5"), time(within="1 d")], []),
        (KIND, [{"column": "CAMERA", "is": "red"}], ["R273 all sets of lamps have the CAMERA of the group, so this "]),
        (KIND, [time(within="1 d", when_more_than="1")], ["R273 a preference of lamps never restricts a single set"]),
    ],
)
def test_preference_that_every_set_meets_or_none(tmp_path: Path, when: Any, prefer: Any, expected: list[str]) -> None:
    lamps = {"when": when, "match": ["CAMERA"], "prefer": prefer, "at_most": "1"}
    found = findings(tmp_path, attach={"lamps": lamps})
    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ([{"column": "BAND", "is": "r"}], []),
        (
            [{"column": "CAMERA", "is": "red"}],
            ["R273 Image groups by CAMERA, so all exposures of a group pass this preference, or none does"],
        ),
        ([{"column": "BAND", "is": "r"}, {"column": "BAND", "is": "g"}, {"column": "BAND", "is": "r"}], [SAME]),
    ],
)
def test_preference_of_a_rule_that_never_decides(tmp_path: Path, prefer: Any, expected: list[str]) -> None:
    assert findings(tmp_path, prefer=prefer) == expected
