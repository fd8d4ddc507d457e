"""The order of rules that use products of others, and cycles of such rules."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.observatory import rule, ruleset

from asnforge.rules.dependence import find_cycles, with_sources

FILE = "{product}.f"


def about(name: str, source: str) -> dict[str, object]:
    return rule(name, product_of=source, product_file=FILE)


def test_rules_that_use_products_come_after_those_that_make_them() -> None:
    rules = ruleset(about("A", "C"), about("B", "D"), about("C", "D"), rule("D", product_file=FILE), rule("E"))
    assert [[item.name for item in layer] for layer in rules.layers()] == [["D", "E"], ["B", "C"], ["A"]]


def test_rules_without_products_are_one_layer() -> None:
    rules = ruleset(rule("A"), rule("B"))
    assert rules.layers() == (rules.rules,)


def test_chosen_rules_include_those_whose_products_they_use() -> None:
    rules = ruleset(about("A", "B"), about("B", "C"), rule("C", product_file=FILE), about("D", "C"))
    assert [item.name for item in rules.only("b").rules] == ["B", "C"]
    assert [item.name for item in rules.only("A").rules] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("depends_on", "cycles"),
    [
        ({"a": "b", "b": "c", "c": ""}, []),
        ({"a": "a"}, [("a",)]),
        ({"a": "b", "b": "a"}, [("a", "b")]),
        ({"a": "b", "b": "c", "c": "b"}, [("b", "c")]),
        ({"a": "bc", "b": "c", "c": "a"}, [("a", "c")]),
        ({"a": "b", "b": "a", "c": "d", "d": "ca"}, [("a", "b"), ("c", "d")]),
        ({"a": "x", "b": "xb"}, [("b",)]),
    ],
)
def test_each_cycle_is_found_once_and_is_a_shortest_one(
    depends_on: Mapping[str, str], cycles: list[tuple[str, ...]]
) -> None:
    assert list(find_cycles(depends_on)) == cycles


def test_sources_are_found_through_other_rules() -> None:
    assert with_sources("a", {"a": "b", "b": "cx", "c": "", "d": "a"}) == {"a", "b", "c"}
