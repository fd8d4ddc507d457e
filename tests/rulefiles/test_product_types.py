"""The columns that products have by the names of keys have the types of the keys' columns."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.generation.engine import generate
from asnforge.rules.column_types import TEXT, ColumnType

COLUMNS = {"EXPTIME": {"type": "number", "unit": "s"}, "TILES": {"type": "list"}}
SECONDS = ColumnType("number", "s")
CLOSE = {"column": "duration", "own": "EXPTIME", "within": "2 s"}


def darks(**keys: Any) -> Content:
    dark = {"column": "MODE", "is": "dark"}
    return rule(
        "Dark", select={"dark": dark}, group_by=keys, product="{asn_type}-{length}", product_file="{product}.fits"
    )


def lights(**blocks: Any) -> Content:
    light = {"light": {"column": "MODE", "is": "light"}}
    return rule("Light", select=light, asn_type="light", product="{asn_type}-{camera}", **blocks)


def attached(match: Any) -> dict[str, Any]:
    return {"dark": {"product_of": "Dark", "match": match}}


@pytest.mark.parametrize(
    ("key", "light", "expected"),
    [
        ({"column": "EXPTIME"}, lights(attach=attached({"time": CLOSE})), SECONDS),
        ({"column": "EXPTIME", "gap": "1 s"}, lights(attach=attached({"time": CLOSE})), SECONDS),
        (
            {"column": "EXPTIME"},
            lights(product_of="Dark", group_by={"d": {"column": "duration", "gap": "9 s"}}),
            SECONDS,
        ),
        ({"each": "TILES"}, lights(attach=attached(["duration"])), TEXT),
        ({"column": "CAMERA"}, lights(attach=attached(["duration"])), TEXT),
        ({"column": "EXPTIME"}, lights(attach=attached(["duration"])), TEXT),
        ({"column": "EXPTIME"}, lights(attach=attached(["CAMERA"]), group_by={"d": {"column": "DURATION"}}), TEXT),
        ({"column": "EXPTIME"}, lights(attach={"x": {"match": ["duration"]}, **attached(["CAMERA"])}), TEXT),
        ({"column": "EXPTIME"}, lights(), TEXT),
    ],
)
def test_a_key_has_the_type_of_its_column_if_only_products_have_it(key: Any, light: Any, expected: ColumnType) -> None:
    rules = ruleset(darks(duration=key), light, columns=COLUMNS, names={"length": {"key": "duration"}})
    assert rules.type_of("duration") == expected


def test_products_are_compared_by_the_amounts_of_their_keys() -> None:
    rules = ruleset(
        darks(duration={"column": "EXPTIME"}),
        lights(attach=attached({"time": CLOSE})),
        columns=COLUMNS,
        names={"length": {"key": "duration"}},
    )
    table = pool("FILE PROPOSAL CAMERA MODE EXPTIME\na.f 7 red dark 9\nb.f 7 red dark 11.0\nc.f 7 red light 1.2e1")
    generation = generate(table, rules)
    assert [member.expname for member in generation["light-red"].products[0].members] == ["c.f", "stack-11.fits"]
