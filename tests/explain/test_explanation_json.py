"""Explanations as JSON text: the same as that of their values, written one after another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from support.observatory import pool, rule, ruleset

from asnforge.explain import trace_rules
from asnforge.explain.explanation_json import json_array, json_lines, orphans_array, orphans_lines
from asnforge.explain.exposure import explain_all
from asnforge.explain.model import Explanation, Orphans
from asnforge.explain.orphans import find_orphans

TABLE = """
FILE          PROPOSAL CAMERA FIELD
a_raw.fits    7        red    1
b_raw.fits    7        red    1
"c"_raw.fits  7        red    .
é\\_raw.fits   7        red    2
d.fits        .        blue   2
"""
RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule("All"))


def explanations(every: bool = False) -> Iterator[Explanation]:
    return explain_all(trace_rules(pool(TABLE), RULES), every)


@pytest.mark.parametrize("every", [False, True])
def test_array_is_the_text_of_all_values(every: bool) -> None:
    values = [explanation.as_dict() for explanation in explanations(every)]
    assert "".join(json_array(explanations(every))) == json.dumps(values, indent=4) + "\n"


def test_each_line_is_one_value() -> None:
    values = [explanation.as_dict() for explanation in explanations()]
    assert [*json_lines(explanations())] == [json.dumps(value) + "\n" for value in values]


def test_orphans_are_the_text_of_all_values() -> None:
    orphans = (*find_orphans(trace_rules(pool(TABLE), RULES)), Orphans("no exposure", ()))
    values = [asdict(entry) for entry in orphans]
    assert "".join(orphans_array(orphans)) == json.dumps(values, indent=4) + "\n"
    assert "".join(orphans_lines(orphans)) == "".join(f"{json.dumps(value)}\n" for value in values)
    assert ("".join(orphans_array([])), "".join(orphans_lines([]))) == ("[]\n", "")


def test_nothing_is_an_empty_array_and_no_line() -> None:
    assert ("".join(json_array([])), [*json_lines([])]) == ("[]\n", [])


def test_an_explanation_is_written_before_the_next_is_made() -> None:
    made = []

    def make() -> Iterator[Explanation]:
        for explanation in explanations():
            made.append(explanation.exposure.line)
            yield explanation

    lines = json_lines(make())
    assert (json.loads(next(lines))["exposure"]["line"], made) == (2, [2])
    assert (json.loads(next(lines))["exposure"]["line"], made) == (3, [2, 3])
