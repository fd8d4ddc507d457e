"""The engine agrees with a slow interpreter that shares nothing with it, on random rules and pools.

ASNFORGE_RANDOM_RULES sets how many rules are tried, and ASNFORGE_RANDOM_SEED the first of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any

import pytest
from support.observatory import pool_of, rule, ruleset
from support.random_rules import (
    COLUMNS,
    PARTS,
    SCOPED_KEYS,
    TYPES,
    random_choice,
    random_maker,
    random_rows,
    random_rule,
    random_user,
    scoped_rows,
    scoped_rule,
)
from support.slow_groups import Row, scopes_of
from support.slow_model import Group, SlowModel

from asnforge.generation.engine import generate
from asnforge.grouping import pairs
from asnforge.grouping.scopes import ScopeChoice

COUNT = int(os.environ.get("ASNFORGE_RANDOM_RULES", "150"))
FIRST = int(os.environ.get("ASNFORGE_RANDOM_SEED", "0"))
BATCH = 25
POOLS_OF_A_RULE = 4

BASIC = {"program": {"column": "PROPOSAL"}, "camera": {"column": "CAMERA"}}
NAMES = {f"{key}_name": {"key": key, "empty": "none"} for key in ("color", "cell", "temp", "night")}
LEAST = 2
ENOUGH = {"enough": {"members": "science", "at_least": LEAST}}
DISCOVERED = ScopeChoice(candidates=False)


def product_template(content: dict[str, Any]) -> str:
    """A template of names that differ between groups."""
    return "{program}-{camera}" + "".join(f"-{{{key}_name}}" for key in content["group_by"])


def engine(content: dict[str, Any], maker: dict[str, Any] | None = None) -> Callable[[Sequence[Row]], frozenset[Group]]:
    """A function from rows to the groups that asnforge generates from them, in the form of the slow model.

    `maker` is the rule whose products are used, if there is one; its own groups are left out.
    """
    contents = [rule("User", product=product_template(content), **content)]
    if maker is not None:
        template = product_template(maker)
        contents.append(rule("Maker", product=template, product_file="{product}.f", require=ENOUGH, **maker))
    rules = ruleset(*contents, columns=COLUMNS, names=NAMES, duplicates="keep")

    def groups(rows: Sequence[Row]) -> frozenset[Group]:
        header = list(rows[0])
        made = generate(pool_of(header, [[row[name] for name in header] for row in rows]), rules, choice=DISCOVERED)
        found = []
        for association in made:
            if association.asn_rule != "User":
                continue
            (product,) = association.products
            members = [(member.expname.replace("_flat.", "_raw."), member.exptype) for member in product.members]
            own = frozenset(name for name, exptype in members if exptype == "science")
            found.append(Group(own, frozenset(member for member in members if member[1] != "science")))
        return frozenset(found)

    return groups


@pytest.fixture(params=["all pairs", "neighbors"])
def how_pairs_are_compared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pools have all pairs compared, unless as few as possible are compared at once."""
    if request.param == "neighbors":
        for name, number in {"_FEW_PAIRS": 0, "_FIRST_NEIGHBORS": 1, "_MORE": 2, "_PAIRS_OF_A_PART": 9}.items():
            monkeypatch.setattr(pairs, name, number)


CONSTRUCTS = (
    "above after apart as at_least at_most before below candidate each each_own except from gap instead match nearest "
    "optional own position prefer product_of require sets_by side to use when when_more_than within"
)


def keys_of(content: object) -> set[str]:
    """All keys of a rule, at any depth."""
    match content:
        case dict():
            return set(content).union(*map(keys_of, content.values()))
        case list():
            return set().union(*map(keys_of, content))
    return set()


def test_random_rules_use_every_construct_and_make_groups_of_every_kind() -> None:
    used: set[str] = set()
    groups: list[Group] = []
    for seed in range(60):
        random = Random(seed)
        content = random_rule(random)
        used |= keys_of([content, scoped_rule(random), random_user(random, "Maker")])
        model = SlowModel({**content, "group_by": {**BASIC, **content["group_by"]}}, TYPES)
        groups += (group for _ in range(POOLS_OF_A_RULE) for group in model.groups(random_rows(random)))
    assert used >= set(CONSTRUCTS.split())
    sizes = {(min(len(group.own), 2), min(len(group.attached), 2)) for group in groups}
    assert sizes == {(own, attached) for own in (1, 2) for attached in (0, 1, 2)}


@pytest.mark.usefixtures("how_pairs_are_compared")
@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_groups_and_attachments_are_those_of_the_slow_model(start: int) -> None:
    for seed in range(start, start + BATCH):
        random = Random(seed)
        content = random_rule(random)
        groups = engine(content)
        model = SlowModel({**content, "group_by": {**BASIC, **content["group_by"]}}, TYPES)
        for _ in range(POOLS_OF_A_RULE):
            rows = random_rows(random)
            assert groups(rows) == model.groups(rows), f"seed {seed}"


