"""Differences of two rule sets for pools, and waiting for changes of rule files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import Content, pool_text, rule, write_ruleset

from asnforge.authoring.diff import (
    diff_lines,
    diff_pool,
    file_states,
    load_compared_rules,
    make_baseline,
    wait_for_change,
)

NIGHT = """
FILE       PROPOSAL CAMERA FIELD BAND
a_raw.fits 7        red    1     g
b_raw.fits 7        red    1     r
c_raw.fits 7        red    2     r
"""
BY_FIELD = {"field": {"column": "FIELD"}}
BY_BAND = {"band": {"column": "BAND"}}
OLD = rule("Fields", group_by=BY_FIELD)


def lines(folder: Path, *new: Content, limit: int = 20) -> list[str]:
    """The differences of the night between the old rule and new ones."""
    (folder / "night.tsv").write_text(pool_text(NIGHT), encoding="utf-8")
    old = load_compared_rules(str(write_ruleset(folder / "old", OLD))).ruleset
    after = load_compared_rules(str(write_ruleset(folder / "new", *new))).ruleset
    baseline = make_baseline(str(folder / "night.tsv"), old)
    return [line.replace(f"{folder}/", "") for line in diff_lines(diff_pool(baseline, after), limit)]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, ["night.tsv: no difference, 2 the same"]),
        (
            rule("Fields", group_by=BY_FIELD, product="{field}-{scope}"),
            [
                "night.tsv: 2 renamed, 0 the same",
                "    renamed   p007-z9_f01_red_open (Fields, 2 members) -> f01-z9",
                "    renamed   p007-z9_f02_red_open (Fields, 1 member) -> f02-z9",
            ],
        ),
        (
            rule("Fields", group_by=BY_FIELD, select={"one": {"column": "FIELD", "is": "1"}}),
            ["night.tsv: 1 lost, 1 the same", "    lost      p007-z9_f02_red_open (Fields, 1 member)"],
        ),
        (
            rule("Fields", group_by=BY_FIELD, select={"r": {"column": "BAND", "is": "r"}}),
            [
                "night.tsv: 1 changed, 1 the same",
                "    changed   p007-z9_f01_red_open (Fields, 2 members)",
                "              without science a_flat.fits",
            ],
        ),
        (
            rule("Fields"),
            [
                "night.tsv: 1 merged, 0 the same",
                "    merged    p007-z9_f01_red_open (Fields, 2 members) and p007-z9_f02_red_open (Fields, 1 member)"
                " -> p007-z9_f00_red_open (Fields, 3 members)",
            ],
        ),
        (
            rule("Fields", group_by=BY_FIELD, asn_type="pile"),
            [
                "night.tsv: 2 changed, 0 the same",
                "    changed   p007-z9_f01_red_open (Fields, 2 members)",
                "              asn type: stack -> pile",
                "    changed   p007-z9_f02_red_open (Fields, 1 member)",
                "              asn type: stack -> pile",
            ],
        ),
        (
            rule("Fields", group_by=BY_FIELD, keywords={"release": "p{field}", "place": {"number": "{field}"}}),
            [
                "night.tsv: 2 changed, 0 the same",
                "    changed   p007-z9_f01_red_open (Fields, 2 members)",
                '              place: none -> {"number": "f01"}',
                "              release: none -> pf01",
                "    changed   p007-z9_f02_red_open (Fields, 1 member)",
                '              place: none -> {"number": "f02"}',
                "              release: none -> pf02",
            ],
        ),
        (
            rule("Fields", group_by=BY_FIELD, file_name="{product}_asn.json"),
            [
                "night.tsv: 2 changed, 0 the same",
                "    changed   p007-z9_f01_red_open (Fields, 2 members)",
                "              file name: p007-z9_stack_01_asn.json -> p007-z9_f01_red_open_asn.json",
                "    changed   p007-z9_f02_red_open (Fields, 1 member)",
                "              file name: p007-z9_stack_02_asn.json -> p007-z9_f02_red_open_asn.json",
            ],
        ),
    ],
)
def test_differences_of_two_rule_sets(tmp_path: Path, new: Content, expected: list[str]) -> None:
    assert lines(tmp_path, new) == expected


def test_new_rule_gains_associations_and_the_limit_applies(tmp_path: Path) -> None:
    result = lines(tmp_path, OLD, rule("Bands", group_by=BY_BAND, product="{light}"), limit=1)
    assert result == [
        "night.tsv: 2 gained, 2 the same",
        "    gained    g (Bands, 1 member)",
        "    and 1 more; --limit 0 shows them",
    ]


def test_pool_is_read_again_for_columns_of_the_new_rules(tmp_path: Path) -> None:
    (tmp_path / "night.tsv").write_text(pool_text(NIGHT), encoding="utf-8")
    baseline = make_baseline(
        str(tmp_path / "night.tsv"), load_compared_rules(str(write_ruleset(tmp_path / "old", OLD))).ruleset
    )
    assert "band" not in baseline.columns
    bands = write_ruleset(tmp_path / "new", rule("Fields", group_by=BY_BAND, product="{light}"))
    assert diff_pool(baseline, load_compared_rules(str(bands)).ruleset).comparison.actual_count == 2


def test_rule_file_is_added_to_the_default_rules(tmp_path: Path) -> None:
    text = (
        "{rule: Mine, title: X, asn_type: x, use: [every_rule], select: {x: {column: EXP_TYPE, is: x}}, product: usual}"
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    default = load_compared_rules("jwst-stage3").ruleset
    both = load_compared_rules(str(tmp_path / "mine.yaml")).ruleset
    assert {rule.name for rule in both.rules} - {rule.name for rule in default.rules} == {"Mine"}


@pytest.mark.parametrize("change", ["write", "new", "remove"])
def test_wait_ends_when_a_file_changes(tmp_path: Path, change: str) -> None:
    write_ruleset(tmp_path, OLD)
    before = file_states(tmp_path)
    waits: list[float] = []

    def save_while_waiting(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            path = tmp_path / "fields.yaml"
            if change == "write":
                path.write_text("rule: Fields\n", encoding="utf-8")
            elif change == "new":
                (tmp_path / "other.yml").write_text("rule: Other\n", encoding="utf-8")
            else:
                path.unlink()

    after = wait_for_change(tmp_path, before, save_while_waiting)
    assert (waits, after != before) == ([0.1, 0.1], True)


def test_states_of_one_file(tmp_path: Path) -> None:
    path = write_ruleset(tmp_path, OLD) / "fields.yaml"
    assert list(file_states(path)) == [path]
    assert file_states(tmp_path / "absent.yaml") == {}
