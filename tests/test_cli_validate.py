"""``asnforge validate`` as its user sees it."""

import json

import pytest
from click.testing import CliRunner

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


SCIENCE = 'A114 product 1 has no science member; the exptype of one member or more must be "science"\n'


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "stdout", "stderr"),
    [
        (["good_asn.json"], None, 0, "", "1 file checked, no findings\n"),
        (["-"], GOOD, 0, "", "1 file checked, no findings\n"),
        (["-"], BAD, 1, f"-:1:59: {SCIENCE}", "1 file checked, 1 finding\n"),
        (["night"], None, 1, f"night/deeper/b_asn.json:1:59: {SCIENCE}", "2 files checked, 1 finding\n"),
        (
            ["absent"],
            None,
            2,
            "absent: A101 cannot be read: No such file or directory\n",
            "1 file checked, 1 finding\n",
        ),
        (
            ["empty", "good_asn.json"],
            None,
            2,
            "empty: A101 has no file *_asn.json, in no folder below it either\n",
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
            }
        ],
    }


def test_without_a_file_it_says_so(run):
    assert run().exit_code == 2
