"""Mutants: a rule with one thing removed or inverted, everything in it once."""

from __future__ import annotations

from support.mutants import mutants
from support.observatory import rule, ruleset

from asnforge.rules.rule import Rule

WHOLE = rule(
    select={
        "light": {"column": "BAND", "is": "g"},
        "open": {"not": {"column": "GRID", "in": ["x", "y"]}},
        "pair": {"table": "pairs", "columns": ["FIELD", "BAND"]},
        "no_setup": {"not": {"use": "setup"}},
        "nest": {
            "any": [{"column": "GRID", "is": "x"}, {"all": [{"use": "sky"}, {"not": {"column": "OBS", "is": "1"}}]}]
        },
    },
    group_by={
        "field": {"column": "FIELD", "when": {"use": "science"}},
        "grid": {
            "columns": ["GRID", "BAND"],
            "optional": "yes",
            "instead": {"candidate_id": "c5", "candidate_type": "tile", "value": "0"},
        },
    },
    attach={"setup": {"when": {"use": "setup"}, "match": ["OBS", "FIELD"], "as": "setup"}},
    repeat=[{"members": "science", "as": "background", "at_least": 2}],
    require={
        "two": {"members": "any", "at_least": 2},
        "nights": {"distinct": "OBS", "in_scopes": ["tile", "night"]},
        "tile": {"scope_in": ["tile"]},
    },
    take_as={"exptype": "science", "except": ["setup"]},
    member_name="{root}{extension}",
)

EXPECTED = """\
constraint light removed
constraint light: inverted: BAND is g
constraint open removed
constraint open: inverted: GRID is none of x, y
constraint open: value removed: x
constraint open: value removed: y
constraint pair removed
constraint pair: inverted: (FIELD, BAND) is a row of table pairs
constraint pair: row removed: 1, g
constraint pair: row removed: 2, r
constraint no_setup removed
constraint no_setup: inverted: not setup
constraint nest removed
constraint nest: inverted: GRID is x or (sky and OBS is not 1)
constraint nest: removed: GRID is x
constraint nest: inverted: GRID is x
constraint nest: removed: sky and OBS is not 1
constraint nest: inverted: sky and OBS is not 1
constraint nest: removed: sky
constraint nest: inverted: sky
constraint nest: removed: OBS is not 1
constraint nest: inverted: OBS is not 1
key program removed
key program: optional yes
key camera removed
key camera: optional yes
key field removed
key field: optional yes
key field: when removed
key field: when inverted: science
key grid removed
key grid: optional no
key grid: column grid removed
key grid: column band removed
key grid: instead removed
attachment setup removed
attachment setup: when inverted: setup
attachment setup: match obs removed
attachment setup: match obs: differs
attachment setup: match field removed
attachment setup: match field: differs
attachment setup: as removed
attachment setup: as setupx
requirement science removed
requirement science: at least 2
requirement two removed
requirement two: at least 3
requirement two: at least 1
requirement nights removed
requirement nights: at least 2
requirement nights: in all scopes
requirement nights: scope type tile removed
requirement nights: scope type night removed
requirement tile removed
requirement tile: inverted
repeat science removed
repeat science: at least 3
repeat science: at least 1
take_as removed
take_as: except setup removed
member_name: text added
member_name removed
asn_type changed
product: text added
product: program removed
product: scope removed
product: field removed
product: camera removed
product: light removed
"""


NAMES = ruleset(rule()).names


def whole_rule() -> Rule:
    (loaded,) = ruleset(WHOLE, tables={"pairs": {"rows": [["2", "r"], ["1", "g"]]}}).rules
    return loaded


def test_mutants_remove_and_invert_everything_once() -> None:
    assert "".join(f"{mutant.change}\n" for mutant in mutants(whole_rule(), NAMES)) == EXPECTED


def test_every_mutant_is_a_different_rule() -> None:
    rules = [mutant.rule for mutant in mutants(whole_rule(), NAMES)]
    assert whole_rule() not in rules
    assert len(set(rules)) == len(rules)


def test_rule_of_shared_parts_has_their_mutants() -> None:
    (plain,) = ruleset(rule()).rules
    assert [mutant.change.split()[0] for mutant in mutants(plain, NAMES)] == [
        *["key"] * 4,
        *["requirement"] * 2,
        "asn_type",
        *["product:"] * 4,
    ]
