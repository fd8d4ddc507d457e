"""``asnforge validate``: arguments, outputs and exit status."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.observatory import rule, write_ruleset

from asnforge.cli.validate import command
from asnforge.findings import InputError

GOOD = '{"asn_id": "a", "asn_pool": "p", "products": [{"members": [{"expname": "x", "exptype": "science"}]}]}'
BAD = GOOD.replace('"science"', '"psf"')


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night" / "deeper").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "good_asn.json").write_text(GOOD)
    (tmp_path / "night" / "a_asn.json").write_text(GOOD)
    (tmp_path / "night" / "deeper" / "b_asn.json").write_text(BAD)
    (tmp_path / "night" / "other.json").write_text("no association")

    def run(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(command, arguments, **options)

    return run


SKIPPED = "1 JSON file without an association skipped: night/other.json\n"
SCIENCE = "A114 product 1 has no science member; at least one member must have the exptype science\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "stdout", "stderr"),
    [
        (["good_asn.json"], None, 0, "", "1 file checked, no findings\n"),
        (["-"], GOOD, 0, "", "1 file checked, no findings\n"),
        (["-"], BAD, 1, f"-:1:59: {SCIENCE}", "1 file checked, 1 finding\n"),
        (["night"], None, 1, f"night/deeper/b_asn.json:1:59: {SCIENCE}", f"{SKIPPED}2 files checked, 1 finding\n"),
        (
            ["absent"],
            None,
            2,
            "absent: A101 cannot be read: no such file; check the name\n",
            "1 file checked, 1 finding\n",
        ),
        (
            ["empty", "good_asn.json"],
            None,
            2,
            "empty: A101 contains no association files, not even in its subfolders\n",
            "1 file checked, 1 finding\n",
        ),
    ],
)
def test_findings_are_lines_and_the_exit_status_tells_their_severity(
    run: Run, arguments: list[str], stdin: str | None, status: int, stdout: str, stderr: str
) -> None:
    result = run(*arguments, input=stdin)
    assert (result.exit_code, result.stdout, result.stderr) == (status, stdout, stderr)


def test_json_has_all_parts_of_a_finding(run: Run) -> None:
    result = run("night", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "files": 2,
        "findings": [
            {
                "code": "A114",
                "message": "product 1 has no science member",
                "file": "night/deeper/b_asn.json",
                "line": 1,
                "column": 59,
                "hint": "at least one member must have the exptype science",
                "severity": "error",
                "row": None,
                "details": {"part": "product 1"},
            }
        ],
        "not_shown": {},
        "skipped": ["night/other.json"],
    }


def test_file_is_required(run: Run) -> None:
    assert run().exit_code == 2


def many(count: int, *, errors: int = 0) -> str:
    """An association with a number of warnings about product names, followed by errors."""
    members = [{"expname": "x", "exptype": "science"}]
    products = [{"name": "p", "members": members} for _ in range(count + 1)]
    products += [{"name": f"e{index}", "members": []} for index in range(errors)]
    return json.dumps({"asn_id": "a", "asn_pool": "p", "products": products}, indent=1)


@pytest.mark.parametrize(
    ("options", "shown", "note"),
    [
        ([], 100, "many_asn.json: 50 more findings; --limit 0 shows all"),
        (["--limit", "149"], 149, "many_asn.json: 1 more finding; --limit 0 shows all"),
        (["--limit", "150"], 150, None),
        (["--limit", "0"], 150, None),
    ],
)
def test_limit_is_the_number_of_findings_shown_of_a_file(
    run: Run, options: list[str], shown: int, note: str | None
) -> None:
    Path("many_asn.json").write_text(many(150))
    result = run("many_asn.json", *options)
    lines = result.stdout.splitlines()
    assert sum(" A115 warning: " in line for line in lines) == shown
    assert lines[shown:] == ([note] if note else [])
    assert result.stderr == "1 file checked, 150 findings\n"


def test_limit_applies_to_each_file_and_to_json(run: Run) -> None:
    for name in "ab":
        Path(f"{name}_asn.json").write_text(many(5).replace('"p"', f'"{name}"'))
    result = json.loads(run("a_asn.json", "b_asn.json", "--limit", "2", "--json").stdout)
    assert [finding["file"] for finding in result["findings"]] == ["a_asn.json"] * 2 + ["b_asn.json"] * 2
    assert result["not_shown"] == {"a_asn.json": 3, "b_asn.json": 3}


def test_errors_are_preferred_if_the_limit_is_reached(run: Run) -> None:
    Path("many_asn.json").write_text(many(5, errors=2))
    lines = run("many_asn.json", "--limit", "3").stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["A115", "A113", "A113"]


def test_files_of_a_folder_with_the_same_product_name_are_reported(run: Run) -> None:
    named = GOOD.replace('"members"', '"name": "p1", "members"')
    Path("night/c.asn").write_text(named)
    Path("night/d_asn.json").write_text(named)
    result = run("night/c.asn", "night/d_asn.json")
    assert result.exit_code == 1
    assert [line.partition(";")[0] for line in result.stdout.splitlines()] == [
        "night/c.asn:1:56: A121 warning: the product name 'p1' is also in d_asn.json",
        "night/d_asn.json:1:56: A121 warning: the product name 'p1' is also in c.asn",
    ]


def test_rules_adds_the_asn_types_of_a_rule_set(run: Run, tmp_path: Path) -> None:
    facts = {"stack": {"pipeline": "stack_images", "require": {"sky": {"at_least": 1}}}}
    write_ruleset(tmp_path / "lynx", rule(), exptypes={"science": {}, "sky": {}}, asn_types=facts)
    Path("a_asn.json").write_text(GOOD.replace("{", '{"asn_type": "stack", ', 1))
    Path("b_asn.json").write_text(GOOD.replace("{", '{"asn_type": "coron3", ', 1))
    default = run("a_asn.json", "b_asn.json")
    assert [line.split()[0] for line in default.stdout.splitlines()] == ["b_asn.json:1:81:"]
    both = run("a_asn.json", "b_asn.json", "--rules", "lynx")
    assert [line.split()[0] for line in both.stdout.splitlines()] == ["a_asn.json:1:80:", "b_asn.json:1:81:"]
    own = run("a_asn.json", "b_asn.json", "--rules", "lynx", "--ignore-default")
    assert own.stdout == "a_asn.json:1:80: A119 warning: product 1 of the stack association has no sky member\n"


@pytest.mark.timeout(20)
def test_pipe_is_reported_without_waiting(run: Run) -> None:
    os.mkfifo("pipe.json")
    result = run("pipe.json")
    assert (result.exit_code, result.stdout) == (2, "pipe.json: A101 is not a regular file\n")


MISSING = ":1:72: G123 needs x (science), which does not exist; download it\n"


@pytest.mark.parametrize(
    ("arguments", "stdout", "status"),
    [
        (["good_asn.json", "--members"], f"good_asn.json{MISSING}", 1),
        (["--members", "good_asn.json"], f"good_asn.json{MISSING}", 1),
        (["--members", "night/a_asn.json", "good_asn.json"], f"night/a_asn.json{MISSING}good_asn.json{MISSING}", 1),
        (["night/a_asn.json", "--members", "files"], "", 0),
        (["--members", "files", "night/a_asn.json"], "", 0),
        (["good_asn.json", "--members", "absent"], "", 2),
        (["--members", "empty"], "empty: A101 contains no association files, not even in its subfolders\n", 2),
        (["--members"], "", 2),
    ],
)
def test_members_are_searched_on_request(run: Run, arguments: list[str], stdout: str, status: int) -> None:
    (Path("files") / "deep").mkdir(parents=True)
    (Path("files") / "deep" / "x").touch()
    result = run(*arguments)
    assert (result.stdout, result.exit_code) == (stdout, status) or isinstance(result.exception, InputError)
