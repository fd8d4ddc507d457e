"""Why exposures are in no association, and which rules the reason names."""

from __future__ import annotations

import pytest
from support.night import FIELDS, NIGHT
from support.observatory import Content, pool, rule, ruleset

from asnforge.explain import Trace, explain_exposure, find_orphans, trace_rules, why_not
from asnforge.explain.model import Exposure, Orphans

HEADER = "FILE PROPOSAL CAMERA BAND GRID FIELD OBS CANDIDATES"


def selecting(name: str, /, *, field: bool = False, **select: Content) -> Content:
    """A rule for exposures of band g, with further constraints; with `field` it groups by the field."""
    group_by = {"group_by": {"field": {"column": "FIELD"}}} if field else {}
    return rule(name, select={"band": {"column": "BAND", "is": "g"}, **select}, **group_by)


def trace(rows: str, *rules: Content) -> Trace:
    """The trace of rules on rows ``BAND GRID FIELD OBS CANDIDATES``, one exposure each."""
    lines = (f"f{number} 7 red {cells}" for number, cells in enumerate(rows.strip().splitlines()))
    return trace_rules(pool("\n".join([HEADER, *lines])), ruleset(*rules))


NO_GRID = {"column": "GRID", "defined": "no"}
FIRST_OBS = {"column": "OBS", "is": "1"}
NOT_SHORT = {"not": {"all": [{"column": "BAND", "is": "g"}, {"column": "OBS", "is": "2"}]}}
NEEDS_PSF = {"require": {"psf": {"members": "psf"}}}
OTHER_BAND = rule("Other", select={"band": {"column": "BAND", "is": "z"}}, group_by={"field": {"column": "FIELD"}})

GRID = "constraint no_grid requires GRID to be undefined, found x"
OBS = "constraint obs requires OBS to be 1, found 2"
SHORT = "constraint not_short requires BAND g and OBS 2 not to occur together"
FIELD = "key field requires FIELD to be defined, found undefined"

REASONS = {
    "the rule with the fewest failed constraints is named alone": (
        "g x 1 2 o1/night",
        (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), selecting("Bee", not_short=NOT_SHORT)),
        f"rejected by Bee: {SHORT}",
    ),
    "an undefined key counts as one failed constraint": (
        "g x . 2 o1/night",
        (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), selecting("Bee", field=True)),
        f"rejected by Bee: {FIELD}",
    ),
    "an undefined key and a failed constraint are equally near": (
        "g x . 1 o1/night",
        (selecting("Ant", field=True), selecting("Bee", no_grid=NO_GRID)),
        f"rejected by Ant: {FIELD}; rejected by Bee: {GRID}",
    ),
    "of equally near rules the one that selected a sibling is first": (
        "g x 1 2 o1/night\ng x 1 1 o1/night",
        (selecting("Ant", no_grid=NO_GRID), selecting("Bee", obs=FIRST_OBS)),
        f"rejected by Bee: {OBS}; rejected by Ant: {GRID}",
    ),
    "a rule that selected a sibling is named although another is nearer": (
        "g x . 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID, field=True), selecting("Bee", not_short=NOT_SHORT)),
        f"rejected by Bee: {SHORT}; rejected by Ant: {OBS}; and {GRID}; and {FIELD}",
    ),
    "an exposure of another observation is not a sibling": (
        "g x 1 2 o1/night+c5/tile\ng . 1 1 o2/night+c5/tile",
        (selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID), selecting("Bee", not_short=NOT_SHORT)),
        f"rejected by Bee: {SHORT}",
    ),
    "an exposure of another type is not a sibling": (
        "z . . 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS), OTHER_BAND),
        f"rejected by Other: {FIELD}",
    ),
    "a sibling in an incomplete group is not selected": (
        "g x 1 2 o1/night\ng . 1 1 o1/night",
        ({**selecting("Ant", obs=FIRST_OBS, no_grid=NO_GRID), **NEEDS_PSF}, selecting("Bee", not_short=NOT_SHORT)),
        f"rejected by Bee: {SHORT}",
    ),
    "a rule that selected a sibling is named after an incomplete group": (
        "g x 1 2 o1/night\ng . 1 1 o1/night",
        (selecting("Ant", obs=FIRST_OBS), {**selecting("Bee"), **NEEDS_PSF}),
        f"selected by Bee, but the group has no psf member; rejected by Ant: {OBS}",
    ),
    "a rule for another type is not near although it fails fewer constraints": (
        "g x 1 2 o1/night",
        (OTHER_BAND, selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS)),
        f"rejected by Ant: {GRID}; and {OBS}",
    ),
    "no rule for the type of the exposure": (
        "y x 1 2 o1/night",
        (OTHER_BAND, selecting("Ant", no_grid=NO_GRID)),
        "no rule selects it: BAND is y",
    ),
    "no more than three equally near rules are named": (
        "g x 1 2 o1/night",
        tuple(selecting(name, no_grid=NO_GRID) for name in ("Ant", "Bee", "Cat", "Dog")),
        f"rejected by Ant, Bee and Cat: {GRID}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "rules", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason_of_an_orphan_names_the_nearest_rule_first(
    rows: str, rules: tuple[Content, ...], reason: str
) -> None:
    result = trace(rows, *rules)
    explanation = explain_exposure(result, 0)
    assert explanation.orphan == explanation.as_dict()["orphan"] == reason
    assert reason in [entry.reason for entry in find_orphans(result) if explanation.exposure in entry.exposures]


