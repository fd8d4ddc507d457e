"""Output on a terminal: colors of findings and differences, and nothing of that where output goes to a file."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from support.help_examples import DATA

from asnforge.cli import terminal
from asnforge.cli.terminal import echo, echo_difference, echo_table, has_colors
from asnforge.findings import Finding, text_width

RED, GREEN, YELLOW, BOLD, END = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"
VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable about terminals is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "on_terminal", "in_file"),
    [
        ({}, True, False),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": ""}, True, False),
    ],
)
def test_what_shows_colors(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], on_terminal: bool, in_file: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for is_terminal, colors in ((True, on_terminal), (False, in_file)):
        monkeypatch.setattr(terminal, "is_terminal", lambda known=is_terminal, **_: known)
        assert has_colors() is has_colors(err=True) is colors


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("P101", "no", "a.tsv", 1), f"a.tsv:1: {RED}{BOLD}P101{END} no\n"),
        (
            Finding("P151", "odd", "a.tsv", 2, hint="fix it", severity="warning"),
            f"a.tsv:2: {YELLOW}{BOLD}P151 warning:{END} odd; fix it\n",
        ),
        (Finding("R101", "a\x1b[31m\nb"), f"{RED}{BOLD}R101{END} a\\x1b[31m\\nb\n"),
        (Finding("P101", "no", "P101 \x1b[2J.tsv"), f"P101 \\x1b[2J.tsv: {RED}{BOLD}P101{END} no\n"),
    ],
)
def test_a_finding_has_the_color_of_its_severity(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], finding: Finding, text: str
) -> None:
    echo(finding)
    assert capsys.readouterr().out == f"{finding}\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    echo(finding)
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("line", "colored"),
    [
        ("missing     a (image)", f"{RED}missing{END}     a (image)"),
        ("unexpected  a (image)", f"{GREEN}unexpected{END}  a (image)"),
        ("    gained    a", f"{GREEN}    gained{END}    a"),
        ("changed     missing", f"{YELLOW}changed{END}     missing"),
        ("            only expected: b.fits (science)", f"            {RED}only expected:{END} b.fits (science)"),
        ("            p: only actual: b.fits", f"            p: {GREEN}only actual:{END} b.fits"),
        ("              without science b.fits", f"{RED}              without {END}science b.fits"),
        ("the same    18", "the same    18"),
        ("missing.tsv: no difference", "missing.tsv: no difference"),
        ("missing     \x1b[2J", f"{RED}missing{END}     \\x1b[2J"),
    ],
)
def test_differences_are_red_and_green(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, colored: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    echo_difference(line)
    assert capsys.readouterr().out == f"{colored}\n"


def test_the_heading_of_a_table_is_bold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    echo_table(["rule", "Deep"])
    monkeypatch.setenv("FORCE_COLOR", "1")
    echo_table(["rule", "Deep"])
    assert capsys.readouterr().out == f"rule\nDeep\n{BOLD}rule{END}\nDeep\n"


def on_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that a command writes to a terminal of this width, without colors."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | {"TERM": "xterm"}
    run = [sys.executable, "-m", "asnforge", *arguments]
    with subprocess.Popen(run, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environment, cwd=DATA):
        os.close(theirs)
        output = bytearray()
        while True:
            try:
                output += os.read(ours, 65536)
            except OSError:  # Linux reports the end of a terminal as an error
                break
    os.close(ours)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", output.decode()).splitlines()


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("generate", "programme_pool.tsv", "--dry-run"), ""),
        (("explain", "programme_pool.tsv"), ""),
        (("explain", "programme_pool.tsv", "2"), "line 2"),
        (("explain", "programme_pool.tsv", "--orphans"), ""),
        (("explain", "programme_pool.tsv", "--why-not", "2", "40"), "line 2"),
        (("pool", "show", "programme_pool.tsv"), "setup 1"),
        (("rules", "list"), ""),
        (("rules", "coverage"), ""),
        (("codes",), "P101"),
        (("show", "expected/miri_image_pool"), ""),
        (("rules", "test", "--help"), "Usage:"),
        (("doctor",), "asnforge"),
        (("compare", "expected/miri_image_pool", "expected/miri_mrs_pool"), "expected"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_every_line_fits_the_terminal(columns: int, arguments: tuple[str, ...], first: str) -> None:
    lines = on_terminal(columns, *arguments)
    assert lines
    assert lines[0].startswith(first)
    # Commands to copy are not broken, and a finding is one line.
    copied = re.compile(r" {4}asnforge |.*\b[A-Z]\d{3} warning: ")
    assert [line for line in lines if text_width(line) > columns and not copied.match(line)] == []


@pytest.mark.parametrize("columns", ["20", "200"])
def test_output_to_a_file_does_not_depend_on_the_terminal(tmp_path: Path, columns: str) -> None:
    run = [sys.executable, "-m", "asnforge", "explain", "programme_pool.tsv", "2"]
    environment = {**os.environ, "COLUMNS": columns}
    outputs = {
        subprocess.run(run, capture_output=True, check=True, cwd=DATA, env=each).stdout
        for each in (environment, {name: value for name, value in os.environ.items() if name not in VARIABLES})
    }
    assert len(outputs) == 1
