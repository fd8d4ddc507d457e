"""Case is ignored in every alphabet; output keeps the spelling of the pool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import LYNX, Run, run_main
from support.observatory import generated, members, pool, rule, ruleset, write_ruleset

from asnforge.findings import did_you_mean
from asnforge.generation.engine import generate

SPELLINGS = [("STRASSE", "straße"), ("Straẞe", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ"), ("ﬁlter", "FILTER")]

POOL = """
FILE        PROPOSAL CAMERA WHERE   CANDIDATES
ﬁrst_raw.f  7        red    {left}   o1/night
TWO_raw.f   7        red    {right} o1/night
"""


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_grouping_ignores_case(left: str, right: str) -> None:
    grouped = rule(group_by={"where": {"column": "WHERE"}})
    result = generated(POOL.format(left=left, right=right), grouped).associations
    assert [members(association) for association in result] == [["ﬁrst_flat.f science", "TWO_flat.f science"]]


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_names_and_values_of_constraints_ignore_case(left: str, right: str) -> None:
    table = POOL.format(left=left, right="elsewhere").replace("WHERE  ", left)
    selected = rule(select={"where": {"column": right, "is": right}})
    result = generated(table, selected).associations
    assert [members(association) for association in result] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_regular_expressions_ignore_case(left: str, right: str) -> None:
    selected = rule(select={"where": {"column": "WHERE", "matches": f"{right}|none"}})
    result = generated(POOL.format(left=left, right="elsewhere"), selected).associations
    assert [members(association) for association in result] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_constraints_keyword_has_the_first_spelling_in_sort_order(left: str, right: str) -> None:
    grouped = rule(group_by={"where": {"column": "WHERE"}})
    result = generated(POOL.format(left=left, right=right), grouped).associations
    (text,) = [association.constraints for association in result]
    assert f"    where: {min(left, right)}" in text.splitlines()


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_undefined_values_ignore_case(left: str, right: str) -> None:
    rules = ruleset(rule(select={"where": {"column": "WHERE", "defined": "no"}}), undefined=[right])
    result = generate(pool(POOL.format(left=left, right="elsewhere")), rules).associations
    assert [members(association) for association in result] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("left", "right"), SPELLINGS)
def test_suggestions_ignore_case(left: str, right: str) -> None:
    assert did_you_mean(right, [left, "unlike"]) == left


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule())
    Path("pool.tsv").write_text(
        "FILE\tPROPOSAL\tCAMERA\tCANDIDATES\n"
        "ﬁrst_raw.f\t7\tred\t[('o1', 'night')]\n"
        "Straße_raw.f\t7\tred\t[('o1', 'night')]\n"
        "STRASSE_raw.f\t7\tred\t[('o1', 'night')]\n"
    )
    return lambda *arguments: run_main(capsys, *arguments)


def test_file_names_that_differ_in_case_are_one_exposure(run: Run) -> None:
    ran = run("generate", *LYNX, "pool.tsv", "-o", "out")
    assert ran.status == 0
    assert "FILE STRASSE_raw.f is already on line 3: the file is a member of a group only once" in ran.stderr
    result = [json.loads(path.read_text()) for path in sorted(Path("out").glob("*_asn.json"))]
    names = [[member["expname"] for member in left["products"][0]["members"]] for left in result]
    assert names
    assert all("ﬁrst_flat.f" in some and len(some) == 2 for some in names)


@pytest.mark.parametrize("name", ["FIRST_RAW.F", "ﬁrst_raw.f", "Fi*_raw.f"])
def test_exposures_are_selected_ignoring_case(run: Run, name: str) -> None:
    ran = run("explain", *LYNX, "pool.tsv", name)
    assert ran.status == 0
    assert "ﬁrst_raw.f" in ran.stdout
