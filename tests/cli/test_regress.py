"""``asnforge regress``: pools of an invented observatory, generated and compared."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from support.observatory import pool_text, rule, write_ruleset

from asnforge.cli.main import command
from asnforge.regress.suite import NO_ENTRY

ROWS = """
FILE         PROPOSAL CAMERA CANDIDATES
e1_raw.fits  7        wide   o1/night
e2_raw.fits  7        wide   o1/night
e3_raw.fits  7        {camera} o2/night
"""

SUITE = """
defaults: {ignore_default: true, rules: [lynx], scopes: candidates}
entries:
- {pool: monday.tsv, expected: expected/monday}
- {pool: tuesday.tsv, expected: expected/tuesday.yaml}
"""


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    write_ruleset(tmp_path / "lynx", rule())
    (tmp_path / "monday.tsv").write_text(pool_text(ROWS.format(camera="wide")))
    (tmp_path / "tuesday.tsv").write_text(pool_text(ROWS.format(camera="deep")))
    (tmp_path / "suite.yaml").write_text(SUITE)
    return lambda *arguments: CliRunner().invoke(command, ["regress", *arguments])


@pytest.fixture
def accepted(run: Run) -> Run:
    assert run("suite.yaml", "--accept").exit_code == 0
    return run


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_entries_without_expected_associations_are_new(run: Run, tmp_path: Path) -> None:
    result = run("suite.yaml")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "monday: nothing is expected yet, 2 associations generated; --accept accepts them",
        "tuesday: nothing is expected yet, 2 associations generated; --accept accepts them",
        "2 entries; 0 the same; 2 different: monday, tuesday",
    ]
    assert not (tmp_path / "expected").exists()


@pytest.mark.parametrize("arguments", [("suite.yaml", "--accept"), ("--accept", "suite.yaml")])
def test_accepted_entries_are_the_same_in_the_next_run(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-3:] == [
        "accepted: expected/monday, 2 associations",
        "accepted: expected/tuesday.yaml, 2 associations",
        "2 entries; 0 the same; 2 accepted: monday, tuesday",
    ]
    for more in ((), ("-j", "2")):
        result = run("suite.yaml", *more)
        assert (result.exit_code, result.stdout.splitlines()) == (
            0,
            ["monday: 2 the same", "tuesday: 2 the same", "2 entries; 2 the same"],
        )


def test_different_entry_is_reported_and_nothing_is_written(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "tuesday.tsv").write_text(pool_text(ROWS.format(camera="wide")))
    before = files(tmp_path / "expected")
    result = accepted("suite.yaml")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "monday: 2 the same",
        "tuesday: differs: 1 renamed, 1 the same",
        "    renamed     p007-o2_f00_deep_open (stack, Image)",
        "                product name: expected p007-o2_f00_deep_open, actual p007-o2_f00_wide_open",
        "2 entries; 1 the same; 1 different: tuesday",
    ]
    assert files(tmp_path / "expected") == before


def test_accept_of_one_entry_leaves_the_others(accepted: Run, tmp_path: Path) -> None:
    for pool in ("monday.tsv", "tuesday.tsv"):
        (tmp_path / pool).write_text(pool_text(ROWS.format(camera="new")))
    before = files(tmp_path / "expected")
    result = accepted("suite.yaml", "--accept", "tuesday")
    assert result.exit_code == 0
    assert "actual p007-o2_f00_new_open" in result.stdout
    after = files(tmp_path / "expected")
    assert {name for name in after if after[name] != before.get(name)} == {"tuesday.yaml"}
    assert b"p007-o2_f00_new_open" in after["tuesday.yaml"]


def test_accept_removes_associations_that_are_no_longer_generated(accepted: Run, tmp_path: Path) -> None:
    folder = tmp_path / "expected" / "monday"
    (folder / "old_asn.json").write_bytes((folder / "p007-o1_stack_01_asn.json").read_bytes())
    (folder / "notes.txt").write_text("mine")
    assert accepted("suite.yaml", "--accept", "monday").exit_code == 0
    assert sorted(files(folder)) == ["notes.txt", "p007-o1_stack_01_asn.json", "p007-o2_stack_01_asn.json"]


def test_other_entries_run_if_one_fails(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "monday.tsv").write_text("nothing of a table")
    result = accepted("suite.yaml", "--accept")
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "monday: cannot be generated or compared",
        "tuesday: 2 the same",
        "2 entries; 1 the same; 1 failed: monday",
    ]
    assert result.stderr.startswith("    monday.tsv")


def test_invalid_expected_file_is_reported_with_its_position(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "expected" / "tuesday.yaml").write_text("- asn_type: stack\n")
    result = accepted("suite.yaml")
    assert result.exit_code == 2
    assert "expected/tuesday.yaml:1:3: C103 required key 'products' is missing in item 1" in result.stderr


def test_allowlist_of_an_entry_accepts_differences(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "allow.yaml").write_text(
        "allow:\n- {what: product_name, reason: a new camera}\n- {kind: missing, reason: old}\n"
    )
    (tmp_path / "suite.yaml").write_text(SUITE.replace("tuesday.yaml}", "tuesday.yaml, allow: allow.yaml}"))
    (tmp_path / "tuesday.tsv").write_text(pool_text(ROWS.format(camera="wide")))
    result = accepted("suite.yaml")
    assert result.exit_code == 0
    assert "tuesday: 1 the same, 1 allowed" in result.stdout
    assert "allow.yaml:3: C111 warning: the allowed difference no longer occurs: kind missing" in result.stderr


def test_only_selects_entries(accepted: Run) -> None:
    assert accepted("suite.yaml", "--only", "monday").stdout == "monday: 2 the same\n1 entry; 1 the same\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage:"),
        (("absent.yaml",), "absent.yaml: C120 cannot be read: no such file; check the name"),
        (("suite.yaml", "--only", "mondey"), "C123 the suite has no entry 'mondey'; did you mean monday?"),
        (("suite.yaml", "--accept", "sunday_night"), "C123 the suite has no entry 'sunday_night'; entries are monday"),
        (("suite.yaml", "--junit", "absent/x.xml"), "absent/x.xml: A190 "),
    ],
)
def test_error_is_one_line_and_status_2(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_examples_of_an_undefined_entry(accepted: Run) -> None:
    wrong, right = (accepted(*shlex.split(example)[2:]) for example in (NO_ENTRY.wrong, NO_ENTRY.right))
    assert (wrong.exit_code, right.exit_code) == (2, 0)
    assert NO_ENTRY.code in wrong.stderr


def test_a_page_shows_the_entries_with_differences_first(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "tuesday.tsv").write_text(pool_text(ROWS.format(camera="wide")))
    assert accepted("suite.yaml", "--html", "report.html").exit_code == 1
    page = (tmp_path / "report.html").read_text()
    assert "<title>Comparison: of 2 pools</title>" in page
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    words = data["words"]
    assert [(words[row["z"]], words[row["g"]]) for row in data["associations"]] == [
        ("tuesday", "renamed"),
        ("monday", "the same on both sides"),
        ("monday", "the same on both sides"),
        ("tuesday", "the same on both sides"),
    ]


def test_json_and_junit(accepted: Run, tmp_path: Path) -> None:
    (tmp_path / "tuesday.tsv").write_text(pool_text(ROWS.format(camera="wide")))
    result = accepted("suite.yaml", "--json", "--junit", "report.xml")
    entries = json.loads(result.stdout)["entries"]
    assert [(entry["name"], entry["status"], entry["comparison"]["same"]) for entry in entries] == [
        ("monday", 0, 2),
        ("tuesday", 1, 1),
    ]
    suites = ET.fromstring((tmp_path / "report.xml").read_bytes())
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("monday", "2", "0"),
        ("tuesday", "2", "1"),
    ]
