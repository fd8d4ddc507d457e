"""``asnforge rules test``, ``coverage``, ``new`` and ``diff`` as their user sees them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner, Result
from support.cases import write_cases
from support.observatory import pool_text, rule, write_ruleset

from asnforge.authoring import diff as rule_diff
from asnforge.authoring.scaffold import EXISTS, INVALID_NAME
from asnforge.cases.collect import NO_CASES
from asnforge.cli.rules import command
from asnforge.findings import FindingCode, InputError

CASES = """
It passes:
  exposures:
    star: {}
    psf: {STAR: yes}
  expect:
    together: [[star, psf]]

It fails:
  exposures:
    star: {}
  expect:
    left_out: {star: light}

It passes as well:
  exposures:
    far: {BAND: z}
  expect:
    left_out: {far: light}
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    write_cases(Path("rules"), CASES)
    return lambda *arguments: CliRunner().invoke(command, arguments)


def counts(result: Result) -> str:
    """The summary without the time."""
    return result.stderr.rpartition(", ")[0]


@pytest.mark.parametrize(
    ("arguments", "status", "summary"),
    [
        (["rules"], 1, "3 cases, 2 passed, 1 failed"),
        (["rules", "-k", "passes"], 0, "2 cases, 2 passed"),
        (["rules/fields.yaml", "-k", "PASSES AS"], 0, "1 case, 1 passed"),
        (["rules/fields.cases.yaml", "--fail-fast"], 1, "3 cases, 1 passed, 1 failed, 1 not run"),
        (["rules", "-x", "-k", "fields"], 1, "3 cases, 1 passed, 1 failed, 1 not run"),
        (["rules", "-k", "nothing"], 1, "0 cases, 0 passed, 1 finding"),
    ],
)
def test_cases_are_selected_and_counted(run: Run, arguments: list[str], status: int, summary: str) -> None:
    result = run("test", *arguments)
    assert (result.exit_code, counts(result)) == (status, summary)


def test_verbose_lists_passing_cases(run: Run) -> None:
    heads = [line for line in run("test", "rules", "-v").stdout.splitlines() if line.startswith("rules/")]
    assert heads == [
        "rules/fields.cases.yaml:8: passed It passes",
        "rules/fields.cases.yaml:15: R410 It fails",
        "rules/fields.cases.yaml:21: passed It passes as well",
    ]
    assert "passed" not in run("test", "rules").stdout


def test_results_as_json_and_junit(run: Run) -> None:
    result = run("test", "rules", "--json", "--junit", "report.xml")
    output = json.loads(result.stdout)
    assert [case["passed"] for case in output["cases"]] == [True, False, True]
    assert output["findings"] == []
    root = ElementTree.fromstring(Path("report.xml").read_text(encoding="utf-8"))
    assert [suite.get("tests") for suite in root] == ["3"]


def test_invalid_case_is_a_finding(run: Run) -> None:
    write_cases(Path("rules"), CASES.replace("far: light", "near: light"))
    result = run("test", "rules")
    assert (
        result.stdout.splitlines()[-1]
        == "rules/fields.cases.yaml:25:18: R402 the case has no exposure near; available: far"
    )
    assert (result.exit_code, counts(result)) == (1, "2 cases, 1 passed, 1 failed, 1 finding")


def test_unreadable_rules_are_an_input_error(run: Run) -> None:
    for verb in ("test", "coverage"):
        assert isinstance(run(verb, "absent").exception, InputError)


def test_quiet_coverage_lists_what_was_never_decisive(run: Run) -> None:
    result = run("coverage", "rules", "-q")
    assert result.exit_code == 1
    assert "never decisive: key program of Fields: group by PROPOSAL" in result.stdout.splitlines()
    assert result.stderr == "5 of 13 were decisive, 38 %\n"


def test_coverage_is_a_table_or_json(run: Run) -> None:
    table = run("coverage", "rules").stdout.splitlines()
    assert table[0].split() == ["passed", "failed", "decisive", "item", "rules", "description"]
    assert table[1].split() == ["3", "1", "1", "constraint", "light", "Fields", "BAND", "is", "one", "of", "g,", "r"]
    (light,) = (
        item for item in json.loads(run("coverage", "rules", "--json").stdout)["items"] if item["kind"] == "constraint"
    )
    assert light == {
        "kind": "constraint",
        "name": "light",
        "words": "BAND is one of g, r",
        "rules": ["Fields"],
        "passed": 3,
        "failed": 1,
        "decided": 1,
    }


NIGHT = """
FILE       PROPOSAL CAMERA FIELD BAND STAR
a_raw.fits 7        red    1     g    .
b_raw.fits 7        red    1     g    yes
c_raw.fits 7        red    2     z    .
"""


def test_coverage_over_pools(run: Run) -> None:
    Path("night.tsv").write_text(pool_text(NIGHT), encoding="utf-8")
    output = json.loads(run("coverage", "rules", "-p", "night.tsv", "--pool", "night.tsv", "--json").stdout)
    (light,) = (item for item in output["items"] if item["kind"] == "constraint")
    assert (light["passed"], light["failed"], light["decided"]) == (4, 2, 2)


