"""The table of costs: ``python tests/benchmarks/table.py [--before PYTHON] [--rows NAME...] [--runs 3]``.

Each row is a job of an archive, with the cost that is required of it and the one aimed at. With ``--before``, the Python of an
environment in which another version is installed, from a worktree for example, both versions run in turns, so that a slow
machine slows down both. Medians are printed: processor seconds of all processes, in brackets seconds, and the peak memory
of the largest process. The start of the command is compared with ``python -c "import numpy, astropy.table"`` instead, in turns
as well. ``--shapes`` adds the shapes of `tests/benchmarks/shapes.py` with their exponents. ``--divide 100`` makes all pools
smaller, to try the table out. Files are removed at the end only: removing many files slows down the file system for minutes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measure import Usage, adopt_orphans, compile_package, measure, typical
from benchmarks.pools import lines, write_pool
from benchmarks.shapes import ALL_SHAPES, print_shapes
from sample_pools.make import COLUMNS

FLOOR = "import numpy, astropy.table"
POOL_ROWS = 20
"""The rows of each of many small pools."""
STARTS_PER_TURN = 5
"""Runs of a command that is short compared with the noise of a machine."""

Kind = Literal["processor", "memory", "start"]
"""What a row compares: processor seconds, peak memory, or the seconds of a whole process relative to the imports."""


@dataclass(frozen=True)
class Inputs:
    """What jobs read, made once below a folder; `divide` makes all of it smaller."""

    folder: Path
    divide: int

    def pool(self, rows: int) -> Path:
        """A pool of `tests/benchmarks/pools.py`."""
        rows = max(rows // self.divide, 1)
        path = self.folder / f"pool_{rows}.tsv"
        if not path.exists():
            write_pool(path, rows, 1)
        return path

    def small_pools(self, number: int) -> Path:
        """A folder of pools of 20 exposures."""
        number = max(number // self.divide, 1)
        folder = self.folder / f"small_{number}"
        if not folder.exists():
            folder.mkdir()
            rows = lines(1)
            for index in range(number):
                text = "\t".join(COLUMNS) + "\n" + "".join(next(rows) for _ in range(POOL_ROWS))
                (folder / f"night_{index:05}.tsv").write_text(text, encoding="utf-8")
        return folder

    def associations(self, rows: int) -> Path:
        """The association files of a pool, in a folder for each program."""
        folder = self.folder / f"associations_{rows}"
        if not folder.exists():
            self._run("batch", self.pool(rows), "--layout", "program", "-o", folder)
        return folder

    def _run(self, *arguments: str | Path) -> None:
        if measure(asnforge(sys.executable, *arguments), 3600).status != 0:
            sys.exit(f"asnforge {' '.join(map(str, arguments))} failed")


@dataclass(frozen=True)
class Row:
    """A row of the table: the arguments of a command for its inputs and an output folder, and what it may cost.

    Attributes
    ----------
    name, job : str
        The name that chooses the row, and what is printed.
    arguments : callable
        The arguments, for the inputs and the folder of the output.
    required, aim : float or None
        Processor seconds, MiB, or the ratio of seconds, as `kind` says.
    memory : float or None
        The MiB that are required as well.
    after : str or None
        The row whose output folder is used again.
    statuses : tuple of int
        The exit statuses of success.
    """

    name: str
    job: str
    arguments: Callable[[Inputs, Path], Sequence[str | Path]]
    required: float
    aim: float | None = None
    kind: Kind = "processor"
    memory: float | None = None
    after: str | None = None
    statuses: tuple[int, ...] = (0,)


def asnforge(python: str, *arguments: str | Path) -> list[str]:
    """A command of the version that is installed for a Python."""
    return [str(Path(python).with_name("asnforge")), *map(str, arguments)]


def _batch(inputs: Inputs, output: Path) -> list[str | Path]:
    return ["batch", inputs.pool(1_000_000), "-j", "2", "--layout", "program", "-o", output]


def _generate(rows: int, inputs: Inputs, output: Path) -> list[str | Path]:
    return ["generate", inputs.pool(rows), "-o", output]


def _small_pools(inputs: Inputs, output: Path) -> list[str | Path]:
    return ["batch", inputs.small_pools(10_000), "-j", "2", "-o", output]


def _validate(inputs: Inputs, _: Path) -> list[str | Path]:
    return ["validate", inputs.associations(1_000_000)]


def _explain(inputs: Inputs, _: Path) -> list[str | Path]:
    return ["explain", inputs.pool(100_000), "*", "--json"]


def _shape(name: str, size: int, inputs: Inputs, _: Path) -> list[str | Path]:
    shape = next(shape for shape in ALL_SHAPES if shape.name == name)
    return shape.arguments(inputs.folder, max(size // inputs.divide, 10))


ROWS = (
    Row("batch", "1M exposures, batch -j 2, first run", _batch, 14.5, 11),
    Row("again", "1M again, nothing changed", _batch, 1.0, 0.8, after="batch"),
    Row("memory", "1M, generate, one process, MiB", partial(_generate, 1_000_000), 300, 160, kind="memory"),
    Row("small", "10,000 pools of 20 exposures, batch -j 2", _small_pools, 35, 10),
    Row("half-400", "half only FILTER, half only PUPIL: 400", partial(_shape, "half", 400), 1, statuses=(0, 2)),
    Row("half-3200", "half only FILTER, half only PUPIL: 3,200", partial(_shape, "half", 3200), 1, statuses=(0, 2)),
    Row("candidates", "200 exposures, 1,000 candidates each", partial(_shape, "candidates", 200), 1.5, 1),
    Row("names", "80,000 groups with one product name", partial(_shape, "names", 80_000), 8),
    Row("explain", "100,000 exposures, explain --json", _explain, 100, 40, memory=300),
    Row("validate", "validate 80,500 files", _validate, 4, 3),
    Row("start", "837 exposures, whole process / imports", partial(_generate, 837), 1.0, 0.8, kind="start"),
)


class Table:
    """Runs the rows, each version in turns, and prints a line for each."""

    def __init__(self, inputs: Inputs, work: Path, before: str | None, runs: int, limit: float) -> None:
        self._inputs, self._work, self._before = inputs, work, before
        self._runs, self._limit = runs, limit
        self._numbers = count()
        self._outputs: dict[tuple[str, str], list[Path]] = {}

    def measure(self, row: Row) -> None:
        """Run one row and print its line."""
        versions = [sys.executable, *([self._before] if self._before is not None and row.kind != "start" else [])]
        usages: dict[str, list[Usage]] = {version: [] for version in versions}
        if row.kind == "start":
            usages["floor"] = []
        for turn in range(self._runs * (STARTS_PER_TURN if row.kind == "start" else 1)):
            for version in versions:
                if not usages[version] or usages[version][-1].status != -9:  # once over the limit is enough
                    usages[version].append(self._run(row, version, turn))
            if row.kind == "start":
                usages["floor"].append(measure([sys.executable, "-c", FLOOR], self._limit))
        now, *others = map(typical, usages.values())
        print_line([row.job, *self._cells(row, others, now), f"{row.required:g}", f"{row.aim:g}" if row.aim else "-"])

    def _run(self, row: Row, version: str, turn: int) -> Usage:
        outputs = self._outputs.setdefault((row.name, version), [])
        if row.after is not None:
            output = self._outputs[row.after, version][turn]
        else:
            output = self._work / f"output_{next(self._numbers)}"
            outputs.append(output)
        return measure(asnforge(version, *row.arguments(self._inputs, output)), self._limit)

    def _cells(self, row: Row, others: Sequence[Usage], now: Usage) -> Iterator[str]:
        if row.kind == "start":
            (floor,) = others
            yield f"{floor.processor:.3f} ({floor.seconds:.3f})"
            yield f"{now.processor / floor.processor:.2f} ({now.seconds / floor.seconds:.2f})"
        else:
            yield self._cell(row, others[0]) if others else "-"
            yield self._cell(row, now)
        yield f"{now.peak >> 20}" + (f" of {row.memory:g}" if row.memory else "")

    def _cell(self, row: Row, usage: Usage) -> str:
        if usage.status == -9:
            return f"stopped after {self._limit:g} s"
        if usage.status not in row.statuses:
            return f"exit status {usage.status}"
        if row.kind == "memory":
            return f"{usage.peak >> 20} ({usage.processor:.1f} s)"
        return f"{usage.processor:.2f} ({usage.seconds:.2f})"


def print_line(cells: Sequence[str]) -> None:
    """Print one line of the table."""
    widths = (45, 21, 21, 12, 10, 6)
    print("".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip(), flush=True)


def main() -> None:
    """Measure the chosen rows."""
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="PYTHON", help="the Python for which the version before is installed")
    parser.add_argument("--rows", nargs="+", choices=names, default=names, help="rows of the table (default: all)")
    parser.add_argument("--shapes", action="store_true", help="how the cost of shapes of pools grows, at three sizes")
    parser.add_argument("--runs", type=int, default=3, help="number of runs (default: 3)")
    parser.add_argument(
        "--limit", type=float, default=300, help="the seconds after which a run is stopped (default: 300)"
    )
    parser.add_argument("--divide", type=int, default=1, metavar="N", help="make pools smaller by this factor")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="keep the pools in this folder for the next time")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where temporary files go")
    options = parser.parse_args()
    adopt_orphans()
    work = Path(tempfile.mkdtemp(prefix="asnforge-table-", dir=options.folder))
    inputs = Inputs(options.inputs or work, options.divide)
    inputs.folder.mkdir(parents=True, exist_ok=True)
    table = Table(inputs, work, options.before, options.runs, options.limit)
    try:
        for python in (sys.executable, *([options.before] if options.before else [])):
            compile_package(python)
        print(f"Medians of {options.runs} runs: processor seconds (seconds); peak memory in MiB\n")
        print_line(["job", "before", "now", "peak", "required", "aim"])
        for row in ROWS:
            if row.name in options.rows or any(
                other.after == row.name and other.name in options.rows for other in ROWS
            ):
                table.measure(row)
        if options.shapes:
            print()
            print_shapes(ALL_SHAPES, inputs.folder, sys.executable, options.limit, options.divide)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
