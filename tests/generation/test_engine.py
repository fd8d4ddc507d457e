"""Generating from a pool: associations, orphans, counts and findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import generated, members, pool, rule, ruleset

from asnforge.findings import InputError
from asnforge.generation.engine import generate, group
from asnforge.generation.result import RuleCount
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.read import read_pool

KEYS = {"field": {"column": "FIELD"}}
SETUP = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}}
FIELDS = rule("Fields", group_by=KEYS, attach=SETUP, select={"no_setup": {"not": {"use": "setup"}}})
BANDS = rule("Bands", group_by={"band": {"column": "BAND"}}, asn_type="band", product="{scope}-{light}")

NIGHT = """
FILE PROPOSAL CAMERA FIELD BAND OBS INTENT STAR
a    7        red    1     .    1   .      .
b    7        red    1     g    1   .      .
c    7        red    2     g    2   .      .
d    7        red    .     .    1   .      .
s    7        blue   9     .    1   setup  .
t    7        blue   9     .    3   setup  .
u    9        red    3     .    3   .      yes
y/   7        red    1     g    1   .      .
"""


def test_generation_has_associations_orphans_counts_and_findings() -> None:
    generation = generated(NIGHT, FIELDS, BANDS)
    assert [
        (association.asn_rule, association.products[0].name, members(association))
        for association in generation.associations
    ] == [
        ("Bands", "z9-g", ["b science", "c science"]),
        ("Fields", "p007-z9_f01_red_open", ["a science", "b science", "s setup"]),
        ("Fields", "p007-z9_f02_red_open", ["c science"]),
    ]
    assert generation.orphans == (5, 7, 8, 9)
    assert generation.exposures == 8
    assert generation.counts == (RuleCount("Bands", 1, 2), RuleCount("Fields", 2, 4))
    assert [(finding.code, finding.line) for finding in generation.findings] == [
        ("G112", 1),
        ("G105", 2),
        ("G105", 3),
        ("G105", 4),
        ("G105", 6),
        ("G102", 9),
    ]


def test_merged_associations_are_counted_as_written() -> None:
    generation = generated(NIGHT, FIELDS, BANDS, merge=True)
    assert generation.counts == (RuleCount("Bands", 1, 2), RuleCount("Fields", 1, 4))


def test_faulty_lines_are_orphans(tmp_path: Path) -> None:
    path = tmp_path / "pool.tsv"
    path.write_text("FILE\tPROPOSAL\tCAMERA\na_raw.f\t7\tred\nb_raw.f\t7\nc_raw.f\t7\tred\n")
    generation = generate(read_pool(path), ruleset(rule()))
    assert (generation.orphans, generation.exposures) == ((3,), 3)
    assert members(generation.associations[0]) == ["a_flat.f science", "c_flat.f science"]
    assert [(finding.code, finding.line) for finding in generation.findings] == [("G112", 1), ("P151", 3)]


def test_pool_without_a_group_has_only_orphans() -> None:
    generation = generated("FILE PROPOSAL CAMERA\na . red\nb 7 .", rule())
    assert (generation.associations, generation.counts, generation.orphans) == ((), (), (2, 3))


def test_rule_set_without_rules_generates_nothing() -> None:
    generation = generate(pool("FILE\na\nb"), ruleset(rule()).only())
    assert (generation.associations, generation.orphans) == ((), (2, 3))


def test_only_chosen_scopes_are_processed() -> None:
    table = "FILE PROPOSAL CAMERA CANDIDATES\na 7 red o1/night\nb 7 red o2/night"
    generation = generated(table, rule(), choice=ScopeChoice(ids=("o2",)))
    assert [association.asn_id for association in generation.associations] == ["o2"]
    assert generation.orphans == (2,)
    with pytest.raises(InputError, match="no candidate o3 in the pool"):
        generated(table, rule(), choice=ScopeChoice(ids=("o3",)))


def test_exposures_of_a_dropped_duplicate_are_not_orphans() -> None:
    some = rule("Some", select={"file": {"column": "FIELD", "is": "1"}})
    table = "FILE PROPOSAL CAMERA FIELD\na 7 red 1\nb 7 red 2"
    grouping = group(pool(table), ruleset(some, rule()))
    assert grouping.orphans().tolist() == [False, False]
    assert [dropped.draft.source.rule.name for dropped in grouping.duplicates] == ["Some"]


def test_file_listed_twice_is_not_an_orphan_if_one_row_is_a_member() -> None:
    table = "FILE PROPOSAL CAMERA\na 7 red\na . red\nA 7 red\nb . red\nb . red\na ../ red"
    generation = generated(table, rule())
    assert members(generation.associations[0]) == ["A science"]
    assert generation.orphans == (5, 6)


def test_programs_are_not_mixed() -> None:
    table = "FILE PROPOSAL CAMERA FIELD\na 7 red 1\nb 07 red 1\nc 8 red 1"
    result = generated(table, rule(group_by=KEYS)).associations
    assert [(association.program, members(association)) for association in result] == [
        ("007", ["a science"]),
        ("007", ["b science"]),
        ("008", ["c science"]),
    ]
    assert len({association.file_name for association in result}) == 3
