"""The table at the end of a batch shows names literally and is readable on any terminal."""

from __future__ import annotations

import io
import re
import sys

import pytest

from asnforge.batch.batch_log import PoolReport
from asnforge.batch.manifest import DONE, FAILED, Record
from asnforge.cli.batch_report import progress, show_summary


class Terminal(io.StringIO):
    """Collects output, as a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, width: int, *pools: str) -> list[str]:
    """The lines of the table on a terminal; the last of the pools has failed."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    statuses = [*[DONE] * (len(pools) - 1), FAILED]
    records = [Record(pool, status=status, exposures=1234) for pool, status in zip(pools, statuses, strict=True)]
    show_summary([PoolReport(record, skipped=False, findings=()) for record in records], 1.0)
    return [" ".join(line.split()) for line in re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue()).splitlines()]


@pytest.mark.parametrize("pool", ["m/x[/y].tsv", "[draft]_pool.tsv", "[red]a[/red].tsv", "a\\[b].tsv", ":moon:.tsv"])
def test_names_are_shown_literally(monkeypatch: pytest.MonkeyPatch, pool: str) -> None:
    assert shown(monkeypatch, 120, pool)[1] == f"{pool} failed 1,234 0 0 0 0.00"


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            30,
            [
                "pool status",
                "mission/programme_ done",
                "00101.tsv",
                "night.tsv failed",
                "2 pools 1 done, 1",
                "failed",
            ],
        ),
        (
            60,
            [
                "pool status exposures",
                "mission/programme_00101.tsv done 1,234",
                "night.tsv failed 1,234",
                "2 pools 1 done, 1 failed 2,468",
            ],
        ),
        (
            100,
            [
                "pool status exposures associations orphans warnings seconds",
                "mission/programme_00101.tsv done 1,234 0 0 0 0.00",
                "night.tsv failed 1,234 0 0 0 0.00",
                "2 pools 1 done, 1 failed 2,468 0 0 0 1.00",
            ],
        ),
    ],
)
def test_pool_and_status_take_precedence_over_counts(
    monkeypatch: pytest.MonkeyPatch, width: int, lines: list[str]
) -> None:
    assert shown(monkeypatch, width, "mission/programme_00101.tsv", "night.tsv") == lines


def test_nothing_is_shown_on_closed_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with progress(["a.tsv"], quiet=False) as on_progress:
        assert on_progress is None
    show_summary([], 1.0)
