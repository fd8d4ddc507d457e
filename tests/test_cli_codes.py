"""``asnforge codes``: what the code of a finding stands for."""

from __future__ import annotations

import importlib
import json
import pkgutil

import pytest
from click.testing import CliRunner, Result

import asnforge
from asnforge.cli.codes import all_codes, command
from asnforge.findings import Code

CODES = list(all_codes())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_every_code_of_the_package_is_there_once() -> None:
    modules = [module.name for module in pkgutil.walk_packages(asnforge.__path__, "asnforge.")]
    homes = [
        importlib.import_module(name)
        for name in modules
        if name.endswith(("codes", "system_errors", "atomic")) and ".cli." not in name
    ]
    written = {value for home in homes for value in vars(home).values() if isinstance(value, Code)}
    assert set(CODES) == written
    assert len({code.code for code in CODES}) == len(CODES)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_is_explained(code: Code) -> None:
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
