"""The manual page: every command, option and example, literally and in valid roff."""

from __future__ import annotations

import re
import shutil
import subprocess

import click
import pytest
from support.help_examples import commands, examples

from asnforge.cli import main
from asnforge.cli.commands import Command
from asnforge.cli.man_page import man_page

COMMANDS = dict(commands())
groff = pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")


def formatted(page: str) -> str:
    """The page as a terminal of any width shows it, with one space between words."""
    run = ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=70n", "-rcR=1"]
    done = subprocess.run(run, input=page, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    return " ".join(done.stdout.split())


@groff
def test_groff_shows_everything_without_a_warning() -> None:
    shown = formatted(man_page()).replace("’", "'")
    for path, command in COMMANDS.items():
        assert " ".join(path) in shown
        for parameter in command.params:
            if not getattr(parameter, "hidden", False) and isinstance(parameter, click.Option):
                assert [option for option in parameter.opts if option not in shown] == []
                assert " ".join((parameter.help or "").split()) in shown
    for _, line in examples():
        assert line in shown


def test_each_command_has_a_section_with_its_examples() -> None:
    page = man_page()
    sections = re.findall(r'^\.SS "(.*)"$', page, re.MULTILINE)
    assert sections == [" ".join(path).replace("-", "\\-") for path in COMMANDS if len(path) > 1]
    assert page.count(".RS 4\n.EX\n") == len(examples())


@pytest.mark.parametrize(
    "text",
    [
        ".SH at the start of a line",
        "'a quote at the start of a line",
        "a\\fBb and \\n(yr",
        'FILTER="F1" and `x` ^ ~user -- done',
        "銀河 é – …",
    ],
)
@groff
def test_every_text_is_displayed_literally(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    command = Command("made", help=f"Summary.\n\n{text}\n\n\b\n{text}\n  .indented", examples=[(text, text)])
    monkeypatch.setattr(main, "command", command)
    shown = formatted(man_page())
    assert shown.count(" ".join(text.split())) == 4
    assert ".indented" in shown
