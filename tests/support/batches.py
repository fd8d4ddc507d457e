"""Pools for batches, and the files in the output folder of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.observatory import pool_text, rule, ruleset

from asnforge.asnfiles.portable import MANIFEST
from asnforge.batch.batch_log import PoolReport
from asnforge.batch.run_batch import run_batch
from asnforge.batch.tasks import BatchOptions, Layout
from asnforge.generation.inputs import GenerateOptions
from asnforge.pieces.partition import CutSizes

RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule())
GENERATE = GenerateOptions(RULES)
SMALL_PIECES = CutSizes(large=4000, scan=1000, rows=1)
"""Sizes for which a pool of a few kilobytes is large, each program is a piece, and there are several ranges."""


def write_pools(folder: Path, count: int = 3, rows: int = 6) -> list[str]:
    """Write pools of the invented observatory, of one program each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"night{number:02}.tsv"
        path.write_text(pool_text(table(range(number * 10 + 1, number * 10 + 2), rows)))
        paths.append(str(path))
    return paths


def table(programs: range, rows: int) -> str:
    """Rows of some programs, one after the other."""
    lines = ["FILE PROPOSAL CAMERA FIELD CANDIDATES"]
    for program in programs:
        lines += [
            f"e{program}-{row}_raw.f {program} {['red', 'blue'][row % 2]} {row % 3} o{row % 2 + 1}/night"
            for row in range(rows)
        ]
    return "\n".join(lines)


def batch_options(folder: Path, layout: Layout = "pool", **more: Any) -> BatchOptions:
    """The options of a batch of the invented observatory, with `SMALL_PIECES`."""
    return BatchOptions(more.pop("generate", GENERATE), folder, layout, sizes=SMALL_PIECES, **more)


def run(pools: list[str], folder: Path, layout: Layout = "pool", **more: Any) -> dict[str, PoolReport]:
    """Run a batch: the reports by the pools' names."""
    reports = run_batch(pools, batch_options(folder, layout, **more))
    return {Path(report.record.pool).name: report for report in reports}


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder except the manifest."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
