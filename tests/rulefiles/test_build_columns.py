"""Other names of columns: read from rule sets, checked, and shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.observatory import Content, rule, ruleset, write_ruleset

from asnforge.cases.collect import load_suite, run_suite
from asnforge.findings import InputError
from asnforge.lint.check_rules import check_rules
from asnforge.rulefiles.load import load_ruleset
from asnforge.rules.markdown import catalogue

OBS: Content = {"OBS": {"also": ["OBSERVATION", "obsnum"]}}
TILES: Content = {"several": {"distinct": "OBS", "at_least": "2"}}


def test_other_names_are_listed_by_the_name_that_rules_use() -> None:
    read = ruleset(rule(require=TILES), columns=OBS)
    assert read.other_names == {"obs": ("observation", "obsnum")}
    assert {"obs", "observation", "obsnum"} <= read.columns_read()
    assert read.columns_needed() & {"obs", "observation", "obsnum"} == {"obs"}


def test_other_names_of_an_unused_column_are_not_read() -> None:
    assert not {"obs", "obsnum"} & ruleset(columns=OBS).columns_read()


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        ({"obs", "obsnum"}, "obs"),
        ({"obsnum", "observation"}, "observation"),
        ({"obsnum"}, "obsnum"),
        ({"file"}, None),
    ],
)
def test_the_name_that_rules_use_takes_precedence_then_the_first(available: set[str], expected: str | None) -> None:
    assert ruleset(columns=OBS).find_column("obs", available) == expected


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"OBS": {"also": ["obs"]}}, "OBS is listed as another name of itself; delete it"),
        (
            {"OBS": {"also": ["X"]}, "FILE": {"also": ["x"]}},
            "X is another name of both OBS and FILE; delete one of the two",
        ),
        ({"OBS": {"also": ["X"]}, "X": {"also": ["Y"]}}, "X has other names itself; list all of them under OBS"),
        (
            {"OBS": {"also": ["level"]}},
            "LEVEL is a derived column, so it cannot be another name of OBS; rename one of them",
        ),
        (
            {"level": {"also": ["X"]}},
            "'level' is a derived column, which pools do not have under any name; declare the columns that it is derived from",
        ),
    ],
)
def test_an_ambiguous_name_is_rejected(columns: Content, message: str) -> None:
    with pytest.raises(InputError) as stop:
        ruleset(rule(require=TILES), columns=columns)
    (finding,) = stop.value.findings
    assert (finding.code, f"{finding.message}; {finding.hint}") == ("R209", message)


def test_a_cycle_of_names_is_rejected() -> None:
    with pytest.raises(InputError) as stop:
        ruleset(columns={"A": {"also": ["B"]}, "B": {"also": ["A"]}})
    assert [finding.code for finding in stop.value.findings] == ["R209", "R209"]


@pytest.mark.parametrize(
    "columns", [{"OBS": None}, {"OBS": {"also": []}}, {"OBS": {"also": ["X", "X"]}}, {"OBS": ["X"]}, {}]
)
def test_an_invalid_block_is_rejected(columns: Content) -> None:
    with pytest.raises(InputError):
        ruleset(columns=columns)


def test_a_column_can_be_declared_without_other_names(tmp_path: Path) -> None:
    read = ruleset(rule(require=TILES), columns={"OBS": {}, "LAMP": {}})
    assert read.other_names == {}
    assert "Other names" not in catalogue(read)
    folder = write_ruleset(tmp_path / "lynx", rule(require=TILES), columns={"OBS": {}, "LAMP": {}})
    messages = [each.message for each in check_rules(folder).findings if "column" in each.message]
    assert messages == ["nothing reads the column LAMP"]


def test_unused_columns_and_columns_read_by_two_names_are_warnings(tmp_path: Path) -> None:
    columns = {"OBS": {"also": ["CAMERA"]}, "LAMP": {"also": ["LIGHT"]}}
    folder = write_ruleset(tmp_path / "lynx", rule(require=TILES), columns=columns)
    findings = [each for each in check_rules(folder).findings if "column" in each.message]
    assert [f"{each.severity} {each.code} {each.message}; {each.hint}" for each in findings] == [
        "warning R313 CAMERA is read as a column, but is another name of OBS; read OBS instead",
        "warning R306 nothing reads the column LAMP; ",
    ]


def test_the_catalogue_lists_other_names() -> None:
    text = catalogue(ruleset(rule(require=TILES), columns=OBS))
    assert "\n## Other names of columns\n\n| column | other names |\n|---|---|\n| OBS | OBSERVATION, OBSNUM |\n" in text


def test_cases_can_use_other_names(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "lynx", rule(require=TILES), columns=OBS)
    case = {
        "exposures": "name OBSNUM\none 1\ntwo 2\n",
        "expect": {"together": [["one", "two"]]},
    }
    content = {"defaults": {"PROPOSAL": "7", "CAMERA": "red"}, "cases": {"of two observations": case}}
    (folder / "image.cases.yaml").write_text(yaml.safe_dump(content))
    assert [result.passed for result in run_suite(load_suite(folder))] == [True]


def test_the_shipped_rule_set_reads_observation_numbers_under_the_keyword_of_headers() -> None:
    assert load_ruleset().other_names == {"obs_num": ("observtn",)}
