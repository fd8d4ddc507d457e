"""Rules and rule sets: the columns that they read, the spelling of exptypes, and the choice of rules."""

from __future__ import annotations

import pytest
from support.observatory import rule, ruleset

from asnforge.findings import InputError

OTHER_NAMES = {"FILTER": {"also": ["FILT", "BAND"]}}
TWO_RULES = ruleset(rule("Image"), rule("Tiles", group_by={"filter": {"column": "FILTER"}}), columns=OTHER_NAMES)


def test_rule_reads_columns_of_all_blocks() -> None:
    (image,) = ruleset(
        rule(
            select={"sky": {"all": [{"column": "A", "defined": "yes"}, {"not": {"columns": ["B", "C"], "is": "x"}}]}},
            group_by={"key": {"column": "D", "when": {"column": "E", "matches": "x"}}},
            attach={"lamps": {"when": {"column": "F", "in": ["x"]}, "match": ["G"]}},
            require={"nights": {"distinct": "H", "at_least": 2}},
        )
    ).rules
    assert image.columns_read() == {*"abcdefgh", "proposal", "camera"}


def test_ruleset_reads_columns_of_rules_conventions_and_derived_columns() -> None:
    needed = {"file", "proposal", "camera", "candidates", "trouble", "intent", "star", "sky", "filter"}
    assert TWO_RULES.columns_needed() == needed
    assert TWO_RULES.columns_read() == needed | {"filt", "band"}


@pytest.mark.parametrize(
    ("available", "expected"),
    [({"filter", "band"}, "filter"), ({"band", "filt"}, "filt"), ({"band"}, "band"), ({"file"}, None)],
)
def test_column_is_found_under_the_first_name_that_a_pool_has(available: set[str], expected: str | None) -> None:
    assert TWO_RULES.find_column("filter", available) == expected


@pytest.mark.parametrize(
    ("names", "expected"), [((), []), (("tiles",), ["Tiles"]), (("TILES", "image"), ["Image", "Tiles"])]
)
def test_only_selects_rules_ignoring_case(names: tuple[str, ...], expected: list[str]) -> None:
    assert [item.name for item in TWO_RULES.only(*names).rules] == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Tile", "R201 there is no rule Tile in lynx; did you mean Tiles?"),
        ("x\x1b", r"R201 there is no rule x\x1b in lynx; asnforge rules list shows them"),
    ],
)
def test_only_rejects_an_unknown_rule(name: str, message: str) -> None:
    with pytest.raises(InputError) as stop:
        TWO_RULES.only(name)
    assert str(stop.value) == message


def test_exptype_has_its_first_spelling_in_the_rule_set() -> None:
    repeat = [{"members": "science", "as": "BACKGROUND"}, {"members": "psf", "as": "Twin"}]
    attach = {"arcs": {"when": {"column": "A", "is": "x"}, "match": ["B"], "as": "Arc"}}
    spellings = ruleset(rule(repeat=repeat, attach=attach, take_as={"exptype": "Science"})).exptype_spellings()
    assert spellings == {
        "science": "science",
        "psf": "psf",
        "background": "background",
        "arc": "Arc",
        "twin": "Twin",
    }


def test_file_name_of_a_rule_replaces_that_of_the_rule_set() -> None:
    rules = ruleset(rule("Image", file_name="{product}_asn.json"), rule("Tiles"))
    assert list(map(rules.file_name_of, rules.rules)) == ["{product}_asn.json", rules.keywords.file_name]


def test_sources_of_derived_columns_include_indirect_ones() -> None:
    assert TWO_RULES.with_sources(["level", "file"]) == {"level", "role", "intent", "star", "sky", "file"}
    assert TWO_RULES.with_sources([]) == frozenset()
