"""What differs in letter case only is the same, in every alphabet; what is written keeps the spelling of the pool."""

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
ﬁrst_raw.f  7        red    {one}   o1/night
TWO_raw.f   7        red    {other} o1/night
"""


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_exposures_are_grouped_by_a_value_in_any_letter_case(one: str, other: str) -> None:
    grouped = rule(group_by={"where": {"column": "WHERE"}})
    found = generated(POOL.format(one=one, other=other), grouped).associations
    assert [members(association) for association in found] == [["ﬁrst_flat.f science", "TWO_flat.f science"]]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_a_constraint_and_a_column_are_met_in_any_letter_case(one: str, other: str) -> None:
    table = POOL.format(one=one, other="elsewhere").replace("WHERE  ", one)
    selected = rule(select={"where": {"column": other, "is": other}})
    found = generated(table, selected).associations
    assert [members(association) for association in found] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_a_regular_expression_is_met_in_any_letter_case(one: str, other: str) -> None:
    selected = rule(select={"where": {"column": "WHERE", "matches": f"{other}|none"}})
    found = generated(POOL.format(one=one, other="elsewhere"), selected).associations
    assert [members(association) for association in found] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_constraints_spell_a_value_as_the_first_of_its_spellings_in_sort_order(one: str, other: str) -> None:
    grouped = rule(group_by={"where": {"column": "WHERE"}})
    found = generated(POOL.format(one=one, other=other), grouped).associations
    (text,) = [association.constraints for association in found]
    assert f"    where: {min(one, other)}" in text.splitlines()


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_a_value_is_undefined_in_any_letter_case(one: str, other: str) -> None:
    rules = ruleset(rule(select={"where": {"column": "WHERE", "defined": "no"}}), undefined=[other])
    found = generate(pool(POOL.format(one=one, other="elsewhere")), rules).associations
    assert [members(association) for association in found] == [["ﬁrst_flat.f science"]]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_a_suggestion_is_found_in_any_letter_case(one: str, other: str) -> None:
    assert did_you_mean(other, [one, "unlike"]) == one


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


def test_a_file_name_in_another_letter_case_is_the_same_exposure(run: Run) -> None:
    ran = run("generate", *LYNX, "pool.tsv", "-o", "out")
    assert ran.status == 0
    assert "FILE STRASSE_raw.f is already on line 3: the file is a member of a group only once" in ran.stderr
    found = [json.loads(path.read_text()) for path in sorted(Path("out").glob("*_asn.json"))]
    names = [[member["expname"] for member in one["products"][0]["members"]] for one in found]
    assert names
    assert all("ﬁrst_flat.f" in some and len(some) == 2 for some in names)


@pytest.mark.parametrize("name", ["FIRST_RAW.F", "ﬁrst_raw.f", "Fi*_raw.f"])
def test_an_exposure_is_found_by_a_name_in_any_letter_case(run: Run, name: str) -> None:
    ran = run("explain", *LYNX, "pool.tsv", name)
    assert ran.status == 0
    assert "ﬁrst_raw.f" in ran.stdout
