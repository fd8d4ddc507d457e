"""A progress bar on standard error, where the work is long and the terminal is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from asnforge.cli.terminal import console, is_terminal
from asnforge.findings import printable

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 0.5
"""Seconds before a bar appears: what is done sooner needs none."""


@contextmanager
def progress(total: int, *, quiet: bool = False) -> Iterator[Callable[[str, float], None]]:
    """A function to tell of each step: what is being done, and how much is done.

    Parameters
    ----------
    total : int
        How much there is to do.
    quiet : bool
        Show nothing, whatever the terminal.
    """
    if quiet or not is_terminal(err=True):
        yield lambda _what, _done: None
        return
    bar = _LateBar(total)
    timer = Timer(PATIENCE, bar.appear)
    timer.daemon = True
    timer.start()
    try:
        yield bar.step
    finally:
        timer.cancel()
        bar.stop()


class _LateBar:
    """A bar that is made when it appears, as making it costs more than most runs last."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._state = ("", 0.0)
        self._bar: Progress | None = None
        self._over = False
        self._lock = Lock()

    def step(self, what: str, done: float) -> None:
        self._state = (what, done)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, description=printable(what))

    def appear(self) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        with self._lock:
            if self._over:
                return
            columns = (
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}", markup=False),
            )
            # What is printed meanwhile goes above the bar, but never to the terminal in place of a file.
            bar = Progress(*columns, console=console(err=True), transient=True, redirect_stdout=is_terminal())
            bar.add_task("", total=self._total)
            self._bar = bar
            self.step(*self._state)
            bar.start()

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()
