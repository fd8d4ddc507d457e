"""How the work grows with the pool: ``python tests/benchmarks/scale.py [--sizes 1000 10000] [-j 2]``.

For each size: a pool of ``pools.py``, the whole command as a user runs it, the same again into the same folder, the stages
in one process, and two yardsticks measured in the same run. The floor reads the same bytes with pyarrow and writes the same
files with plain Python. The peer, ``asn_generate`` of jwst, is run up to 800 exposures where the environment variable
ASNFORGE_PEER_PYTHON names a Python that has it. Folders are removed at the end, as new files are slow for minutes after many
have been removed.
"""

from __future__ import annotations

import argparse
import gc
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peer
from pools import write_pool

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEER_SIZES = (100, 400, 800)
COMMAND = [str(Path(sys.executable).with_name("asnforge"))]


def descendants(root: int) -> Iterator[int]:
    """A process and all that it started."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from descendants(int(child))


def memory(root: int) -> int:
    """The bytes that a process and all that it started have; what they share counts once."""
    total = 0
    for process in descendants(root):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total


def whole(arguments: list[str]) -> tuple[float, float]:
    """Run a command: seconds from start to end, and the peak memory of all its processes in bytes."""
    peak, done = [0], threading.Event()
    started = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, said = process.communicate()
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(said.decode())
    return seconds, peak[0]


class Stopwatch:
    """Processor seconds spent on each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("reading", "grouping", "building", "checking", "writing"), 0.0)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what is done inside for a stage."""
        started = time.process_time()
        yield
        self.seconds[stage] += time.process_time() - started


def stages(pool: Path, output: Path) -> dict[str, float]:
    """The stages of the work in one process, piece by piece, in processor seconds."""
    from asnforge.associations.build import build_associations
    from asnforge.atomic import write_atomically
    from asnforge.batch.cutting import cut, read_piece
    from asnforge.batch.dividing import find_division
    from asnforge.batch.scanning import scan_range
    from asnforge.files.schema import check_generated
    from asnforge.files.write import encode
    from asnforge.generation import group
    from asnforge.pool import cut_ranges
    from asnforge.rules.locate import default_ruleset
    from asnforge.rules.read import read_ruleset

    ruleset = read_ruleset(default_ruleset())
    division = find_division(ruleset)
    assert division is not None
    watch = Stopwatch()
    gc.disable()
    with watch.on("reading"):
        ranges = cut_ranges(pool, 1)
        scans = [scan_range(pool, *each, division, ruleset.members.file_name, None) for each in ranges]
        cutting = cut(scans, division, header_line=1)
    assert cutting is not None
    for piece in cutting.pieces:
        with watch.on("reading"):
            part = read_piece(pool, piece, ruleset, None)
        with watch.on("grouping"):
            grouping = group(part, ruleset)
        with watch.on("building"):
            built = build_associations(grouping.pruned.kept, grouping.exposures, grouping.expnames, ruleset, None)
            files = [(output / each.program / each.file_name, encode(each)) for each in built]
        with watch.on("checking"):
            assert all(check_generated(data) for _, data in files)
        with watch.on("writing"):
            for path, data in files:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, data)
    gc.enable()
    return watch.seconds


def floor(pool: Path, made: Path, output: Path) -> tuple[float, float, int]:
    """Seconds to read the bytes with pyarrow and to write the same files with plain Python, and the count of files."""
    import pyarrow.csv

    started = time.perf_counter()
    pyarrow.csv.read_csv(pool, parse_options=pyarrow.csv.ParseOptions(delimiter="\t"))
    reading = time.perf_counter() - started
    files = [(path.relative_to(made), path.read_bytes()) for path in sorted(made.rglob("*_asn.json"))]
    started = time.perf_counter()
    for folder in {name.parent for name, _ in files}:
        (output / folder).mkdir(parents=True)
    for name, data in files:
        with (output / name).open("wb") as file:
            file.write(data)
    return reading, time.perf_counter() - started, len(files)


def row(cells: list[object]) -> None:
    """Print a line of the table."""
    print("".join(f"{cell:>12.2f}" if isinstance(cell, float) else f"{cell!s:>12}" for cell in cells), flush=True)


def measure(size: int, work: Path, processes: int, seed: int) -> float:
    """One size: the seconds of the whole command."""
    pool = work / f"pool_{size}.tsv"
    write_pool(pool, size, seed)
    arguments = [
        *COMMAND,
        "batch",
        str(pool),
        "-o",
        str(work / f"ours_{size}"),
        "-j",
        str(processes),
        "--layout",
        "program",
    ]
    seconds, peak = whole(arguments)
    again, _ = whole(arguments)
    reading, writing, files = floor(pool, work / f"ours_{size}", work / f"floor_{size}")
    spent = stages(pool, work / f"stages_{size}")
    ratio = seconds / (reading + writing)
    row([f"{size:,}", files, seconds, again, reading + writing, ratio, peak / (1 << 20), *spent.values()])
    return seconds


def beside_peer(work: Path, seed: int) -> None:
    """The peer and ours, whole processes, one after the other."""
    python = peer.python()
    if python is None:
        return
    print()
    row(["exposures", "peer s", "ours s", "times"])
    for size in PEER_SIZES:
        pool = work / f"peer_{size}.tsv"
        write_pool(pool, size, seed)
        theirs, _ = whole(peer.command(python, pool, work / f"peer_out_{size}"))
        own, _ = whole([*COMMAND, "generate", str(pool), "-o", str(work / f"peer_ours_{size}")])
        row([size, theirs, own, theirs / own])


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="exposures of the pools")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, help="where pools and files go for the time (default: a temporary folder)"
    )
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="asnforge-scale-", dir=options.folder))
    try:
        print(
            f"whole command with -j {options.jobs}, again into the same folder, and the floor: wall seconds; peak: MiB"
        )
        print("of all processes; stages: processor seconds in one process\n")
        head = ["exposures", "files", "whole s", "again s", "floor s", "times floor", "peak MiB"]
        row([*head, "reading", "grouping", "building", "checking", "writing"])
        seconds = {size: measure(size, work, options.jobs, options.seed) for size in options.sizes}
        large = [size for size in seconds if size >= min(10_000, max(seconds))]
        if len(large) > 1:
            first, last = large[0], large[-1]
            growth = math.log(seconds[last] / seconds[first]) / math.log(last / first)
            print(f"\ngrowth from {first:,} to {last:,}: exponent {growth:.2f}")
        if not options.no_peer:
            beside_peer(work, options.seed)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
