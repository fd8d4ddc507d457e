"""Kinds of commands: every help ends with two examples that can be run, and ``--quiet`` prints errors only."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest
from support.command import Run, run_main
from support.help_examples import commands, examples, make_folder

COMMANDS = dict(commands())

REPORTING = {
    "asnforge pool check download --ids o001",
    "asnforge rules coverage my-rules --quiet",
    "asnforge rules coverage --pool pool.tsv",
    "asnforge validate target_asn.json --members download",
}
"""The examples that report findings, so that their exit status is 1."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that examples name."""
    folder = tmp_path_factory.mktemp("examples") / "work"
    folder.mkdir()
    make_folder(folder)
    return folder


@pytest.fixture
def run(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a copy of the folder."""
    shutil.copytree(prepared, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # doctor would report it
    return lambda *arguments: run_main(capsys, *arguments)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_ends_with_two_examples_of_the_command(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    with click.Context(command, info_name=path[-1], max_content_width=80, terminal_width=80) as context:
        text = command.get_help(context)
    _, _, shown = text.partition("\nExamples:\n")
    lines = shown.splitlines()
    assert [bool(re.match(r"  [A-Z][^:]*[:?]$", line)) for line in lines] == [True, False] * 2
    assert all(f"{line} ".startswith(f"    {' '.join(path)} ") and len(line) <= 80 for line in lines[1::2])


@pytest.mark.parametrize("line", dict.fromkeys(line for _, line in examples()))
def test_examples_do_what_they_say(run: Run, line: str) -> None:
    arguments = shlex.split(re.split(" >>? ", line)[0])[1:]
    ran = run(*arguments)
    assert (ran.status, ran.stderr.count("Error")) == (int(line in REPORTING), 0), ran.stderr
    written = [value for name, value in pairwise(arguments) if name in ("-o", "--junit", "--archive")]
    assert [name for name in written if not Path(name).exists()] == []
    assert bool(ran.stdout or ran.stderr)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("generate pool.tsv -o asn -q", 0),
        ("generate pool.tsv -o asn --dry-run --quiet", 0),
        ("batch pools -o asn2 -q", 0),
        ("pool make download -o new.tsv -q", 0),
        ("report pool.tsv -q", 0),
        ("pool check download -q", 1),
        ("rules check my-rules -q", 0),
        ("rules test my-rules -q", 0),
        ("rules new Deep_Image --folder my-rules -q", 0),
        ("rules new-set my-telescope --from night.csv -q", 0),
        ("new mosaic -o asn --split FILTER -q", 0),
        ("edit target_asn.json --remove *_00002_* -q", 0),
        ("gather target_asn.json run -q", 0),
        ("validate target_asn.json --members -q", 1),
        ("compare expected asn -q", 0),
        ("compare expected target_asn.json -q", 1),
        ("regress suite.yaml -q", 0),
    ],
)
def test_quiet_prints_nothing_but_errors(run: Run, line: str, status: int) -> None:
    ran = run(*shlex.split(line))
    assert (ran.status, ran.stdout, ran.stderr) == (status, "", "")


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("generate none.tsv -q", 2, "P101"),
        ("batch none.tsv -o asn -q", 2, "P101"),
        ("rules check none -q", 2, "R101"),
        ("validate pool.tsv -q", 1, "A104"),
        ("compare expected none -q", 2, "A101"),
        ("regress none.yaml -q", 2, "C120"),
        ("edit none.json --remove x -q", 2, "A101"),
    ],
)
def test_quiet_prints_errors(run: Run, line: str, status: int, code: str) -> None:
    ran = run(*shlex.split(line))
    shown = (ran.stdout + ran.stderr).splitlines()
    assert ran.status == status
    assert [bool(re.search(rf"\b{code} (?!warning)", text)) for text in shown] == [True]


@pytest.mark.parametrize("option", ["--json", "--verbose"])
def test_quiet_excludes_options_that_request_output(run: Run, option: str) -> None:
    ran = run("generate", "pool.tsv", "--quiet", option)
    assert (ran.status, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1] == f"Error: --quiet and {option} are mutually exclusive: give one of them."
