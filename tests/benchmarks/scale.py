"""How run time grows with the pool: ``python tests/benchmarks/scale.py [--sizes 1000 10000] [-j 2] [--runs 3] [--ccd]``.

For each size, with a pool from ``pools.py`` and in turns: ``asnforge batch`` into a new folder, the same again into the same
folder, and a lower bound, which reads the same bytes with pyarrow and writes the same files with plain Python (needs
pyarrow). Medians are printed. Peak memory is measured in a further run, because measuring takes a quarter of a processor. The
stages are timed in one process through the Python API. The peer, ``asn_generate`` of jwst, is run up to 800 exposures if the
environment variable ASNFORGE_PEER_PYTHON names a Python that has it. With --ccd, pools from ``ccd_pools.py`` are measured
instead, with ``rules/ccd-observatory``: masters of masters, of which each light takes the nearest. Folders are removed at the
end only: removing many files slows down the file system for minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import peer
from benchmarks.ccd_pools import write_ccd_pool
from benchmarks.pools import write_pool

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEER_SIZES = (100, 400, 800)
CCD_SIZES = (10_000, 100_000, 1_000_000)
CCD_RULES = Path(__file__).parents[2] / "rules" / "ccd-observatory"
INTERVAL = 0.05
"""Seconds between two measurements of a process."""
COMMAND = [str(Path(sys.executable).with_name("asnforge"))]
HEADINGS = ["exposures", "files", "run", "again", "bound", "ratio", "cpu run", "cpu again", "cpu bound", "peak MiB"]
STAGES = ["reading", "generating", "writing"]
CCD_HEADINGS = ["exposures", "files", "run", "cpu run", "peak MiB", *STAGES]


def descendants(root: int) -> Iterator[int]:
    """A process and all processes that it started."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from descendants(int(child))


@dataclass
class Usage:
    """Wall-clock seconds, processor seconds and peak memory of a command and of all its processes."""

    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0


