"""Pools for batches, and the files of an output folder."""

from __future__ import annotations

from pathlib import Path

from support.observatory import pool_text, rule, ruleset

from asnforge.asnfiles.portable import MANIFEST
from asnforge.batch.run_batch import Plan, PoolReport, run_batch
from asnforge.batch.tasks import Layout, Order
from asnforge.generation.files import GenerateOptions

RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule())


def write_pools(folder: Path, count: int = 3, rows: int = 6) -> list[str]:
    """Write pools of the invented observatory, one program each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"night{number:02}.tsv"
        path.write_text(pool_text(table(range(number * 10 + 1, number * 10 + 2), rows)))
        paths.append(str(path))
    return paths


def table(programs: range, rows: int) -> str:
    """Rows of several programs."""
    lines = ["FILE PROPOSAL CAMERA FIELD CANDIDATES"]
    for program in programs:
        lines += [
            f"e{program}-{row}_raw.f {program} {['red', 'blue'][row % 2]} {row % 3} o{row % 2 + 1}/night"
            for row in range(rows)
        ]
    return "\n".join(lines)


def order(folder: Path, layout: Layout = "pool", **more: object) -> Order:
    """What holds for a batch of the invented observatory."""
    return Order(GenerateOptions(RULES), folder, layout, **more)  # type: ignore[arg-type]


def run(pools: list[str], folder: Path, layout: Layout = "pool", plan: Plan | None = None) -> dict[str, PoolReport]:
    """Run a batch, and return its reports by the names of the pools."""
    reports = run_batch(pools, order(folder, layout), plan or Plan())
    return {Path(report.record.pool).name: report for report in reports}


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder except the manifest."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