def test_new_rule_passes(run: Run) -> None:
    result = run("new", "Asn_My_Rule", "--folder", "mine")
    assert (result.exit_code, sorted(path.name for path in Path("mine").iterdir())) == (
        0,
        ["asn_my_rule.cases.yaml", "asn_my_rule.yaml"],
    )
    assert run("check", "mine").exit_code == 0
    assert counts(run("test", "mine")) == "3 cases, 3 passed"
    assert isinstance(run("new", "Asn_My_Rule", "--folder", "mine").exception, InputError)


def changed_rules() -> None:
    Path("night.tsv").write_text(pool_text(NIGHT), encoding="utf-8")
    write_ruleset(Path("new"), rule("Fields", group_by={"field": {"column": "FIELD"}}))


CHANGES = [
    "rules: 3 differences",
    "    Fields: select: {light: {column: BAND, in: [g, r]}} -> none",
    "    Fields: group_by.light: {column: BAND} -> none",
    "    Fields: require.psf: {members: psf} -> none",
]


def test_differences_of_rule_sets(run: Run) -> None:
    changed_rules()
    result = run("diff", "rules", "new", "-p", "night.tsv")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        *CHANGES,
        "night.tsv: 1 gained, 1 the same",
        "    gained    p007-z9_f02_red_open (Fields, 1 member)",
    ]
    same = run("diff", "new", "new", "-p", "night.tsv")
    assert (same.exit_code, same.stdout) == (
        0,
        "rules: no difference\nnight.tsv: no difference, 2 the same\n",
    )
    output = json.loads(run("diff", "rules", "new", "-p", "night.tsv", "--json").stdout)
    assert [(change["rules"], change["key"]) for change in output["rules"]] == [
        (["Fields"], "select"),
        (["Fields"], "group_by.light"),
        (["Fields"], "require.psf"),
    ]
    assert [(pool["pool"], pool["counts"]["unexpected"]) for pool in output["pools"]] == [("night.tsv", 1)]


def test_differences_without_a_pool_are_those_of_the_keys(run: Run) -> None:
    changed_rules()
    result = run("diff", "rules", "new")
    assert (result.exit_code, result.stdout.splitlines()) == (1, CHANGES)
    assert run("diff", "new", "new").exit_code == 0


def test_other_rules_with_the_same_associations_have_status_0(run: Run) -> None:
    changed_rules()
    content = rule("Fields", group_by={"field": {"column": "FIELD", "optional": "yes"}})
    write_ruleset(Path("other"), content)
    result = run("diff", "new", "other", "-p", "night.tsv")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "rules: 1 difference",
            "    Fields: group_by.field.optional: none -> yes",
            "night.tsv: no difference, 2 the same",
        ],
    )


@pytest.mark.parametrize("arguments", [["rules", "new", "-p", "night.tsv", "--watch", "--json"], []])
def test_invalid_options_of_diff_are_rejected(run: Run, arguments: list[str]) -> None:
    assert run("diff", *arguments).exit_code == 2


def test_watch_repeats_the_comparison_on_each_save(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_rules()
    nothing = yaml.safe_dump(rule("Fields", select={"no": {"column": "BAND", "is": "x"}}))
    saves = iter(["rule: [", nothing])

    def wait(_path: object, _before: object) -> None:
        text = next(saves, None)
        if text is None:
            raise KeyboardInterrupt
        Path("new/fields.yaml").write_text(text, encoding="utf-8")

    monkeypatch.setattr(rule_diff, "wait_for_change", wait)
    result = run("diff", "rules", "new", "-p", "night.tsv", "--watch")
    lines = (line for line in result.stdout.splitlines() if line and not line.startswith((" ", "rules: ")))
    heads = list(lines)
    assert heads[0] == "night.tsv: 1 gained, 1 the same"
    assert heads[1].startswith("new/fields.yaml:2:1: R102 ")
    assert heads[2] == "night.tsv: 1 lost, 0 the same"
    assert result.exit_code == 0
    assert result.stderr.count("waiting for a change of new; Ctrl-C stops") == 3


@pytest.mark.parametrize("code", [EXISTS, INVALID_NAME, NO_CASES], ids=lambda code: code.code)
def test_wrong_command_has_its_finding_and_right_command_does_not(run: Run, code: FindingCode) -> None:
    write_ruleset(Path("my-rules"), rule("Image"))
    Path("my-rules/image.cases.yaml").write_text(
        "defaults: {PROPOSAL: 7, CAMERA: red}\ncases: {A template: {exposures: {a: {}}, expect: {asn_type: stack}}}\n",
        encoding="utf-8",
    )
    wrong, right = (run(*shlex.split(command.removeprefix("asnforge rules "))) for command in (code.wrong, code.right))
    assert (wrong.exit_code != 0, right.exit_code) == (True, 0)
    assert f"{code.code} " in (str(wrong.exception) if isinstance(wrong.exception, InputError) else wrong.stdout)
