"""The progress bar: on a terminal only, for long work only, and never mixed with the output."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

import pytest
from support.hostile import Terminal

from asnforge.cli.progress import progress


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Make standard error a terminal; called in the test itself, because pytest replaces it after the fixtures."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def connected() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return connected


def wait_for(terminal: Terminal, text: str) -> str:
    """The output of the terminal once it contains a string; another thread draws the bar."""
    for _ in range(500):
        if text in terminal.getvalue():
            break
        time.sleep(0.01)
    return terminal.getvalue()


def test_the_description_is_escaped(connect: Callable[[], Terminal]) -> None:
    terminal = connect()
    with progress(4, delay=0) as step:
        step("reading [bold]a\x1b]0;x\x07\nb\u202e.tsv", 1)
        shown = wait_for(terminal, "reading")
    assert r"reading [bold]a\x1b]0;x\x07\nb\u202e.tsv" in shown


def test_description_and_percentage_are_shown_until_the_end(connect: Callable[[], Terminal]) -> None:
    terminal = connect()
    with progress(4, delay=0) as step:
        step("reading a.tsv", 1)
        shown = wait_for(terminal, "reading a.tsv")
        assert "25%" in shown
        step("writing [b]/x[/y].tsv", 3)
        assert "75%" in wait_for(terminal, "writing [b]/x[/y].tsv")
    end = len(terminal.getvalue())
    time.sleep(0.15)
    assert len(terminal.getvalue()) == end


def test_redirected_standard_output_is_not_shown_above_the_bar(
    connect: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, file = connect(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", file)
    with progress(1, delay=0) as step:
        step("grouping", 0.5)
        wait_for(terminal, "grouping")
        print("redirected")
    assert file.getvalue() == "redirected\n"
    assert "redirected" not in terminal.getvalue()


@pytest.mark.parametrize(("delay", "quiet"), [(0, True), (60, False)], ids=["quiet", "short work"])
def test_no_bar_if_quiet_or_for_short_work(connect: Callable[[], Terminal], delay: float, quiet: bool) -> None:
    terminal = connect()
    with progress(2, quiet=quiet, delay=delay) as step:
        step("reading", 1)
        time.sleep(0.1)
    assert terminal.getvalue() == ""


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(2, delay=0) as step:
        step("reading", 1)
    assert capsys.readouterr() == ("", "")


def test_the_bar_is_removed_after_an_exception(connect: Callable[[], Terminal]) -> None:
    terminal = connect()

    def work() -> None:
        with progress(1, delay=0) as step:
            step("reading", 0)
            wait_for(terminal, "reading")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert terminal.getvalue().endswith("\x1b[2K")
