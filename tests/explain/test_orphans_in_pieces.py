"""The orphans of a pool that is cut into pieces are those of the whole pool, with the same reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observatory import pool_text, rule, ruleset
from support.pools import LYNX_HEADER, lynx_rows

from asnforge.explain import Traces
from asnforge.explain.orphans_in_pieces import find_orphans_in_pieces
from asnforge.explain.several_rulesets import trace_inputs
from asnforge.findings import InputError
from asnforge.generation.inputs import GenerateOptions, read_inputs
from asnforge.generation.pool_in_pieces import LargePool, NotSeparable, cut_large_pool
from asnforge.grouping.selection import read_conditions
from asnforge.pieces.partition import CutSizes

SIZES = CutSizes(large=0, scan=200, rows=1)
BY_FIELD = {"group_by": {"field": {"column": "FIELD"}}}
RULES = ruleset(
    rule("Fields", **BY_FIELD),
    rule("Pairs", **BY_FIELD, require={"two": {"members": "science", "at_least": 2}}),
    rule("Setups", select={"setup": {"column": "INTENT", "is": "setup"}}),
)
OPTIONS = GenerateOptions(RULES)
NIGHTS = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 8        red    .     o1/night
c_raw.f 7        red    .     o1/night
d_raw.f .        red    2     o2/night
e_raw.f 9        red    .     .
f_raw.f 7        red    .     .
g_raw.f 9        red    2     .
"""


SEVERAL = replace(
    OPTIONS,
    more_rulesets=(ruleset(rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}), ruleset="bobcat"),),
)
SELECTED = replace(SEVERAL, where=read_conditions(["FIELD!=2"]))


def cut(path: Path, options: GenerateOptions = OPTIONS) -> LargePool | None:
    return cut_large_pool(str(path), options, SIZES)


def assert_same(path: Path, options: GenerateOptions = OPTIONS) -> None:
    large = cut(path, options)
    if large is None:
        return
    try:
        found = find_orphans_in_pieces(large, options)
    except NotSeparable:
        assert options.where
        return
    assert found == Traces(trace_inputs(read_inputs(str(path), options), options)).orphans()


def test_orphans_and_reasons_are_those_of_the_whole_pool(tmp_path: Path) -> None:
    path = tmp_path / "nights.tsv"
    path.write_text(pool_text(NIGHTS) + "malformed\n", encoding="utf-8")
    large = cut(path)
    assert large is not None
    assert len(large.cut.pieces) == 4
    orphans = [[exposure.line for exposure in entry.exposures] for entry in find_orphans_in_pieces(large, OPTIONS)]
    assert sorted(orphans) == [[3, 4, 6, 7], [5], [9]]
    for options in (OPTIONS, SEVERAL, SELECTED):
        assert_same(path, options)


@settings(max_examples=20, deadline=None)
@given(lynx_rows(), st.sampled_from([OPTIONS, SEVERAL, SELECTED]))
def test_orphans_of_random_pools_are_those_of_the_whole_pool(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], options: GenerateOptions
) -> None:
    path = tmp_path_factory.mktemp("pools") / "nights.tsv"
    path.write_text("\n".join("\t".join(cells) for cells in (LYNX_HEADER, *rows)) + "\n", encoding="utf-8")
    assert_same(path, options)


def test_a_pool_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "nights.tsv"
    path.write_text(pool_text(NIGHTS), encoding="utf-8")
    large = cut(path)
    assert large is not None
    path.write_text(pool_text(NIGHTS)[:-20], encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        find_orphans_in_pieces(large, OPTIONS)