def test_why_not_ranks_rules_like_the_reason_of_an_orphan() -> None:
    rules = (selecting("Ant", no_grid=NO_GRID, obs=FIRST_OBS), OTHER_BAND, selecting("Bee", not_short=NOT_SHORT))
    result = why_not(trace("g x 1 2 o1/night\ng x 1 3 o1/night", *rules), 0, 1)
    assert [separation.rule for separation in result.rules] == ["Bee", "Ant", "Other"]
    assert result.rules[0].reasons == (f"line 2 is rejected: {SHORT}",)


def test_orphans_are_grouped_by_reason() -> None:
    assert find_orphans(trace_rules(pool(NIGHT), ruleset(FIELDS))) == (
        Orphans("FILE is a directory, not a file name", (Exposure(10, "y/"),)),
        Orphans("no rule selects it: BAND is y", (Exposure(6, "e_raw.fits"),)),
        Orphans(
            "rejected by Fields: key field requires FIELD to be defined, found undefined", (Exposure(5, "d_raw.fits"),)
        ),
        Orphans(
            "supporting exposure (setup), but no group in its scopes has the same OBS", (Exposure(8, "t_raw.fits"),)
        ),
    )


PSF = rule("Psf", select={"light": {"column": "BAND", "is": "g"}}, require={"psf": {"members": "psf"}})
ONE = rule("One", select={"light": {"column": "BAND", "is": "r"}, "open": {"column": "GRID", "is": "x"}})
TWO = rule(
    "Two",
    select={
        "light": {"column": "BAND", "is": "r"},
        "open": {"column": "GRID", "is": "x"},
        "f": {"column": "FIELD", "is": "1"},
    },
)
TILES = rule("Tiles", select={"light": {"column": "BAND", "is": "z"}}, require={"tile": {"scope_in": ["tile"]}})


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("g .", "selected by Psf, but the group has no psf member"),
        ("r y", "rejected by One and Two: constraint open requires GRID to be x, found y"),
        ("u x", "no rule selects it: BAND is u"),
        ("u .", "no rule selects it: BAND is u"),
        ("z .", "selected by Tiles, but the group is not in a scope of type tile"),
    ],
)
def test_nearest_rule_gives_the_reason(cells: str, reason: str) -> None:
    table = f"FILE PROPOSAL CAMERA BAND GRID FIELD\na 7 red {cells} 1"
    (result,) = find_orphans(trace_rules(pool(table), ruleset(PSF, ONE, TWO, TILES)))
    assert result.reason == reason
