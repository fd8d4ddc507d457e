"""What ``batch`` shows: failures as they come, progress, and one table at the end or a summary as JSON."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import click

from asnforge.findings import counted
from asnforge.version import __version__

if TYPE_CHECKING:
    from asnforge.batch.run import PoolReport, Told
    from asnforge.rules.model import Ruleset

LONGEST = 20
"""How many pools the table at the end lists one by one; of more, those that failed alone."""


@contextmanager
def progress(pools: Sequence[str], *, quiet: bool) -> Iterator[Told | None]:
    """A function to tell of progress, where the terminal is one: it shows the rate and the time left.

    Parameters
    ----------
    pools : sequence of str
        All pools; their bytes measure what is left.
    quiet : bool
        Show nothing, whatever the terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[exposures]:,} exposures, {task.fields[rate]:,.0f}/s")
    columns = (BarColumn(), TaskProgressColumn(), rate, TimeElapsedColumn(), TimeRemainingColumn())
    started, exposures = perf_counter(), 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(map(_size, pools)), exposures=0, rate=0.0)

        def told(_pool: str, more: int, size: int) -> None:
            nonlocal exposures
            exposures += more
            bar.update(task, advance=size, exposures=exposures, rate=exposures / (perf_counter() - started))

        yield told


def show_report(report: PoolReport, *, verbose: bool) -> None:
    """Show what is wrong with a pool."""
    for finding in report.findings:
        if verbose or finding.severity == "error":
            click.echo(str(finding), err=True)


def show_summary(reports: Sequence[PoolReport], ruleset: Ruleset, seconds: float) -> None:  # noqa: ARG001
    """Show the table at the end: pool, what became of it, and counts."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("pool", "status"):
        table.add_column(name, overflow="fold")
    for name in ("exposures", "associations", "orphans", "warnings", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    shown = reports if len(reports) <= LONGEST else [each for each in reports if each.record.status != "done"]
    for report in sorted(shown, key=lambda report: report.record.pool):
        table.add_row(report.record.pool, _status(report), *_numbers(report), f"{report.record.seconds:.2f}")
    totals = _totals(reports)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(Counter(map(_status, reports)).items()))
    numbers = [f"{totals[name]:,}" for name in _COUNTED]
    table.add_row(counted(len(reports), "pool"), statuses, *numbers, f"{seconds:.2f}")
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    console.print(table, highlight=False)


def show_json(reports: Sequence[PoolReport], ruleset: Ruleset, seconds: float) -> None:
    """Print the summary as JSON: a record each pool as the manifest has it, without its files, and totals."""
    import json
    from dataclasses import asdict

    pools = []
    for report in sorted(reports, key=lambda report: report.record.pool):
        record = asdict(report.record)
        record |= {"files": len(report.record.files), "skipped": report.skipped}
        del record["state"]
        pools.append(record | {"findings": [finding.as_dict() for finding in report.findings]})
    summary = {
        "version": __version__,
        "ruleset": ruleset.name,
        "pools": pools,
        "totals": _totals(reports) | dict(Counter(map(_status, reports))),
        "seconds": round(seconds, 3),
    }
    click.echo(json.dumps(summary, indent=4))


_COUNTED = ("exposures", "associations", "orphans", "warnings")
_WIDTH = 160


def _totals(reports: Sequence[PoolReport]) -> dict[str, int]:
    return {name: sum(getattr(report.record, name) for report in reports) for name in (*_COUNTED, "unchanged")}


def _numbers(report: PoolReport) -> list[str]:
    return [f"{getattr(report.record, name):,}" for name in _COUNTED]


def _status(report: PoolReport) -> str:
    return "skipped" if report.skipped else report.record.status


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return 0
