"""Whole processes of asnforge and the peer, compared: ``python tests/benchmarks/whole.py [POOL...] [--runs 3] [--stage 2]``.

Without POOL, ``pools.py`` makes one with 837 exposures. With ``--stage 2``, the rules of stage 2 are compared. Both packages
are compiled to bytecode before, as an installation does. Runs of asnforge and of the peer, ``asn_generate`` of jwst in the
Python that the environment variable ASNFORGE_PEER_PYTHON names, alternate, so that a slow machine slows down both; medians and
their ratio are printed. In each turn asnforge runs several times, because a run is short compared with the noise of the
machine; the first run of a turn is also reported separately, because the peer may have displaced the files of asnforge from
the cache of the system. Then generation alone is compared, and the time of a whole run is broken down.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import peer
from benchmarks.pools import write_pool

EXPOSURES = 837
RUNS_PER_TURN = 5
OURS = str(Path(sys.executable).with_name("asnforge"))


def run(arguments: list[str]) -> tuple[float, str]:
    """Run a command; its seconds, and its output."""
    started = time.perf_counter()
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if ran.returncode:
        sys.exit(ran.stderr)
    return seconds, ran.stdout


def compile_all(interpreter: str, package: str) -> None:
    """Compile a package to bytecode."""
    code = f"import compileall, {package}; compileall.compile_dir({package}.__path__[0], quiet=2)"
    subprocess.run([interpreter, "-c", code], check=True)


def median_seconds(function: Callable[[], object], runs: int) -> float:
    """The median duration of a function."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def breakdown(pool: Path, folder: Path, runs: int, stage: int) -> dict[str, float]:
    """The parts of the time of a whole run of asnforge."""
    import asnforge

    def load() -> asnforge.Ruleset:
        return asnforge.load_ruleset(f"jwst-stage{stage}")

    ruleset = load()
    columns = ruleset.columns_read()
    table = asnforge.read_pool(pool, columns=columns)
    associations = asnforge.generate(table, ruleset).associations

    def write() -> None:
        asnforge.write_associations(associations, folder / str(time.perf_counter_ns()))

    python = median(run([sys.executable, "-c", "pass"])[0] for _ in range(runs))
    astropy = median(run([sys.executable, "-c", "import astropy.table"])[0] for _ in range(runs))
    return {
        "start of Python": python,
        "import of astropy": astropy - python,
        "loading rules": median_seconds(load, runs),
        "reading the pool": median_seconds(lambda: asnforge.read_pool(pool, columns=columns), runs),
        "generation": median_seconds(lambda: asnforge.generate(table, ruleset), runs),
        "writing": median_seconds(write, runs),
    }


def associations(folder: Path) -> int:
    """The number of association files in a folder."""
    return sum(1 for _ in folder.rglob("*_asn.json"))


def measure(pool: Path, work: Path, runs: int, stage: int) -> None:
    """Measure one pool, next to the peer if there is one."""
    with pool.open("rb") as file:
        print(f"{pool.name}: {sum(1 for _ in file) - 1} exposures, medians of {runs} turns")
    interpreter = peer.python()
    compile_all(sys.executable, "asnforge")
    if interpreter is not None:
        compile_all(interpreter, "jwst")
    rules = ["--ignore-default", "--rules", f"jwst-stage{stage}"]
    first, ours, theirs, generation = [], [], [], []
    for number in range(runs):
        folders = [work / f"ours{number}-{part}" for part in range(RUNS_PER_TURN)]
        commands = [[OURS, "generate", str(pool), *rules, "-o", str(folder)] for folder in folders]
        turn = [run(command)[0] for command in commands]
        first.append(turn[0])
        ours += turn
        if interpreter is not None:
            seconds, output = run(peer.command(interpreter, pool, work / f"peer{number}", stage))
            theirs.append(seconds)
            generation.append(peer.generation_seconds(output))
    parts = breakdown(pool, work / "parts", max(runs, 5), stage)
    made = {"asnforge": associations(work / "ours0-0")}
    if interpreter is not None:
        made["peer"] = associations(work / "peer0")
    print("  associations: " + ", ".join(f"{count} by {name}" for name, count in made.items()))
    print_line("whole process", ours, theirs)
    print_line("first run of a turn", first, theirs)
    print_line("generation alone", [parts["generation"]], generation)
    for name, seconds in parts.items():
        print(f"    {name:<20} {seconds:9.3f} s")


def print_line(name: str, ours: list[float], theirs: list[float]) -> None:
    """Print the medians of asnforge and of the peer, and their ratio."""
    line = f"  {name:<22} {median(ours):9.3f} s"
    if theirs:
        line += f", peer {median(theirs):9.3f} s: {median(theirs) / median(ours):.0f} times"
    print(line)


def main() -> None:
    """Measure all pools."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pools", type=Path, nargs="*", help=f"pools (default: one with {EXPOSURES} exposures)")
    parser.add_argument("--runs", type=int, default=3, help="number of turns (default: 3)")
    parser.add_argument("--stage", type=int, choices=(2, 3), default=3, help="whose rules are compared (default: 3)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="asnforge-whole-") as folder:
        pools = options.pools
        if not pools:
            pools = [Path(folder) / "pool.tsv"]
            write_pool(pools[0], EXPOSURES, options.seed)
        for number, pool in enumerate(pools):
            work = Path(folder) / str(number)
            work.mkdir()
            measure(pool, work, options.runs, options.stage)


if __name__ == "__main__":
    main()
