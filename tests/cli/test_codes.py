"""``asnforge codes``: what the code of a finding stands for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import asnforge
from asnforge.cli.codes import command
from asnforge.findings import FindingCode
from asnforge.findings.registry import all_codes

CODES = list(all_codes())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_every_code_that_a_module_declares_is_listed_once() -> None:
    declared = {
        code
        for file in Path(asnforge.__path__[0]).rglob("*.py")
        for code in re.findall(r'(?m)^\w+ = FindingCode\(\s*"([A-Z]\d{3})"', file.read_text(encoding="utf-8"))
    }
    assert [code.code for code in CODES] == sorted(declared, key=lambda code: ("PRGAC".index(code[0]), code))


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_explained(code: FindingCode) -> None:
    result = run(code.code.lower())
    heading, _, explanation = result.stdout.partition("\n\n")
    assert (result.exit_code, heading) == (0, f"{code.code}: {code.title}")
    assert " ".join(explanation.split()) == code.explanation
    assert code.explanation.endswith(".")


def test_all_are_listed_without_one() -> None:
    assert run().stdout.splitlines() == [f"{code.code}  {code.title}" for code in CODES]


def test_several_as_json() -> None:
    shown = json.loads(run("P153", "g107", "--json").stdout)
    assert list(shown) == ["P153", "G107"]
    assert shown["P153"]["title"] == "a row is not UTF-8"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("P1533", "there is no code 'P1533'; did you mean P153"),
        ("nonsense", "there is no code 'nonsense'; asnforge codes lists them."),
    ],
)
def test_a_code_that_there_is_not(name: str, message: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
