"""A progress bar on standard error, where the work is long and the terminal is one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

PATIENCE = 0.5
"""Seconds before a bar appears: what is done sooner needs none."""


@contextmanager
def progress(total: int, *, quiet: bool = False) -> Iterator[Callable[[str, int], None]]:
    """A function to tell of each step: what is being done, and how many steps are done.

    Parameters
    ----------
    total : int
        The count of steps.
    quiet : bool
        Show nothing, whatever the terminal.
    """
    if quiet or total < 2 or not sys.stderr.isatty():
        yield lambda _what, _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=total)
    started = perf_counter()

    def step(what: str, done: int) -> None:
        bar.update(task, completed=done, description=what)
        if not bar.live.is_started and perf_counter() - started > PATIENCE:
            bar.start()

    try:
        yield step
    finally:
        bar.stop()
