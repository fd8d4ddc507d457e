"""``asnforge validate`` as its user sees it."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.observatory import rule, write_ruleset

from asnforge.cli.validate import command

GOOD = '{"asn_id": "a", "asn_pool": "p", "products": [{"members": [{"expname": "x", "exptype": "science"}]}]}'
BAD = GOOD.replace('"science"', '"psf"')


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night" / "deeper").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "good_asn.json").write_text(GOOD)
    (tmp_path / "night" / "a_asn.json").write_text(GOOD)
    (tmp_path / "night" / "deeper" / "b_asn.json").write_text(BAD)
    (tmp_path / "night" / "other.json").write_text("no association")
    return lambda *arguments, **more: CliRunner().invoke(command, arguments, **more)


SKIPPED = "1 JSON file skipped, which does not hold an association: night/other.json\n"
SCIENCE = 'A114 product 1 has no science member; the exptype of one member or more must be "science"\n'


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
            "empty: A101 has no association file, in no folder below it either\n",
            "1 file checked, 1 finding\n",
        ),
    ],
)
def test_findings_are_lines_and_the_status_says_how_bad(run, arguments, stdin, status, stdout, stderr):
    result = run(*arguments, input=stdin)
    assert (result.exit_code, result.stdout, result.stderr) == (status, stdout, stderr)


def test_json_has_every_part_of_a_finding(run):
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
                "hint": 'the exptype of one member or more must be "science"',
                "severity": "error",
                "row": None,
                "details": {},
            }
        ],
        "not_shown": {},
        "skipped": ["night/other.json"],
    }


def test_without_a_file_it_says_so(run):
    assert run().exit_code == 2


def many(count, *, errors=0):
    """An association with warnings of as many products that have the name of the first, and errors behind them."""
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
def test_the_findings_shown_of_a_file_are_limited_and_the_others_counted(run, options, shown, note):
    Path("many_asn.json").write_text(many(150))
    result = run("many_asn.json", *options)
    lines = result.stdout.splitlines()
    assert sum(" A115 warning: " in line for line in lines) == shown
    assert lines[shown:] == ([note] if note else [])
    assert result.stderr == "1 file checked, 150 findings\n"


def test_the_limit_holds_for_each_file_and_for_json(run):
    for name in "ab":
        Path(f"{name}_asn.json").write_text(many(5).replace('"p"', f'"{name}"'))
    result = json.loads(run("a_asn.json", "b_asn.json", "--limit", "2", "--json").stdout)
    assert [finding["file"] for finding in result["findings"]] == ["a_asn.json"] * 2 + ["b_asn.json"] * 2
    assert result["not_shown"] == {"a_asn.json": 3, "b_asn.json": 3}


def test_errors_are_shown_before_warnings_are(run):
    Path("many_asn.json").write_text(many(5, errors=2))
    lines = run("many_asn.json", "--limit", "3").stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["A115", "A113", "A113"]


def test_files_of_a_folder_with_the_same_product_name_are_reported(run):
    named = GOOD.replace('"members"', '"name": "p1", "members"')
    Path("night/c.asn").write_text(named)
    Path("night/d_asn.json").write_text(named)
    result = run("night/c.asn", "night/d_asn.json")
    assert result.exit_code == 1
    assert [line.partition(";")[0] for line in result.stdout.splitlines()] == [
        "night/c.asn:1:56: A121 warning: the product name 'p1' is also in d_asn.json",
        "night/d_asn.json:1:56: A121 warning: the product name 'p1' is also in c.asn",
    ]


def test_a_rule_set_brings_the_facts_of_its_own_asn_types(run, tmp_path):
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
def test_a_pipe_is_not_waited_for(run):
    os.mkfifo("pipe.json")
    result = run("pipe.json")
    assert (result.exit_code, result.stdout) == (2, "pipe.json: A101 is not a regular file\n")
