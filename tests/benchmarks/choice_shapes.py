"""Shapes of pools for choices among supporting exposures: what is nearest ties, is undefined, or is on one side only."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from benchmarks.shape_pools import FIELDS, LIGHTS, Cells, Rule, Shape, frame, make_rule

LARGER = (10_000, 40_000, 160_000)
"""Sizes at which the cost of a choice is more than that of reading."""


def _observatory(size: int) -> Iterator[Cells]:
    """Groups of three lights and a dark for each, whose temperatures and days differ; three exposure times in all."""
    draw = random.Random(1)
    for number in range(size):
        kind = "light" if number % 6 < 3 else "dark"
        yield {
            **frame(number, PLACE=1, FIELD=number // 6, DAY=f"{number * 0.01:.2f}"),
            "KIND": kind,
            "SECONDS": str(10 * (number // 6 % 3)),
            "TEMP": "" if number % 6 == 5 else f"{draw.randint(-20, 20) / 10}",
            "NIGHT": f"n{number // 12}",
        }


def _nearest(**choice: Any) -> tuple[Rule, ...]:
    """A rule that takes darks of the same place."""
    dark = {"when": {"column": "KIND", "is": "dark"}, "as": "dark", "match": ["PLACE"], "at_most": "2", **choice}
    return (make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach={"dark": dark}),)


CHOICE_SHAPES = (
    Shape(
        "nearest-two",
        "nearest in two columns, of which the first ties",
        LARGER,
        _observatory,
        _nearest(nearest=["SECONDS", "DAY"]),
    ),
    Shape(
        "nearest-three",
        "in three, and groups differ in the second",
        LARGER,
        _observatory,
        _nearest(nearest=["SECONDS", "TEMP", "DAY"]),
    ),
    Shape(
        "nearest-none",
        "no exposure has a value in the first",
        LARGER,
        _observatory,
        _nearest(nearest=["MISSING", "TEMP", "DAY"]),
    ),
    Shape(
        "nearest-side",
        "nothing on the side of the first",
        LARGER,
        _observatory,
        _nearest(nearest=[{"column": "SECONDS", "side": "after"}, "DAY"]),
    ),
    Shape(
        "nearest-sets",
        "nights by exposure time and day",
        LARGER,
        _observatory,
        _nearest(nearest=["SECONDS", "DAY"], sets_by=["NIGHT"]),
    ),
    Shape(
        "nearest-preferred",
        "preferred is a value that is rare",
        LARGER,
        _observatory,
        _nearest(nearest=["DAY"], prefer=[{"column": "FILE", "matches": "f.*00000.fits"}]),
    ),
    Shape(
        "nearest-large",
        "one group of all lights",
        LARGER,
        _observatory,
        (
            make_rule(
                "Image",
                "image_{rule}",
                **LIGHTS,
                attach={
                    "dark": {
                        "when": {"column": "KIND", "is": "dark"},
                        "as": "dark",
                        "match": ["PLACE"],
                        "nearest": ["TEMP", "DAY"],
                        "at_most": "2",
                    }
                },
            ),
        ),
    ),
)
