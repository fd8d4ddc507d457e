"""Shapes of pools for keys that can be undefined, and for the reasons why exposures are in no association."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.shape_pools import FIELDS, LARGE, LIGHTS, Cells, Shape, frame, make_rule


def _many_optional(size: int) -> Iterator[Cells]:
    """Ten exposures of each field, with a value in half of twelve columns."""
    chosen = random.Random(1)
    for number in range(size):
        names = {f"K{index}": "" if chosen.random() < 0.5 else str(chosen.randrange(3)) for index in range(12)}
        yield frame(number, FIELD=number // 10, **names)


def _lost_flats(size: int) -> Iterator[Cells]:
    """In each place one light and nine flats, of which one is attached."""
    for number in range(size):
        place = number // 10
        kind = "flat" if number % 10 else "light"
        yield {**frame(number, PLACE=place, FIELD=place, DAY=f"{number * 0.01:.2f}"), "KIND": kind}


def _flats(size: int) -> Iterator[Cells]:
    """A light and a flat in each field."""
    for number in range(size):
        yield {**frame(number, FIELD=number // 2), "KIND": ("light", "flat")[number % 2]}


_OPTIONAL = {f"key{index}": {"column": f"K{index}", "optional": "yes"} for index in range(12)}
_ONE_FLAT = {
    "flat": {"when": {"use": "flat"}, "as": "flat", "match": ["PLACE"], "nearest": ["DAY"], "at_most": "1"},
}
_TWO_FLATS = make_rule(
    "Flat",
    "flat_{field}",
    product_file="{product}.fits",
    select={"flat": {"use": "flat"}},
    take_as={"exptype": "science"},
    require={"flats": {"members": "science", "at_least": 2}},
    **FIELDS,
)
_MADE = {"flat": {"product_of": "Flat", "as": "flat", "match": ["FIELD"]}}

MORE_SHAPES = (
    Shape(
        "many-optional",
        "twelve keys, each undefined in half",
        (4000, 16_000, 64_000),
        _many_optional,
        (make_rule("Image", "same_{rule}", group_by={**FIELDS["group_by"], **_OPTIONAL}),),
    ),
    Shape(
        "lost-flats",
        "flats of many places, explain --orphans",
        LARGE,
        _lost_flats,
        (make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach=_ONE_FLAT),),
        options=("--orphans",),
        command="explain",
    ),
    Shape(
        "no-products",
        "too few flats, explain --orphans",
        (2500, 10_000, 40_000),
        _flats,
        (
            _TWO_FLATS,
            make_rule("Image", "{field}", **LIGHTS, **FIELDS, attach=_MADE, require={"flat": {"attached": "flat"}}),
        ),
        options=("--orphans",),
        command="explain",
    ),
)
