"""The progress bar: only on a terminal, only where the work is long, and never in the way of what is printed."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

import pytest

from asnforge.cli import progress as module
from asnforge.cli.progress import progress


class Terminal(io.StringIO):
    """What looks like a terminal, and keeps what is written."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Make standard error a terminal; to be called in the test itself, as pytest changes it after the fixtures."""
    monkeypatch.setattr(module, "PATIENCE", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def connected() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return connected


def wait_for(terminal: Terminal, text: str) -> str:
    """What the terminal shows as soon as it shows a text; the bar comes from another thread."""
    for _ in range(500):
        if text in terminal.getvalue():
            break
        time.sleep(0.01)
    return terminal.getvalue()


def test_the_name_of_what_is_done_is_escaped(connect: Callable[[], Terminal]) -> None:
    terminal = connect()
    with progress(4) as step:
        step("reading [bold]a\x1b]0;x\x07\nb\u202e.tsv", 1)
        shown = wait_for(terminal, "reading")
    assert r"reading [bold]a\x1b]0;x\x07\nb\u202e.tsv" in shown


def test_it_shows_what_is_done_and_how_much(connect: Callable[[], Terminal]) -> None:
    terminal = connect()
    with progress(4) as step:
        step("reading a.tsv", 1)
        shown = wait_for(terminal, "reading a.tsv")
        assert "25%" in shown
        step("writing [b]/x[/y].tsv", 3)
        assert "75%" in wait_for(terminal, "writing [b]/x[/y].tsv")
    end = len(terminal.getvalue())
    time.sleep(0.15)
    assert len(terminal.getvalue()) == end


def test_standard_output_goes_where_it_should(connect: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, file = connect(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", file)
    with progress(1) as step:
        step("grouping", 0.5)
        wait_for(terminal, "grouping")
        print("of the file")
    assert file.getvalue() == "of the file\n"
    assert "of the file" not in terminal.getvalue()


@pytest.mark.parametrize(("patience", "quiet"), [(0, True), (60, False)], ids=["quiet", "done sooner"])
def test_nothing_is_shown(
    connect: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch, patience: float, quiet: bool
) -> None:
    terminal = connect()
    monkeypatch.setattr(module, "PATIENCE", patience)
    with progress(2, quiet=quiet) as step:
        step("reading", 1)
        time.sleep(0.1)
    assert terminal.getvalue() == ""


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(2) as step:
        step("reading", 1)
    assert capsys.readouterr() == ("", "")


def test_it_goes_away_when_the_work_fails(connect: Callable[[], Terminal]) -> None:
    terminal = connect()

    def work() -> None:
        with progress(1) as step:
            step("reading", 0)
            wait_for(terminal, "reading")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert terminal.getvalue().endswith("\x1b[2K")
