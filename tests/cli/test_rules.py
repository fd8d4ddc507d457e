"""``asnforge rules check``, ``list`` and ``show`` as their user sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.rule_files import write_rules

from asnforge.cli.main import command

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    write_rules(Path("clean"))
    Path("clean/notes.txt").write_text("none")
    write_rules(Path("warned"), cases=False)
    write_rules(Path("faulty"), [("image.yaml", "{use: calm}", "{use: clam}")])
    return lambda *arguments: CliRunner().invoke(command, ["rules", *arguments])


FAULT = "faulty/image.yaml:6:15: R201 undefined condition 'clam'; did you mean calm?\n"


@pytest.mark.parametrize(
    ("arguments", "status", "stdout", "stderr"),
    [
        (["check", "clean"], 0, "", "2 rules checked, no findings\n"),
        (["check", "clean/mosaic.yaml"], 0, "", "1 rule checked, no findings\n"),
        (["check", "faulty"], 1, FAULT, "2 rules checked, 1 error\n"),
        (["check", "clean/mosaic.cases.yaml"], 0, "", "1 rule checked, no findings\n"),
        (
            ["check", "clean/notes.txt"],
            1,
            "clean/notes.txt:1:1: R106 expected a mapping, got the string 'none'; A query that selects exposures, "
            "groups them, attaches others, checks each group and names its product\n",
            "no rules checked, 1 error\n",
        ),
        (["check", "clean", "faulty"], 1, FAULT, "4 rules checked, 1 error\n"),
        (
            ["check", "warned/image.yaml"],
            1,
            "warned/image.yaml:1:7: R307 warning: the rule Image has no cases; write image.cases.yaml\n",
            "1 rule checked, 1 warning\n",
        ),
        (["check", "absent"], 2, "absent: R101 no such rule file or folder\n", "no rules checked, 1 error\n"),
        (
            ["list", "clean"],
            0,
            "Image   image  Images of one target\nMosaic  image  Tiles of one target\n",
            "2 rules of heron: Associations of the Heron telescope\n",
        ),
        (
            ["list", "clean/image.yaml"],
            0,
            "Image  image  Images of one target\n",
            "1 rule of heron: Associations of the Heron telescope\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_output_and_exit_status(run: Run, arguments: list[str], status: int, stdout: str, stderr: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (status, stdout, stderr)


def test_findings_as_json(run: Run) -> None:
    result = run("check", "--json", "faulty")
    assert json.loads(result.stdout) == {
        "rules": 2,
        "findings": [
            {
                "code": "R201",
                "message": "undefined condition 'clam'",
                "file": "faulty/image.yaml",
                "line": 6,
                "column": 15,
                "hint": "did you mean calm?",
                "severity": "error",
                "row": None,
                "details": {"what": "condition", "name": "clam"},
            }
        ],
    }


def test_check_explains_a_code(run: Run) -> None:
    result = run("check", "--explain", "r101")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "R101: the rules cannot be read")


def test_check_explain_rejects_unknown_codes(run: Run) -> None:
    result = run("check", "--explain", "R999")
    assert result.exit_code == 2
    assert "unknown code 'R999'; did you mean" in " ".join(result.stderr.split())


def test_list_as_json(run: Run) -> None:
    shown = json.loads(run("list", "--json", "clean").stdout)
    assert (shown["ruleset"], [rule["rule"] for rule in shown["rules"]]) == ("heron", ["Image", "Mosaic"])
    assert shown["rules"][1] == {
        "rule": "Mosaic",
        "asn_type": "image",
        "title": "Tiles of one target",
        "about": "",
        "file": "clean/mosaic.yaml",
        "line": 1,
        "columns": ["band", "kind", "program", "target", "tile"],
    }


MOSAIC = """# Mosaic: tiles of one target

Makes `image` associations.

Selects exposures that pass all of:

- **on_sky**: *on sky*
- **tile**: TILE is defined

Grouped by (a wildcard matches every value):

- **program**: PROGRAM
- **target**: TARGET
- **band**: BAND

A group becomes an association if it has:

- **science**: a science member
- **tiles**: a scope of type mosaic

Product name: `mosaic-{program}-{target}-{band}`

Columns read: BAND, KIND, PROGRAM, TARGET and TILE.
Through ROLE: STAR.

Conditions:

- **on sky**: The shutter was open; KIND is one of `object`, `guide`

Derived columns:

- **ROLE**
  1. `psf` where STAR is defined
  2. `science` where *on sky*
  3. else `other`
"""


@pytest.mark.parametrize("name", ["Mosaic", "mosaic", "MOS"])
def test_show_prints_one_rule_in_full(run: Run, name: str) -> None:
    result = run("show", name, "--rules", "clean")
    assert (result.exit_code, result.stdout) == (0, MOSAIC)


def test_show_describes_every_block_of_a_rule(run: Run) -> None:
    shown = run("show", "image", "--rules", "clean").stdout
    for line in (
        "- **calm**: *calm*",
        "- **path**: (BAND, SIDE) is a row of table `paths`",
        r"- **grade**: GRADE is one of `a`, `b` or SEEING matches `0[.]\d+`",
        "- **band**: BAND (wildcard when undefined)",
        "- **side**: SIDE (wildcard when ROLE is not `science`)",
        "- **lamps**: exposures where KIND is `lamp`, with the PROGRAM and BAND of a selected exposure of the group; as `arc`",
        "- each `science` member is repeated as `background`, if there are 2 or more",
        "- **nights**: 2 or more distinct values of NIGHT in a scope of type group",
        "- **lamp**: an arc member",
        "- **calm**: WIND does not match `gale.*`",
        "| BAND | SIDE |",
        "| r | west |",
    ):
        assert line in shown.splitlines()


@pytest.mark.parametrize(
    ("name", "message"),
    [("Imagge", "there is no rule Imagge; did you mean Image?"), ("a", "a is part of Image, Mosaic.")],
)
def test_show_rejects_unknown_and_ambiguous_names(run: Run, name: str, message: str) -> None:
    result = run("show", name, "--rules", "clean")
    assert result.exit_code == 2
    assert message in result.stderr


def test_unreadable_rules_are_an_input_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from asnforge.findings import InputError

    for verb in (["list", "faulty"], ["show", "--rules", "faulty"]):
        result = run(*verb)
        assert isinstance(result.exception, InputError)
        assert str(result.exception) == FAULT.strip()
