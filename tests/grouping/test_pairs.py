"""Neighbors give the same choices as all pairs, whatever the order of rows, and unrelated exposures change nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.observatory import groups, rule

from asnforge.grouping import pairs

TYPES = {"DAY": {"type": "number", "unit": "d"}, "STEP": {"type": "number"}}

CHOICES: dict[str, dict[str, Any]] = {
    "nearest": {"nearest": ["DAY"], "at_most": 1},
    "nearest two": {"nearest": ["DAY", "STEP"], "at_most": 2},
    "next after": {"nearest": [{"column": "DAY", "side": "after"}], "at_most": 1},
    "last before": {
        "nearest": [{"column": "DAY", "side": "before"}, {"column": "FILE", "side": "after"}],
        "at_most": 1,
    },
    "next file": {"nearest": [{"column": "FILE", "side": "after"}], "at_most": 1},
    "sets": {"sets_by": ["NIGHT"], "at_least": 2, "nearest": ["DAY"], "at_most": 1},
    "preferences": {
        "prefer": [{"column": "STEP", "within": "1"}, {"column": "NIGHT", "optional": "own", "when_more_than": "own"}],
        "nearest": ["DAY"],
        "at_most": 1,
    },
    "each own": {"nearest": ["DAY"], "at_most": 1, "each_own": "yes"},
    "equal steps": {"nearest": ["STEP", "DAY"], "at_most": 1},
    "equal steps and days": {"nearest": ["STEP", {"column": "DAY", "side": "before"}], "at_most": 3},
    "equal steps, after": {"nearest": [{"column": "STEP", "side": "after"}, "DAY"], "at_most": 2},
    "sets of a step": {"sets_by": ["STEP"], "nearest": ["STEP", "DAY"], "at_most": 1},
    "first files": {"at_most": 2},
    "first sets": {"sets_by": ["NIGHT"], "at_most": 1},
    "equal steps for each own": {"nearest": ["STEP", "DAY"], "at_most": 2, "each_own": "yes"},
    "a set is preferred": {"prefer": [{"column": "NIGHT", "is": "n1"}], "nearest": ["DAY"], "at_most": 1},
}
KEYS: dict[str, Any] = {
    "field": {"field": {"column": "FIELD"}},
    "step": {"step": {"column": "STEP", "optional": "own"}},
}
MATCHES: dict[str, Any] = {
    "band": ["BAND"],
    "within": {"band": {"column": "BAND", "optional": "yes"}, "day": {"column": "DAY", "within": "3"}},
    "before": {"day": {"column": "DAY", "before": "4", "after": "1"}, "step": {"column": "STEP", "apart": "1"}},
    "second column": {"day": {"column": "DAY", "within": "2"}, "step": {"column": "STEP", "within": "1"}},
    "differs": {"band": {"column": "BAND"}, "night": {"column": "NIGHT", "differs": "yes", "optional": "yes"}},
}


def _table(seed: int, more: bool = False) -> str:
    draw = random.Random(seed)
    rows = []
    for number in range(40):
        values = (draw.choice("ggr."), draw.choice([*map(str, range(9)), "."]), draw.choice("0123."))
        night, kind = draw.choice(["n1", "n2", "n3", "."]), draw.choice(["setup", ".", "setup"])
        rows.append(f"f{number:02} 7 red {draw.choice('12')} {' '.join(values)} {night} {kind}")
    if more:
        rows += [f"x{number} 8 red 1 g {number} 1 n1 ." for number in range(5)]
    draw.shuffle(rows)
    return "\n".join(["FILE PROPOSAL CAMERA FIELD BAND DAY STEP NIGHT INTENT", *rows])


@pytest.mark.parametrize("match", MATCHES.values(), ids=MATCHES)
@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_neighbors_are_as_good_as_all_pairs(
    monkeypatch: pytest.MonkeyPatch, keys: Any, choice: dict[str, Any], match: Any
) -> None:
    images = rule(
        select={"science": {"use": "science"}},
        group_by=keys,
        attach={"calibration": {"when": {"use": "setup"}, "match": match, **choice}},
    )
    for seed in range(2):
        expected = groups(_table(seed), images, columns=TYPES)
        monkeypatch.setattr(pairs, "_FEW_PAIRS", 1)
        monkeypatch.setattr(pairs, "_FIRST_NEIGHBORS", 1)
        monkeypatch.setattr(pairs, "_MORE", 2)
        monkeypatch.setattr(pairs, "_PAIRS_OF_A_PART", 5)
        assert groups(_table(seed), images, columns=TYPES) == expected
        monkeypatch.undo()
        unrelated = [group for group in groups(_table(seed, more=True), images, columns=TYPES) if "x" not in group[2]]
        assert unrelated == expected
