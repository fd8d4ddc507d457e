"""The output of ``batch``: failures as they occur, progress, and one table at the end or a summary as JSON."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from asnforge.cli.generate_report import named_rulesets
from asnforge.cli.terminal import console, echo, echo_json, is_quiet, is_terminal
from asnforge.findings import pluralize, printable
from asnforge.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

    from asnforge.batch.batch_log import PoolReport
    from asnforge.batch.runner import ProgressCallback
    from asnforge.rules.ruleset import Ruleset

LONGEST = 20
"""The largest number of pools that are all in the table; if there are more, only those that are not done are."""


@contextmanager
def progress(pools: Sequence[str], *, quiet: bool) -> Iterator[ProgressCallback | None]:
    """A progress callback if standard error is a terminal: it shows the rate and the remaining time.

    Parameters
    ----------
    pools : sequence of str
        All pools; their bytes measure the remaining work.
    quiet : bool
        Show nothing.
    """
    if quiet or is_quiet() or not is_terminal(err=True):
        yield None
        return
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
    with Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task("", total=sum(map(_size, pools)), exposures=0, rate=0.0)

        def on_progress(_pool: str, new_exposures: int, size: int) -> None:
            nonlocal exposures
            exposures += new_exposures
            bar.update(task, advance=size, exposures=exposures, rate=exposures / (perf_counter() - started))

        yield on_progress


def show_report(report: PoolReport, *, verbose: bool) -> None:
    """Show the findings of a pool."""
    for finding in report.findings:
        if verbose or finding.severity == "error":
            echo(finding, err=True)


def show_summary(reports: Sequence[PoolReport], seconds: float) -> None:
    """Show the table at the end: pool, status, and as many of the counts as fit."""
    from rich.text import Text

    shown = reports if len(reports) <= LONGEST else [report for report in reports if report.record.status != "done"]
    rows = [
        _Row(printable(report.record.pool), _status(report), (*_numbers(report), f"{report.record.seconds:.2f}"))
        for report in sorted(shown, key=lambda report: report.record.pool)
    ]
    totals = _totals(reports)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(Counter(map(_status, reports)).items()))
    numbers = (*(f"{totals[name]:,}" for name in _COUNTED), f"{seconds:.2f}")
    rows.append(_Row(pluralize(len(reports), "pool"), statuses, numbers))
    terminal = console()
    table = _table(rows, terminal.width)
    for row in rows:
        cells = (row.pool, row.status, *row.numbers[: len(table.columns) - 2])
        table.add_row(*map(Text, cells))  # brackets in names are not markup
    terminal.print(table)


def show_json(reports: Sequence[PoolReport], rulesets: Sequence[Ruleset], seconds: float) -> None:
    """Print the summary as JSON: the manifest's record of each pool, with the number of its files, and totals."""
    from dataclasses import asdict

    pools = []
    for report in sorted(reports, key=lambda report: report.record.pool):
        record = asdict(report.record)
        record |= {"files": len(report.record.files), "skipped": report.skipped}
        del record["state"], record["digests"]
        pools.append(record | {"findings": [finding.as_dict() for finding in report.findings]})
    summary: dict[str, object] = {
        "version": __version__,
        **named_rulesets(rulesets),
        "pools": pools,
        "totals": _totals(reports) | dict(Counter(map(_status, reports))),
        "seconds": round(seconds, 3),
    }
    echo_json(summary)


_COUNTED = ("exposures", "associations", "orphans", "warnings")
_GAP = 2
_LONGEST_STATUS = len("skipped")
_READABLE = 24
"""The width reserved for the names of pools before any count is shown."""


@dataclass(frozen=True, slots=True)
class _Row:
    pool: str
    status: str
    numbers: tuple[str, ...]


def _table(rows: Sequence[_Row], width: int) -> Table:
    """The table without rows: pool, status, and as many of the first counts as fit."""
    from rich.cells import cell_len
    from rich.table import Table

    pool = max(cell_len(row.pool) for row in rows)
    status = min(max(len(row.status) for row in rows), max(_LONGEST_STATUS, width // 3))
    room = width - min(pool, _READABLE) - _GAP - status
    table = Table(box=None, pad_edge=False, show_edge=False)
    counts = []
    for index, name in enumerate((*_COUNTED, "seconds")):
        needed = _GAP + max(len(name), *(len(row.numbers[index]) for row in rows))
        if needed > room:
            break
        room -= needed
        counts.append(name)
    table.add_column("pool", overflow="fold", width=max(1, min(pool, min(pool, _READABLE) + room)))
    table.add_column("status", overflow="fold", width=status)
    for name in counts:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _totals(reports: Sequence[PoolReport]) -> dict[str, int]:
    names = (*_COUNTED, "dropped", "unchanged")
    return {name: sum(getattr(report.record, name) for report in reports) for name in names}


def _numbers(report: PoolReport) -> list[str]:
    return [f"{getattr(report.record, name):,}" for name in _COUNTED]


def _status(report: PoolReport) -> str:
    return "skipped" if report.skipped else report.record.status


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return 0
