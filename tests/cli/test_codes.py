"""``asnforge codes``: the documentation of finding codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import asnforge
from asnforge.cli.codes import command
from asnforge.findings import FindingCode, printable_lines
from asnforge.findings.registry import all_codes

CODES = list(all_codes())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_every_declared_code_is_listed_once() -> None:
    declared = {
        code
        for file in Path(asnforge.__path__[0]).rglob("*.py")
        for code in re.findall(r'(?m)^\w+ = FindingCode\(\s*"([A-Z]\d{3})"', file.read_text(encoding="utf-8"))
    }
    assert [code.code for code in CODES] == sorted(declared, key=lambda code: ("PRGAC".index(code[0]), code))


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_shown_with_title_explanation_and_examples(code: FindingCode) -> None:
    result = run(code.code.lower())
    assert result.exit_code == 0
    expected = f"{code.code}: {code.title} {code.explanation}"
    expected += "".join(f" {label}: {text}" for label, text in (("Wrong", code.wrong), ("Right", code.right)) if text)
    assert result.stdout.split() == printable_lines(expected).split()


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_documented(code: FindingCode) -> None:
    assert re.fullmatch(r"\S.*[^.\s]", code.title)
    assert re.fullmatch(r"\S.*\.", code.explanation)
    assert code.wrong.strip()
    assert code.right.strip()
    assert code.wrong != code.right


def test_without_a_code_all_are_listed() -> None:
    assert run().stdout.splitlines() == [f"{code.code}  {code.title}" for code in CODES]


def test_several_codes_as_json() -> None:
    result = json.loads(run("P153", "g107", "--json").stdout)
    assert list(result) == ["P153", "G107"]
    assert result["P153"]["title"] == "a row is not UTF-8"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("P1533", "unknown code 'P1533'; did you mean P153"),
        ("nonsense", "unknown code 'nonsense'; asnforge codes lists them."),
    ],
)
def test_an_unknown_code_is_rejected_with_a_suggestion(name: str, message: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