@pytest.mark.usefixtures("how_pairs_are_compared")
@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_nearest_sets_are_those_of_the_slow_model(start: int) -> None:
    for seed in range(start, start + BATCH):
        random = Random(seed)
        content = random_choice(random)
        groups = engine(content)
        model = SlowModel({**content, "group_by": {**BASIC, **content["group_by"]}}, TYPES)
        for _ in range(POOLS_OF_A_RULE):
            rows = random_rows(random, most=40)
            assert groups(rows) == model.groups(rows), f"seed {seed}"


def engine_by_scope(content: dict[str, Any]) -> Callable[[Sequence[Row]], frozenset[tuple[str, Group]]]:
    """A function from rows to the groups of all scopes that asnforge generates from them, each with the id of its scope."""
    names = {**NAMES, **{f"{key}_name": {"key": key, "empty": "none"} for key in SCOPED_KEYS}}
    name = "{scope}-" + product_template(content)
    rules = ruleset(rule("User", product=name, **content), columns=COLUMNS, names=names, parts=PARTS, duplicates="keep")

    def groups(rows: Sequence[Row]) -> frozenset[tuple[str, Group]]:
        header = list(rows[0])
        found = []
        for association in generate(pool_of(header, [[row[name] for name in header] for row in rows]), rules):
            (product,) = association.products
            members = [(member.expname.replace("_flat.", "_raw."), member.exptype) for member in product.members]
            own = frozenset(name for name, exptype in members if exptype == "science")
            attached = frozenset(member for member in members if member[1] != "science")
            found.append((product.name.partition("-")[0], Group(own, attached)))
        return frozenset(found)

    return groups


def slow_groups_by_scope(content: dict[str, Any], rows: Sequence[Row]) -> frozenset[tuple[str, Group]]:
    """The same by the slow model."""
    full = {**content, "group_by": {**BASIC, **content["group_by"]}}
    return frozenset(
        (scope[0], group) for scope in scopes_of(rows) for group in SlowModel(full, TYPES, PARTS, scope).groups(rows)
    )


@pytest.mark.usefixtures("how_pairs_are_compared")
@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_groups_of_all_scopes_are_those_of_the_slow_model(start: int) -> None:
    for seed in range(start, start + BATCH):
        random = Random(seed)
        content = scoped_rule(random)
        groups = engine_by_scope(content)
        for _ in range(POOLS_OF_A_RULE):
            rows = scoped_rows(random)
            assert groups(rows) == slow_groups_by_scope(content, rows), f"seed {seed}"


def product_name(maker: dict[str, Any], row: Row) -> str:
    """The file name of a product, from its values."""
    values = (row[key["column"]].lower() or "none" for key in maker["group_by"].values())
    return "-".join((f"p{row['PROPOSAL']:>03}", row["CAMERA"].lower(), *values)) + ".f"


@pytest.mark.usefixtures("how_pairs_are_compared")
@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_products_of_other_rules_are_used_as_in_the_slow_model(start: int) -> None:
    for seed in range(start, start + BATCH):
        random = Random(seed)
        maker = random_maker(random)
        content = random_user(random, "Maker")
        groups = engine(content, maker)
        makers, users = (
            SlowModel({**rule, "group_by": {**BASIC, **rule["group_by"]}}, TYPES) for rule in (maker, content)
        )
        for _ in range(POOLS_OF_A_RULE):
            rows = random_rows(random)
            products = makers.products(rows, partial(product_name, maker), LEAST)
            assert groups(rows) == users.groups(rows, products), f"seed {seed}"


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT // 10))
@pytest.mark.parametrize(
    ("make_rule", "engine_of", "make_rows"),
    [(random_rule, engine, random_rows), (scoped_rule, engine_by_scope, scoped_rows)],
    ids=["whole pool", "all scopes"],
)
def test_order_duplicates_and_unrelated_exposures_change_nothing(
    seed: int,
    make_rule: Callable[[Random], dict[str, Any]],
    engine_of: Callable[[dict[str, Any]], Callable[[list[Row]], object]],
    make_rows: Callable[[Random], list[Row]],
) -> None:
    random = Random(seed)
    content = make_rule(random)
    groups, model = engine_of(content), SlowModel(content, TYPES)
    rows = make_rows(random)
    others = [{**row, "FILE": f"other_{row['FILE']}"} for _ in range(5) for row in make_rows(random)]
    unrelated = [row for row in others if model.is_unrelated(row)]
    expected = groups(rows)
    for changed in (rows[::-1], random.sample(rows, len(rows)), [*rows, *rows[:3]], [*unrelated, *rows]):
        assert groups(changed) == expected
