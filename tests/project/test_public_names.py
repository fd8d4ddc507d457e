"""Everything public is documented: names of the API, commands, options and finding codes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import pytest
from support.help_examples import commands

import asnforge
from asnforge.findings.registry import all_codes

ROOT = Path(__file__).parents[2]
NAMES = sorted(set(asnforge.__all__) - {"__version__"})
COMMANDS = dict(commands())
CODES = {code.code: code for code in all_codes()}


def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def public_members(name: str) -> Iterator[tuple[str, object]]:
    """The methods and properties of a public class that asnforge defines."""
    value = getattr(asnforge, name)
    if inspect.isclass(value):
        for member, own in vars(value).items():
            if not member.startswith("_") and (inspect.isfunction(own) or isinstance(own, property | classmethod)):
                yield f"{name}.{member}", own


def described_names(section: str) -> set[str]:
    """The names in a section of a docstring: each line that is not indented has some, and their type."""
    lines = re.findall(r"^\*{0,2}\w+(?:, \w+)*(?= :|$)", section, re.MULTILINE)
    return {each.strip("* ") for line in lines for each in line.split(",")}


MEMBERS = dict(member for name in NAMES for member in public_members(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_on_the_page_of_the_api(name: str) -> None:
    assert re.search(rf"^\.\. auto\w+:: {name}$", text("docs/python-api.md"), re.MULTILINE)
    assert (getattr(asnforge, name).__doc__ or "").strip()


def test_the_page_of_the_api_has_no_other_names() -> None:
    assert sorted(re.findall(r"^\.\. auto\w+:: (\w+)$", text("docs/python-api.md"), re.MULTILINE)) == NAMES


@pytest.mark.parametrize("name", MEMBERS)
def test_a_public_method_has_a_description(name: str) -> None:
    assert (getattr(MEMBERS[name], "__doc__", "") or "").strip()


@pytest.mark.parametrize("name", [name for name in NAMES if inspect.isfunction(getattr(asnforge, name))])
def test_a_public_function_describes_its_parameters(name: str) -> None:
    function = getattr(asnforge, name)
    described = inspect.cleandoc(function.__doc__ or "")
    section = described.partition("\nParameters\n")[2].partition("\nReturns\n")[0]
    assert described_names(section) == set(inspect.signature(function).parameters)
    assert "\nReturns\n" in described or inspect.signature(function).return_annotation == "None"


@pytest.mark.parametrize("name", [name for name in NAMES if is_dataclass(getattr(asnforge, name))])
def test_a_public_value_describes_its_attributes(name: str) -> None:
    value = getattr(asnforge, name)
    section = inspect.cleandoc(value.__doc__ or "").partition("\nAttributes\n")[2]
    assert described_names(section) == {each.name for each in fields(value) if not each.name.startswith("_")}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_and_its_options_have_help_and_are_in_the_reference(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert (command.help or "").strip()
    section = text("COMMANDS.md").partition(f"\n## {' '.join(path)}\n")[2].partition("\n## ")[0]
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    assert [each.name for each in options if not (each.help or "").rstrip().endswith((".", "]"))] == []
    missing = [flag for each in options for flag in each.opts if not re.search(rf"(?<![\w-]){flag}(?![\w-])", section)]
    assert (bool(section), missing) == (True, [])


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained_with_a_wrong_and_a_right_example(code: str) -> None:
    known = CODES[code]
    assert known.explanation.endswith(".")
    assert known.wrong
    assert known.right
    assert f"\n### {code}: {known.title}\n" in text("docs/codes.md")


def test_a_code_that_was_retired_is_not_used_again() -> None:
    retired = re.findall(r"[A-Z]\d{3}", text("docs/stability.md").partition("## Codes that are no longer used")[2])
    assert retired == sorted(retired) != []
    assert [code for code in retired if code in CODES] == []
