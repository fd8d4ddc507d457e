"""Which rules the reason of an orphan names: the nearest first, and those that selected a sister exposure."""

from __future__ import annotations

import pytest
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import Evidence, explain_exposure, find_orphans, gather, why_not
from asnforge.explain.sisters import type_columns

HEADER = "FILE PROPOSAL CAMERA BAND GRID FIELD OBS CANDIDATES"


def selecting(name: str, /, *, field: bool = False, **select: Content) -> Content:
    """A rule for exposures of band g, with further constraints; with `field` it groups by the field."""
    group_by = {"group_by": {"field": {"column": "FIELD"}}} if field else {}
    return rule(name, select={"band": {"column": "BAND", "is": "g"}, **select}, **group_by)


def evidence(rows: str, *rules: Content) -> Evidence:
    """What rules make of rows ``BAND GRID FIELD OBS CANDIDATES``, one exposure each."""
    lines = (f"f{number} 7 red {cells}" for number, cells in enumerate(rows.strip().splitlines()))
    return gather(pool("\n".join([HEADER, *lines])), ruleset(*rules))


NO_GRID = {"column": "GRID", "defined": "no"}
FIRST_OBS = {"column": "OBS", "is": "1"}
NOT_SHORT = {"not": {"all": [{"column": "BAND", "is": "g"}, {"column": "OBS", "is": "2"}]}}
NEEDS_PSF = {"require": {"psf": {"members": "psf"}}}
OTHER_BAND = rule("Other", select={"band": {"column": "BAND", "is": "z"}}, group_by={"field": {"column": "FIELD"}})

GRID = "no_grid: GRID is x, wanted undefined"
OBS = "obs: OBS is 2, wanted 1"
SHORT = "not_short: BAND is g and OBS is 2, which must not occur together"
FIELD = "field: FIELD is undefined, wanted a value, to group by"

REASONS = {
    "the rule with the fewest failed constraints is named alone": (
        "g x 1 2 o1/night",
        (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), selecting("Bee", not_short=NOT_SHORT)),
        f"Bee rejects it by {SHORT}",
    ),
    "an undefined key counts as one failed constraint": (
        "g x . 2 o1/night",
        (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), selecting("Bee", field=True)),
        f"Bee rejects it by {FIELD}",
    ),
    "an undefined key and a failed constraint are equally near": (
        "g x . 1 o1/night",
        (selecting("Ant", field=True), selecting("Bee", no_grid=NO_GRID)),
        f"Ant rejects it by {FIELD}; Bee rejects it by {GRID}",
    ),
    "of equally near rules the one that selected a sister is first": (
        "g x 1 2 o1/night\ng x 1 1 o1/night",
        (selecting("Ant", no_grid=NO_GRID), selecting("Bee", obs=FIRST_OBS)),
        f"Bee rejects it by {OBS}; Ant rejects it by {GRID}",
    ),
    "a rule that selected a sister is named though another is nearer": (
        "g x . 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID, field=True), selecting("Bee", not_short=NOT_SHORT)),
        f"Bee rejects it by {SHORT}; Ant rejects it by {OBS}; and by {GRID}; and by {FIELD}",
    ),
    "an exposure of another observation is no sister": (
        "g x 1 2 o1/night+c5/tile\ng . 1 1 o2/night+c5/tile",
        (selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID), selecting("Bee", not_short=NOT_SHORT)),
        f"Bee rejects it by {SHORT}",
    ),
    "an exposure of another type is no sister": (
        "z . . 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS), OTHER_BAND),
        "Other rejects it by field: FIELD is undefined, wanted a value, to group by",
    ),
    "a sister in an incomplete group is not selected": (
        "g x 1 2 o1/night\ng . 1 1 o1/night",
        ({**selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID), **NEEDS_PSF}, selecting("Bee", not_short=NOT_SHORT)),
        f"Bee rejects it by {SHORT}",
    ),
    "a rule that selected a sister is named beside an incomplete group": (
        "g x 1 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS), {**selecting("Bee"), **NEEDS_PSF}),
        f"Bee selects it, but the group has no psf member; Ant rejects it by {OBS}",
    ),
    "a rule for another type is not near though it fails by less": (
        "g x 1 2 o1/night",
        (OTHER_BAND, selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS)),
        f"Ant rejects it by {GRID}; and by {OBS}",
    ),
    "no rule for the type of the exposure": (
        "y x 1 2 o1/night",
        (OTHER_BAND, selecting("Ant", no_grid=NO_GRID)),
        "no rule selects it: BAND is y",
    ),
    "no more than three equally near rules are named": (
        "g x 1 2 o1/night",
        tuple(selecting(name, no_grid=NO_GRID) for name in ("Ant", "Bee", "Cat", "Dog")),
        f"Ant and Bee and Cat reject it by {GRID}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "rules", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason_of_an_orphan_names_the_nearest_rule_first(
    rows: str, rules: tuple[Content, ...], reason: str
) -> None:
    found = evidence(rows, *rules)
    explanation = explain_exposure(found, 0)
    assert explanation.orphan == explanation.as_dict()["orphan"] == reason
    assert reason in [entry.reason for entry in find_orphans(found) if explanation.exposure in entry.exposures]


def test_why_not_ranks_rules_as_the_reason_of_an_orphan_does() -> None:
    rules = (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), OTHER_BAND, selecting("Bee", not_short=NOT_SHORT))
    found = why_not(evidence("g x 1 2 o1/night\ng x 1 3 o1/night", *rules), 0, 1)
    assert [apart.rule for apart in found.rules] == ["Bee", "Ant", "Other"]
    assert found.rules[0].reasons == (f"line 2 is rejected by {SHORT}",)


@pytest.mark.parametrize(
    ("selects", "columns"),
    [
        ([{"a": {"column": "BAND", "is": "g"}}, {"a": {"column": "BAND", "is": "r"}}], (("band",),)),
        ([{"a": {"column": "BAND", "is": "g"}, "b": {"column": "OBS", "is": "1"}}], (("band",), ("obs",))),
        ([{"a": {"column": "BAND", "is": "g"}}, {}], (("band",),)),
        ([{"a": {"column": "BAND", "is": "g"}}, {}, {}], ()),
        ([{"a": {"not": {"column": "BAND", "is": "g"}}}], ()),
        ([{"a": {"columns": ["BAND", "GRID"], "is": "g"}}], (("band", "grid"),)),
    ],
)
def test_the_columns_of_which_most_rules_ask_for_values_give_the_type(
    selects: list[Content], columns: tuple[tuple[str, ...], ...]
) -> None:
    rules = ruleset(*(rule(name, select=select) for name, select in zip(("Ant", "Bee", "Cat"), selects, strict=False)))
    assert type_columns(rules) == columns