def memory(process: int) -> int:
    """The proportional set size of a process, in bytes."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def processor_seconds(process: int) -> float:
    """The processor seconds that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(arguments: list[str], *, with_memory: bool = False) -> Usage:
    """Run a command and measure it; memory only on request, because that slows down the command."""
    usage, done = Usage(), threading.Event()
    used: dict[int, float] = {}
    started = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def watch() -> None:
        while not done.wait(INTERVAL):
            total = 0
            for child in descendants(process.pid):
                with suppress(OSError, IndexError):
                    total += memory(child) if with_memory else 0
                    used[child] = processor_seconds(child)
            usage.peak = max(usage.peak, total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    usage.seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    usage.processor = sum(used.values())
    if process.returncode:
        sys.exit(errors.decode())
    return usage


def stages(pool: Path, output: Path, rules: Path | None = None) -> list[float]:
    """The processor seconds of each stage, in this process, with the default rules or others."""
    import asnforge

    ruleset = asnforge.load_ruleset() if rules is None else asnforge.load_ruleset(rules)
    times = [time.process_time()]
    table = asnforge.read_pool(pool, columns=ruleset.columns_read())
    times.append(time.process_time())
    associations = asnforge.generate(table, ruleset).associations
    times.append(time.process_time())
    asnforge.write_associations(associations, output)
    times.append(time.process_time())
    return [end - start for start, end in pairwise(times)]


def lower_bound(pool: Path, existing: Path, output: Path) -> tuple[Usage, int]:
    """Read the pool with pyarrow and write the existing files with plain Python; the usage, and the number of files."""
    import pyarrow.csv

    files = [(path.relative_to(existing), path.read_bytes()) for path in sorted(existing.rglob("*_asn.json"))]
    started, used = time.perf_counter(), time.process_time()
    pyarrow.csv.read_csv(pool, parse_options=pyarrow.csv.ParseOptions(delimiter="\t"))
    for folder in {name.parent for name, _ in files}:
        (output / folder).mkdir(parents=True)
    for name, data in files:
        with (output / name).open("wb") as file:
            file.write(data)
    return Usage(time.perf_counter() - started, time.process_time() - used), len(files)


def print_row(cells: list[object]) -> None:
    """Print one line of the table."""
    print("".join(f"{cell:>11.2f}" if isinstance(cell, float) else f"{cell!s:>11}" for cell in cells), flush=True)


def measure(size: int, work: Path, processes: int, runs: int, seed: int) -> float:
    """Measure one size, print its line, and return the seconds of a run."""
    pool = work / f"pool_{size}.tsv"
    write_pool(pool, size, seed)
    arguments = [*COMMAND, "batch", str(pool), "-j", str(processes), "--layout", "program", "-o"]
    new, again, bounds, files = [], [], [], 0
    for number in range(runs):
        output = work / f"run_{size}_{number}"
        new.append(run([*arguments, str(output)]))
        again.append(run([*arguments, str(output)]))
        bound, files = lower_bound(pool, output, work / f"bound_{size}_{number}")
        bounds.append(bound)
    peak = run([*arguments, str(work / f"memory_{size}")], with_memory=True).peak
    seconds = [median(usage.seconds for usage in usages) for usages in (new, again, bounds)]
    processor = [median(usage.processor for usage in usages) for usages in (new, again, bounds)]
    ratio = median(usage.seconds / bound.seconds for usage, bound in zip(new, bounds, strict=True))
    print_row([f"{size:,}", files, *seconds, ratio, *processor, peak >> 20, *stages(pool, work / f"stages_{size}")])
    return seconds[0]


def measure_ccd(size: int, work: Path, runs: int, seed: int) -> float:
    """Measure one size of a small observatory's pool, print its line, and return the processor seconds of a run."""
    pool = work / f"ccd_{size}.txt"
    write_ccd_pool(pool, size, seed)
    arguments = [*COMMAND, "generate", str(pool), "--rules", str(CCD_RULES), "-o"]
    usages = [run([*arguments, str(work / f"ccd_run_{size}_{number}")]) for number in range(runs)]
    files = sum(1 for _ in (work / f"ccd_run_{size}_0").rglob("*_asn.json"))
    peak = run([*arguments, str(work / f"ccd_memory_{size}")], with_memory=True).peak
    seconds, processor = median(usage.seconds for usage in usages), median(usage.processor for usage in usages)
    of_stages = stages(pool, work / f"ccd_stages_{size}", CCD_RULES)
    print_row([f"{size:,}", files, seconds, processor, peak >> 20, *of_stages])
    return processor


def print_growth(seconds: dict[int, float]) -> None:
    """Print with which power of its size the time of a large pool grows."""
    large = [size for size in seconds if size >= min(10_000, max(seconds))]
    if len(large) > 1:
        first, last = large[0], large[-1]
        growth = math.log(seconds[last] / seconds[first]) / math.log(last / first)
        print(f"\ngrowth from {first:,} to {last:,}: exponent {growth:.2f}")


def compare_with_peer(work: Path, seed: int) -> None:
    """Run the peer and asnforge on the same pools, one after the other."""
    python = peer.python()
    if python is None:
        return
    print()
    print_row(["exposures", "peer s", "asnforge s", "ratio"])
    for size in PEER_SIZES:
        pool = work / f"peer_{size}.tsv"
        write_pool(pool, size, seed)
        theirs = run(peer.command(python, pool, work / f"peer_out_{size}")).seconds
        ours = run([*COMMAND, "generate", str(pool), "-o", str(work / f"peer_ours_{size}")]).seconds
        print_row([size, theirs, ours, theirs / ours])


def main() -> None:
    """Measure all sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of exposures")
    parser.add_argument("--ccd", action="store_true", help="pools of a small observatory, with rules/ccd-observatory")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--runs", type=int, default=3, help="number of runs (default: 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where temporary files go (default: the temporary folder)")
    parser.add_argument("--no-peer", action="store_true", help="do not run the peer")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="asnforge-scale-", dir=options.folder))
    try:
        if options.ccd:
            print(f"Medians of {options.runs} runs, in seconds; stages in processor seconds.\n")
            print_row(list(CCD_HEADINGS))
            sizes = options.sizes or CCD_SIZES
            print_growth({size: measure_ccd(size, work, options.runs, options.seed) for size in sizes})
            return
        print(f"Medians of {options.runs} runs with -j {options.jobs}, in seconds; stages in processor seconds.\n")
        print_row([*HEADINGS, *STAGES])
        sizes = options.sizes or SIZES
        print_growth({size: measure(size, work, options.jobs, options.runs, options.seed) for size in sizes})
        if not options.no_peer:
            compare_with_peer(work, options.seed)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
