"""A new rule and its cases pass rules check and rules test as they are, in any rule set."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from support.observatory import IMAGE, rule, write_ruleset

from asnforge.authoring.scaffold import new_rule
from asnforge.cases.collect import load_suite, run_suite
from asnforge.findings import InputError
from asnforge.lint.check_rules import check_rules
from asnforge.rulefiles.shipped import rulesets_folder


def create(name: str, folder: Path) -> Path:
    scaffold = new_rule(name, folder)
    scaffold.write()
    assert scaffold.rule == folder / f"{name.lower()}.yaml"
    assert scaffold.cases == folder / f"{name.lower()}.cases.yaml"
    return scaffold.rule


def assert_passes(path: Path, folder: Path) -> None:
    before = {finding.message for finding in check_rules(folder).findings if str(path.name) not in finding.file}
    assert {finding.message for finding in check_rules(folder).findings} == before
    suite = load_suite(path)
    assert suite.findings == ()
    assert [result.passed for result in run_suite(suite)] in ([True] * 2, [True] * 3, [True] * 4)


@pytest.mark.parametrize("name", ["Asn_My_Rule", "x", "Long.Name-2"])
def test_new_rule_of_the_default_rules_passes(tmp_path: Path, name: str) -> None:
    assert_passes(create(name, tmp_path / "my" / "rules"), tmp_path / "my" / "rules")


@pytest.mark.parametrize("shipped", sorted(path.parent.name for path in rulesets_folder().glob("*/ruleset.yaml")))
def test_new_rule_of_a_rule_set_passes(tmp_path: Path, shipped: str) -> None:
    folder = tmp_path / shipped
    shutil.copytree(rulesets_folder() / shipped, folder)
    assert_passes(create("A_New_One", folder), folder)


def test_new_rule_has_what_other_rules_have_in_common(tmp_path: Path) -> None:
    write_ruleset(tmp_path, rule("Fields", select={"light": {"column": "BAND", "is": "g"}}))
    path = create("New", tmp_path)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["use"] == ["basic"]
    assert content["select"] == {"light": {"column": "BAND", "is": "new"}}
    assert content["product"] == "usual"
    assert [result.passed for result in run_suite(load_suite(path))] == [True] * 3


def test_new_rule_selects_by_the_column_with_most_values_of_joint_conditions(tmp_path: Path) -> None:
    conditions = {
        "open": {"column": "SHUTTER", "is": "open"},
        "sky": {"all": [{"column": "KIND", "is": "sky"}, {"use": "open"}]},
        "lamp": {"all": [{"use": "open"}, {"column": "KIND", "in": ["lamp", "dome"]}]},
        "moon": {"all": [{"use": "sky"}, {"column": "MOON", "is": "full"}]},
    }
    rules = [rule(name.title(), select={name: {"use": name}}) for name in ("sky", "lamp", "moon")]
    write_ruleset(tmp_path, *rules, conditions=conditions)
    path = create("New", tmp_path)
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["select"] == {"chosen": {"column": "KIND", "is": "new"}}
    assert_passes(path, tmp_path)


@pytest.mark.parametrize(
    ("shipped", "column"),
    [
        ("ccd-observatory", "IMAGETYP"),
        ("eso-fors2-imaging", "ESO DPR CATG"),
        ("hst-products", "DETECTOR"),
        ("jwst-stage2", "EXP_TYPE"),
        ("jwst-stage3", "EXP_TYPE"),
        ("longslit-example", "IMAGETYP"),
    ],
)
def test_new_rule_selects_by_the_column_that_other_rules_select_by(tmp_path: Path, shipped: str, column: str) -> None:
    shutil.copytree(rulesets_folder() / shipped, tmp_path / shipped)
    content = yaml.safe_load(new_rule("Deep", tmp_path / shipped).rule_text)
    assert [constraint["column"] for constraint in content["select"].values()] == [column]


def test_new_rule_passes_if_other_rules_select_nothing(tmp_path: Path) -> None:
    write_ruleset(tmp_path, IMAGE)
    assert [result.passed for result in run_suite(load_suite(create("New", tmp_path)))] == [True] * 3


def test_cases_have_an_association(tmp_path: Path) -> None:
    text = new_rule("Asn_My_Rule", tmp_path).cases_text
    content = yaml.safe_load(text)
    assert list(content["cases"]) == [
        "Exposures that agree are one association",
        "What is rejected, and why",
        "Exposures that differ in one key are apart",
    ]
    products = content["cases"]["Exposures that agree are one association"]["expect"]["products"]
    assert list(products.values()) == [["one", "two"]]


def test_first_line_names_the_schema(tmp_path: Path) -> None:
    scaffold = new_rule("New", tmp_path)
    for kind, text in (("rule", scaffold.rule_text), ("cases", scaffold.cases_text)):
        pointer = text.partition("\n")[0].removeprefix("# yaml-language-server: $schema=")
        assert (tmp_path / pointer).name == f"{kind}.schema.json"
        assert (tmp_path / pointer).is_file()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "R413"),
        ("1st", "R413"),
        ("a b", "R413"),
        ("../up", "R413"),
        ("ruleset", "R413"),
        ("Asn_Lv3Image", "R412"),
        ("asn_lv3image", "R412"),
    ],
)
def test_invalid_and_existing_names_are_rejected(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        new_rule(name, tmp_path)
    assert [finding.code for finding in caught.value.findings] == [code]


@pytest.mark.parametrize("file", ["new.yaml", "new.cases.yaml"])
def test_existing_files_are_rejected(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        new_rule("New", tmp_path)
    assert str(caught.value) == f"{tmp_path / file}: R412 the file already exists; give the rule another name"


def test_existing_rule_in_another_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("- [", encoding="utf-8")
    (tmp_path / "list.yaml").write_text("[rule]", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("rule: New", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        new_rule("nEW", tmp_path)
    assert str(caught.value) == (f"{tmp_path / 'other.yaml'}: R412 there is already a rule nEW; give it another name")
    assert new_rule("Newer", tmp_path).rule == tmp_path / "newer.yaml"


@pytest.mark.parametrize(
    ("column_type", "bounds"),
    [
        ({"type": "number"}, {"above": "3", "below": "3.5"}),
        ({"type": "number", "unit": "s"}, {"at_least": "1 min"}),
        ({"type": "time"}, {"below": "2026-03-14"}),
        ({"type": "angle", "unit": "hour"}, {"above": "13:00:00", "below": "13:00:30"}),
    ],
)
def test_exposures_of_the_cases_are_within_the_bounds_of_a_part(
    tmp_path: Path, column_type: dict[str, str], bounds: dict[str, str]
) -> None:
    basic = {
        "select": {"limits": {"column": "LIMIT", **bounds}},
        "group_by": {"program": {"column": "PROPOSAL"}, "camera": {"column": "CAMERA"}},
    }
    write_ruleset(tmp_path, IMAGE, parts={"basic": basic}, columns={"LIMIT": column_type})
    assert [result.passed for result in run_suite(load_suite(create("New", tmp_path)))] == [True] * 3


def test_new_rule_in_a_set_with_conditions_selects_by_their_column_and_has_values_for_its_keys(
    tmp_path: Path,
) -> None:
    conditions = {"dark": {"column": "KIND", "in": ["dark", "closed"]}, "open": {"column": "SHUTTER", "is": "open"}}
    night = {"cases": [{"copy": "START", "minus": "11 h", "matching": r"(\d{4}-\d{2}-\d{2}).*"}]}
    part = {"select": {"open": {"use": "open"}}, "group_by": {"night": {"column": "night"}}}
    write_ruleset(
        tmp_path,
        rule("Dark", use=["nightly"], select={"dark": {"use": "dark"}, "open": {"use": "open"}}, product="{night}"),
        conditions=conditions,
        columns={"START": {"type": "time"}},
        derived={"night": night},
        parts={"nightly": part},
        names={"night": {"key": "night"}},
        products=None,
    )
    scaffold = new_rule("Deep", tmp_path)
    rule_text, cases = yaml.safe_load(scaffold.rule_text), yaml.safe_load(scaffold.cases_text)
    assert rule_text["select"] == {"chosen": {"column": "KIND", "is": "deep"}}
    assert (cases["defaults"]["KIND"], str(cases["defaults"]["START"])) == ("deep", "2026-03-14 21:00:00")
    (first, *_) = cases["cases"].values()
    assert list(first["expect"]["products"].values()) == [["one", "two"]]
