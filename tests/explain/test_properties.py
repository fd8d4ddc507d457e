"""Explanations agree with the associations that are generated, for any pool and any rules."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_pools.make import OTHER_RULES
from support.observatory import Content, pool_of, ruleset

from asnforge.explain import Trace, explain_exposure, find_orphans, trace_rules, why_not
from asnforge.explain.exposure import Explainer
from asnforge.explain.orphans import orphan_reason
from asnforge.generation.engine import generate
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.read import read_pool
from asnforge.rulefiles.load import load_ruleset
from asnforge.rules.constraints import (
    COMPARISONS,
    AllOf,
    AnyOf,
    Bounded,
    Condition,
    Constraint,
    Defined,
    InTable,
    Matches,
    Not,
    OneOf,
)

DATA = Path(__file__).parents[2] / "data"
VALUES = {
    "PROPOSAL": ["7", "8", ""],
    "CAMERA": ["red", "red", "blue"],
    "CANDIDATES": [
        "[('o1', 'night')]",
        "[('o1', 'night'), ('c5', 'tile')]",
        "[('o2', 'night'), ('c5', 'tile')]",
        "",
        "?",
    ],
    "FIELD": ["1", "2", ""],
    "BAND": ["g", "r", "none"],
    "GRID": ["x", ""],
    "OBS": ["1", "2", ""],
    "INTENT": ["", "", "setup"],
    "SIZE": ["5", "5.0", "1e1", "x", ""],
    "STAR": ["", "", "yes"],
    "SKY": ["", "", "yes"],
}
READ = ["FIELD", "BAND", "GRID", "OBS", "INTENT", "role"]
SIZES: Content = {"SIZE": {"type": "number"}}


def leaves() -> st.SearchStrategy[Content]:
    column = st.sampled_from(READ)
    sizes = st.sampled_from(["5", "7.5", "10.0"])
    values = st.lists(st.sampled_from(["1", "2", "g", "r", "x", "setup", "psf"]), min_size=1, max_size=3, unique=True)
    return st.one_of(
        st.builds(lambda name, chosen: {"column": name, "in": chosen}, column, values),
        st.builds(lambda name, yes: {"column": name, "defined": yes}, column, st.sampled_from(["yes", "no"])),
        st.builds(lambda name: {"use": name}, st.sampled_from(["setup", "sky", "science"])),
        st.just({"columns": ["BAND", "GRID"], "in": ["g", "x"]}),
        st.builds(
            lambda comparison, bound: {"column": "SIZE", comparison: bound}, st.sampled_from(list(COMPARISONS)), sizes
        ),
        st.just({"column": "SIZE", "at_least": "5.00", "below": "10"}),
        st.builds(lambda size: {"column": "SIZE", "is": size}, sizes),
        st.just({"table": "pairs", "columns": ["FIELD", "BAND"]}),
    )


def constraints() -> st.SearchStrategy[Content]:
    return st.recursive(
        leaves(),
        lambda inner: st.one_of(
            st.builds(lambda part: {"not": part}, inner),
            st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        ),
        max_leaves=5,
    )


@st.composite
def keys(draw: st.DrawFn) -> Content:
    key: Content = {"column": draw(st.sampled_from(["FIELD", "BAND", "GRID", "SIZE"]))}
    if draw(st.booleans()):
        key["optional"] = "yes"
    if draw(st.booleans()):
        key["when"] = draw(leaves())
    if draw(st.integers(0, 3)) == 0:
        key["instead"] = {"candidate_id": r"c\d", "candidate_type": "tile", "value": "0"}
    return key


REQUIREMENTS = [
    {"members": "psf"},
    {"members": "any", "at_least": "2"},
    {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile"]},
    {"scope_in": ["night"]},
    {"scope_not_in": ["tile"]},
]


@st.composite
def rules(draw: st.DrawFn, name: str) -> Content:
    content: Content = {"rule": name, "title": name, "asn_type": "stack", "use": ["basic"], "product": "usual"}
    content["select"] = {f"c{number}": draw(constraints()) for number in range(draw(st.integers(0, 3)))}
    content["group_by"] = {["field", "band", "grid"][index]: draw(keys()) for index in range(draw(st.integers(0, 3)))}
    if draw(st.booleans()):
        content["attach"] = {
            "support": {"when": draw(leaves()), "match": draw(st.sampled_from([["OBS"], ["OBS", "FIELD"]]))}
        }
    chosen = draw(st.lists(st.sampled_from(range(len(REQUIREMENTS))), max_size=2, unique=True))
    content["require"] = {f"need{index}": REQUIREMENTS[index] for index in chosen}
    if draw(st.integers(0, 3)) == 0:
        content["take_as"] = {"exptype": "science", "except": ["setup"]}
    unshared: Content = json.loads(json.dumps(content))  # no part is written as an alias of another
    return unshared


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    count = draw(st.integers(1, 9))
    rows = [
        [f"f{draw(st.integers(0, 20))}_raw.fits", *(draw(st.sampled_from(VALUES[name])) for name in VALUES)]
        for _ in range(count)
    ]
    tables = {"pairs": {"rows": [["1", "g"], ["2", "r"]]}}
    applied = ruleset(
        *(draw(rules(name)) for name in ["One", "Two"][: draw(st.integers(1, 2))]), tables=tables, columns=SIZES
    )
    choice = draw(st.sampled_from([ScopeChoice(), ScopeChoice(discovered=False), ScopeChoice(candidates=False)]))
    return trace_rules(pool_of(["FILE", *VALUES], rows), applied, choice)


def passes(constraint: Constraint, trace: Trace, rule: int, row: int) -> bool:
    """Whether an exposure passes a constraint, evaluated one exposure at a time."""

    def value(names: tuple[str, ...]) -> str:
        column = trace.rules[rule].evaluator.column
        return next((text for name in names if (text := column((name,))[row])), "")

    match constraint:
        case AllOf(parts=parts):
            return all(passes(part, trace, rule, row) for part in parts)
        case AnyOf(parts=parts):
            return any(passes(part, trace, rule, row) for part in parts)
        case Not(part=part) | Condition(part=part):
            return passes(part, trace, rule, row) != isinstance(constraint, Not)
        case Bounded(columns=columns):
            return bool(value(columns)) and constraint.accepts(Decimal(value(columns)))
        case Defined(columns=columns, expected=expected):
            return bool(value(columns)) == expected
        case OneOf(columns=columns, values=values):
            return value(columns) in values
        case InTable(columns=columns, rows=rows):
            return tuple(value((name,)) for name in columns) in rows
        case Matches(columns=columns, pattern=pattern):
            return bool(value(columns)) and re.fullmatch(pattern, value(columns), re.IGNORECASE) is not None


def assert_agrees(trace: Trace) -> None:
    """Explanations of all exposures against the associations that are generated."""
    members = [{int(row) for row in draft.rows()} for draft in trace.kept]
    files = [trace.file_names[draft] for draft in trace.kept]
    orphans = trace.grouping.orphans()
    for row in range(trace.exposures.exposures):
        explanation = explain_exposure(trace, row, every=True)
        assert sorted(explanation.associations()) == sorted(
            name for rows, name in zip(members, files, strict=True) if row in rows
        )
        assert bool(explanation.orphan) == bool(orphans[row])
        outcomes = [bool(explanation.associations()), bool(explanation.orphan), explanation.stand_in is not None]
        assert outcomes.count(True) == 1
        for index, (outcome, rule) in enumerate(zip(explanation.rules, trace.rules, strict=True)):
            assert bool(outcome.groups and outcome.verdict not in ("not attached", "not preferred")) == bool(
                rule.grouped_rows[row]
            )
            if outcome.verdict == "rejected":
                failed = {
                    select.name for select in rule.rule.select if not passes(select.constraint, trace, index, row)
                }
                assert {failure.name for failure in outcome.failures if failure.kind == "constraint"} == failed
                assert all(failure.text and failure.constraint for failure in outcome.failures)
            if outcome.verdict == "incomplete":
                assert all(group.lacks for group in outcome.groups if group.outcome == "incomplete")


def assert_all_are_explained_as_one(trace: Trace) -> None:
    """What exposures have in common is found once when all are explained, which changes no explanation."""
    for every in (False, True):
        explain = Explainer(trace, 1000, every)
        for row in range(trace.exposures.exposures):
            assert explain(row) == explain_exposure(trace, row, every)


def assert_orphans_have_reasons(trace: Trace, orphans: tuple[int, ...]) -> None:
    """The orphans by reason are those that are generated, each with the reason that it has alone."""
    orphaned = find_orphans(trace)
    lines = trace.pool.lines.tolist()
    assert sorted(exposure.line for entry in orphaned for exposure in entry.exposures) == list(orphans)
    for entry in orphaned:
        rows = [lines.index(exposure.line) for exposure in entry.exposures]
        assert {orphan_reason(trace, row) for row in rows} == {entry.reason}


def assert_pairs_have_reasons(trace: Trace, pairs: list[tuple[int, int]]) -> None:
    """Each pair is together in an association, or every rule says why not."""
    members = [{int(row) for row in draft.rows()} for draft in trace.kept]
    for left, right in pairs:
        result = why_not(trace, left, right)
        assert bool(result.together) == any({left, right} <= rows for rows in members)
        if not result.together:
            assert [entry.rule for entry in result.rules if not entry.reasons] == []
            assert len(result.rules) == len(trace.rules)


@settings(max_examples=80, deadline=None)
@given(traces())
def test_explanations_agree_with_generation(trace: Trace) -> None:
    assert_agrees(trace)
    assert_all_are_explained_as_one(trace)


@settings(max_examples=60, deadline=None)
@given(traces())
def test_orphans_and_pairs_have_reasons(trace: Trace) -> None:
    rows = range(len(trace.pool))
    orphans = tuple(trace.pool.lines[trace.grouping.orphans()].tolist())
    assert_orphans_have_reasons(trace, orphans)
    assert_pairs_have_reasons(trace, list(combinations(rows, 2)))


@pytest.mark.parametrize("path", sorted(DATA.glob("*_pool.tsv")), ids=lambda path: path.stem)
def test_every_exposure_of_the_sample_pools_is_explained(path: Path) -> None:
    rules = load_ruleset(OTHER_RULES[path.stem]) if path.stem in OTHER_RULES else load_ruleset()
    pool = read_pool(path, columns=rules.columns_read())
    trace = trace_rules(pool, rules)
    assert_agrees(trace)
    assert_all_are_explained_as_one(trace)
    assert_orphans_have_reasons(trace, generate(pool, rules).orphans)
    assert_pairs_have_reasons(trace, list(combinations(range(min(len(pool), 24)), 2)))
