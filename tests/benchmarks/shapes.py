"""Pools of shapes that make software slow, legal all of them: ``python tests/benchmarks/shapes.py [--shapes NAME...]``.

Each shape is measured at three sizes. The exponent says how the cost grows between the second and the third: 1 is linear, 2
quadratic; the cost of a run of ten exposures is subtracted first, and a difference that is lost in the noise has no exponent.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.choice_shapes import CHOICE_SHAPES
from benchmarks.measure import Usage, adopt_orphans, compile_package, measure
from benchmarks.more_shapes import MORE_SHAPES
from benchmarks.shape_pools import SHAPES, Shape

_LEAST = 0.15
"""The processor seconds above those of ten exposures from which an exponent is meaningful."""


ALL_SHAPES = (*SHAPES, *CHOICE_SHAPES, *MORE_SHAPES)


def exponent(sizes: Sequence[int], costs: Sequence[float], start: float) -> float | None:
    """How the cost grows between the last two sizes; None if the cost above that of the start is too small to say."""
    first, second = (cost - start for cost in costs[-2:])
    if first < _LEAST or second < _LEAST:
        return None
    return math.log(second / first) / math.log(sizes[-1] / sizes[-2])


def measure_shape(
    shape: Shape, folder: Path, python: str, limit: float, divide: int = 1
) -> tuple[list[Usage], float | None]:
    """The cost of a shape at its three sizes, and the exponent."""
    command = Path(python).with_name("asnforge")

    def run(size: int) -> Usage:
        return measure([str(command), *map(str, shape.arguments(folder, size))], limit)

    sizes = [max(size // divide, 10) for size in shape.sizes]
    start, usages = run(10), [run(size) for size in sizes]
    costs = [usage.processor for usage in usages]
    return usages, exponent(sizes, costs, start.processor) if all(usage.status >= 0 for usage in usages) else None


def print_shapes(shapes: Iterable[Shape], folder: Path, python: str, limit: float, divide: int = 1) -> None:
    """A line for each shape: the processor seconds at three sizes, the exponent, and the peak memory of the largest."""
    print(f"{'shape':<47}{'sizes':<24}{'processor seconds':<24}{'exponent':<10}peak MiB")
    for shape in shapes:
        usages, grows = measure_shape(shape, folder, python, limit, divide)
        sizes = " ".join(f"{max(size // divide, 10)}" for size in shape.sizes)
        costs = " ".join(f"{usage.processor:.2f}" if usage.status >= 0 else f"over {limit:g}" for usage in usages)
        shown = "-" if grows is None else f"{grows:.2f}"
        title = f"{shape.name}: {shape.about}"
        print(f"{title:<47}{sizes:<24}{costs:<24}{shown:<10}{usages[-1].peak >> 20}".rstrip(), flush=True)


def main() -> None:
    """Measure the chosen shapes."""
    names = [shape.name for shape in ALL_SHAPES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", nargs="+", choices=names, default=names, help="shapes (default: all)")
    parser.add_argument("--python", default=sys.executable, help="the Python for which asnforge is installed")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a run is stopped (default: 120)")
    parser.add_argument("--divide", type=int, default=1, metavar="N", help="make pools smaller by this factor")
    options = parser.parse_args()
    adopt_orphans()
    compile_package(options.python)
    folder = Path(tempfile.mkdtemp(prefix="asnforge-shapes-"))
    try:
        chosen = [shape for shape in ALL_SHAPES if shape.name in options.shapes]
        print_shapes(chosen, folder, options.python, options.limit, options.divide)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
