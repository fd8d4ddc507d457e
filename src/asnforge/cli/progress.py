"""A progress bar on standard error, shown for long work on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

from asnforge.cli.terminal import console, is_quiet, is_terminal
from asnforge.findings import printable

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 0.5
"""Seconds before a bar appears."""

ProgressCallback = Callable[[str, float], None]
"""Receives each step: its description, and the amount of work done."""


@contextmanager
def progress(total: int, *, quiet: bool = False, delay: float = DELAY) -> Iterator[ProgressCallback]:
    """Show a progress bar for `total` units of work after `delay` seconds, unless `quiet`; yields the callback."""
    if quiet or is_quiet() or not is_terminal(err=True):
        yield lambda _description, _done: None
        return
    bar = _LateBar(total)
    timer = Timer(delay, bar.appear)
    timer.daemon = True
    timer.start()
    try:
        yield bar.step
    finally:
        timer.cancel()
        bar.stop()


class _LateBar:
    """A bar that is created when it appears, because creating one takes longer than most runs."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._state = ("", 0.0)
        self._bar: Progress | None = None
        self._stopped = False
        self._lock = Lock()

    def step(self, description: str, done: float) -> None:
        self._state = (description, done)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, description=printable(description))

    def appear(self) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        with self._lock:
            if self._stopped:
                return
            columns = (
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}", markup=False),
            )
            # Output printed meanwhile appears above the bar, unless standard output is redirected.
            bar = Progress(*columns, console=console(err=True), transient=True, redirect_stdout=is_terminal())
            bar.add_task("", total=self._total)
            self._bar = bar
            self.step(*self._state)
            bar.start()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._bar is not None:
                self._bar.stop()
