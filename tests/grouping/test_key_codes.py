"""The values of a rule's keys for each exposure in its scopes, and the exposures that these keep out of groups."""

from __future__ import annotations

import numpy as np
import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.generation.engine import Grouping, group
from asnforge.grouping.key_codes import KeyCodes, codes_of_pairs, has_value
from asnforge.grouping.name_values import NameValues
from asnforge.grouping.scopes import ScopeChoice

NIGHT = """
FILE CANDIDATES       FIELD BAND GRID   TIME
a    o1/night+c5/tile 1     g    g2,g1  10
b    o1/night         2     .    g1     11
c    c5/tile          .     r    .      .
d    .                x/y   g    h/1,g3 90
"""

EVERYTHING = ScopeChoice(candidates=False)
CANDIDATES = ScopeChoice(discovered=False)


def _keys_of(
    group_by: Content, choice: ScopeChoice = EVERYTHING, product: str = "{asn_type}"
) -> tuple[Grouping, KeyCodes]:
    content = rule(group_by=group_by, product=product)
    del content["use"]
    rules = ruleset(
        content,
        columns={"GRID": {"type": "list", "separator": ","}, "TIME": {"type": "number"}},
        names={"field": {"key": "field"}, "grid": {"key": "grid"}, "grids": {"values_of": "grid"}},
        keywords={"file_name": "{sequence}_asn.json", "program": "{asn_type}", "target": "{asn_type}"},
    )
    grouping = group(pool(NIGHT), rules, choice)
    groups = grouping.results[0].members.groups
    pairs = grouping.scopes.of_rows(np.arange(len(grouping.prepared)))
    return grouping, codes_of_pairs(groups.rule, groups.evaluator, grouping.scopes, NameValues(rules), pairs)


def _rows(grouping: Grouping, keys: KeyCodes) -> list[tuple[str, ...]]:
    """The file, the scope and the value of each key of each pair."""
    names = grouping.prepared.pool.columns["file"]
    rows = zip(
        (names[row] for row in keys.row.tolist()),
        (grouping.scopes.scopes[scope][0] for scope in keys.scope.tolist()),
        *([values[code] for code in codes.tolist()] for codes, values in zip(keys.codes, keys.values, strict=True)),
        strict=True,
    )
    return sorted(rows)


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ({"band": {"column": "BAND"}}, ["a g", "c r", "d g"]),
        ({"band": {"column": "BAND", "optional": "yes"}}, ["a g", "b .", "c r", "d g"]),
        ({"band": {"column": "BAND", "optional": "own"}}, ["a g", "b .", "c r", "d g"]),
        ({"band": {"columns": ["BAND", "FIELD"]}}, ["a g", "b 2", "c r", "d g"]),
        ({"band": {"column": "BAND", "when": {"column": "FIELD", "is": "1"}}}, ["a g", "b .", "c .", "d ."]),
        ({"band": {"column": "BAND"}, "field": {"column": "FIELD"}}, ["a g 1", "d g x/y"]),
        ({"grid": {"each": "GRID"}}, ["a g1", "a g2", "b g1", "d g3", "d h/1"]),
        ({"grid": {"each": "GRID", "optional": "yes"}}, ["a g1", "a g2", "b g1", "c .", "d g3", "d h/1"]),
        ({"band": {"column": "BAND"}, "grid": {"each": "GRID"}}, ["a g g1", "a g g2", "d g g3", "d g h/1"]),
        ({"time": {"column": "TIME", "gap": "2"}}, ["a .", "b .", "c .", "d ."]),
    ],
    ids=[
        "a column",
        "an optional key",
        "an optional key with groups of its own",
        "the first column that is defined",
        "a key that applies to some exposures",
        "two keys",
        "each entry of a list",
        "each entry of an optional list",
        "a column and a list",
        "a gap, which divides groups later",
    ],
)
def test_exposures_have_the_values_of_the_columns_of_keys(group_by: Content, expected: list[str]) -> None:
    grouping, keys = _keys_of(group_by)
    assert [
        " ".join(value or "." for value in (file, *values)) for file, _, *values in _rows(grouping, keys)
    ] == expected


def test_undefined_values_of_a_key_with_own_groups_have_a_code_of_their_own() -> None:
    _, wildcards = _keys_of({"band": {"column": "BAND", "optional": "yes"}})
    _, own = _keys_of({"band": {"column": "BAND", "optional": "own"}})
    assert [(keys.codes[0].tolist(), keys.values) for keys in (wildcards, own)] == [
        ([1, 0, 2, 1], [("", "g", "r")]),
        ([1, 3, 2, 1], [("", "g", "r", "")]),
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"candidate": {"id": "o.*", "type": "night"}}, [("a", "o1", "o1"), ("b", "o1", "o1")]),
        (
            {"candidate": {"id": "o.*", "type": "night"}, "optional": "yes"},
            [("a", "c5", ""), ("a", "o1", "o1"), ("b", "o1", "o1"), ("c", "c5", "")],
        ),
        (
            {"column": "FIELD", "instead": {"candidate_id": "c.*", "candidate_type": "tile", "value": "0"}},
            [("a", "c5", "0"), ("a", "o1", "1"), ("b", "o1", "2"), ("c", "c5", "0")],
        ),
    ],
    ids=["a candidate", "an optional candidate", "a value in the scopes of some candidates"],
)
def test_values_depend_on_the_candidate_of_the_scope(key: Content, expected: list[tuple[str, ...]]) -> None:
    assert _rows(*_keys_of({"field": key}, CANDIDATES)) == expected


@pytest.mark.parametrize(
    ("group_by", "product", "kept", "unnamed"),
    [
        ({"field": {"column": "FIELD"}}, "{asn_type}", ["a", "b", "d"], {}),
        ({"field": {"column": "FIELD"}}, "{field}", ["a", "b"], {"field": [3]}),
        ({"field": {"column": "FIELD"}, "band": {"column": "BAND"}}, "{field}", ["a"], {"field": [3]}),
        ({"grid": {"each": "GRID"}}, "{grid}", ["a", "a", "b", "d"], {"grid": [3]}),
        ({"grid": {"column": "GRID"}}, "{grids}", ["a", "b"], {"grid": [3]}),
    ],
    ids=["a value that is in no name", "a value", "an exposure is left out once", "an entry of a list", "all values"],
)
def test_exposures_are_left_out_if_a_name_cannot_have_their_value(
    group_by: Content, product: str, kept: list[str], unnamed: dict[str, list[int]]
) -> None:
    grouping, keys = _keys_of(group_by, product=product)
    assert [file for file, *_ in _rows(grouping, keys)] == kept
    assert {name: rows.tolist() for name, rows in keys.unnamed.items()} == unnamed


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"column": "BAND"}, [True, False, True, True]),
        ({"column": "BAND", "when": {"column": "FIELD", "is": "1"}}, [True, True, True, True]),
        ({"columns": ["BAND", "FIELD"]}, [True, True, True, True]),
        ({"candidate": {"id": "o.*", "type": "night"}}, [True, True, False, False]),
        ({"candidate": {"id": "o.*", "type": "tile"}}, [False, False, False, False]),
    ],
)
def test_exposures_with_a_value_for_a_key(key: Content, expected: list[bool]) -> None:
    grouping, _ = _keys_of({"field": key})
    groups = grouping.results[0].members.groups
    assert has_value(groups.rule.group_by[0], groups.evaluator, grouping.prepared).tolist() == expected
