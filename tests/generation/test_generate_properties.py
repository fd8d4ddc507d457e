"""Properties of everything that is generated, for any pool and rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.pools import lynx_pool, lynx_rows, rulesets, telescope_pool, telescope_rows

from asnforge.asnfiles.association_text import encode
from asnforge.asnfiles.validate import validate_bytes
from asnforge.associations.model import Association
from asnforge.generation.engine import generate
from asnforge.generation.result import Generation
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.model import Pool
from asnforge.rulefiles.load import load_ruleset
from asnforge.rules.ruleset import Ruleset

Rows = list[list[str]]
CHOICES = st.sampled_from([ScopeChoice(), ScopeChoice(discovered=False), ScopeChoice(candidates=False)])
examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def shipped() -> Ruleset:
    return load_ruleset()


def shipped_ruleset() -> st.SearchStrategy[Ruleset]:
    return st.builds(shipped)


TELESCOPE = pytest.param(telescope_rows, telescope_pool, shipped_ruleset, id="the shipped rule set")
LYNX = pytest.param(lynx_rows, lynx_pool, rulesets, id="random rule sets")
both = pytest.mark.parametrize(("some_rows", "pool_of_rows", "some_ruleset"), [TELESCOPE, LYNX])


def files(generation: Generation) -> list[tuple[str, bytes]]:
    return [(association.file_name, encode(association)) for association in generation.associations]


def roots(association: Association) -> set[str]:
    """The exposures of the members: their file names without the suffix of the calibration level."""
    return {
        member.expname.removesuffix(".f").replace("_", "-").rsplit("-", 1)[0]
        for product in association.products
        for member in product.members
    }


def root(row: list[str]) -> str:
    return row[0].replace("_", "-").rsplit("-", 1)[0]


@both
@given(data=st.data())
@examples
def test_order_of_rows_changes_nothing(
    some_rows: Callable[[], st.SearchStrategy[Rows]],
    pool_of_rows: Callable[[Rows], Pool],
    some_ruleset: Callable[[], st.SearchStrategy[Ruleset]],
    data: st.DataObject,
) -> None:
    rows, ruleset = data.draw(some_rows()), data.draw(some_ruleset())
    shuffled = data.draw(st.permutations(rows))
    choice, merge = data.draw(CHOICES), data.draw(st.booleans())
    first = generate(pool_of_rows(rows), ruleset, choice=choice, merge=merge)
    second = generate(pool_of_rows(shuffled), ruleset, choice=choice, merge=merge)
    assert files(first) == files(second)
    assert sorted(rows[line - 2] for line in first.orphans) == sorted(shuffled[line - 2] for line in second.orphans)
    assert first.counts == second.counts
    assert files(first) == files(generate(pool_of_rows(rows), ruleset, choice=choice, merge=merge))


@both
@given(data=st.data())
@examples
def test_each_association_is_valid_and_has_one_program(
    some_rows: Callable[[], st.SearchStrategy[Rows]],
    pool_of_rows: Callable[[Rows], Pool],
    some_ruleset: Callable[[], st.SearchStrategy[Ruleset]],
    data: st.DataObject,
) -> None:
    rows, ruleset = data.draw(some_rows()), data.draw(some_ruleset())
    generation = generate(pool_of_rows(rows), ruleset, choice=data.draw(CHOICES), merge=data.draw(st.booleans()))
    for association in generation.associations:
        assert validate_bytes(encode(association), association.file_name) == ()
        programs = {name.split("-")[0].removeprefix("jw") for name in roots(association)}
        assert len(programs) == 1
        assert programs.pop().lstrip("0") == association.program.lstrip("0")
    names = [association.file_name.lower() for association in generation.associations]
    assert len(set(names)) == len(names)
    assert sum(count.associations for count in generation.counts) == len(names)


@both
@given(data=st.data())
@examples
def test_every_exposure_is_a_member_or_an_orphan(
    some_rows: Callable[[], st.SearchStrategy[Rows]],
    pool_of_rows: Callable[[Rows], Pool],
    some_ruleset: Callable[[], st.SearchStrategy[Ruleset]],
    data: st.DataObject,
) -> None:
    rows, ruleset = data.draw(some_rows()), data.draw(some_ruleset())
    generation = generate(pool_of_rows(rows), ruleset, choice=data.draw(CHOICES))
    members = set().union(*map(roots, generation.associations))
    faulty = {finding.line for finding in generation.findings if finding.code == "G102"}
    for line, row in enumerate(rows, 2):
        assert (line in generation.orphans) == (root(row) not in members or line in faulty)
    assert list(generation.orphans) == sorted(set(generation.orphans))
    assert generation.exposures == len(rows)
    assert members <= set(map(root, rows))


@both
@given(data=st.data())
@examples
def test_exposures_of_another_program_change_nothing(
    some_rows: Callable[[], st.SearchStrategy[Rows]],
    pool_of_rows: Callable[[Rows], Pool],
    some_ruleset: Callable[[], st.SearchStrategy[Ruleset]],
    data: st.DataObject,
) -> None:
    rows, ruleset = data.draw(some_rows()), data.draw(some_ruleset())
    others = data.draw(some_rows(programs=("99",)))  # type: ignore[call-arg]
    alone, added = generate(pool_of_rows(rows), ruleset), generate(pool_of_rows([*others, *rows]), ruleset)
    theirs = {association.program for association in generate(pool_of_rows(others), ruleset).associations}
    assert theirs <= {"00099", "099"}
    assert files(alone) == [
        (association.file_name, encode(association))
        for association in added.associations
        if association.program not in theirs
    ]
