"""Whole processes side by side, ours and the peer's: ``python tests/benchmarks/whole.py [POOL...] [--runs 3]``.

Without a pool, one of 837 exposures is made by ``pools.py``. Both are compiled to bytecode before, as an installation does it,
whatever PYTHONDONTWRITEBYTECODE says. Runs of ours and of the peer, ``asn_generate`` of jwst in the Python that the
environment variable ASNFORGE_PEER_PYTHON names, take turns, so that a machine that slows down slows both; medians and their
ratio are printed. In each turn ours runs some more times, as a run is short beside the machine's noise; the first of a turn is
told apart, too: while the peer ran, the system may have put our files out of its memory. Then generation alone, in one process
of each, and where the time of a whole run of ours goes.
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

import peer
from pools import write_pool

EXPOSURES = 837
RUNS_A_TURN = 5
OURS = str(Path(sys.executable).with_name("asnforge"))


def run(arguments: list[str]) -> tuple[float, str]:
    """Run a command to its end: its seconds, and what it printed."""
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


def timed(work: Callable[[], object], runs: int) -> float:
    """The median of some runs of a function."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return median(found)


def ours(pool: Path, folder: Path) -> list[str]:
    """Our command, into a folder that is not there yet."""
    return [OURS, "generate", str(pool), "-o", str(folder)]


def parts(pool: Path, folder: Path, runs: int) -> dict[str, float]:
    """Where the time of a whole run of ours goes."""
    from asnforge.asnfiles.write import write_associations
    from asnforge.generation.engine import generate
    from asnforge.pool import read_pool
    from asnforge.rulefiles.load import read_ruleset
    from asnforge.rulefiles.shipped import default_ruleset

    ruleset = read_ruleset(default_ruleset())
    columns = ruleset.columns_read()
    table = read_pool(pool, columns=columns)
    associations = generate(table, ruleset).associations
    python = median(run([sys.executable, "-c", "pass"])[0] for _ in range(runs))
    astropy = median(
        run([sys.executable, "-c", "from asnforge.pool.astropy_tables import import_astropy; import_astropy()"])[0]
        for _ in range(runs)
    )
    return {
        "start of Python": python,
        "import of astropy": astropy - python,
        "reading rules": timed(lambda: read_ruleset(default_ruleset()), runs),
        "reading the pool": timed(lambda: read_pool(pool, columns=columns), runs),
        "generation": timed(lambda: generate(table, ruleset), runs),
        "writing": timed(lambda: write_associations(associations, folder / str(time.perf_counter_ns())), runs),
    }


def measure(pool: Path, work: Path, runs: int) -> None:
    """One pool, side by side where there is a peer."""
    with pool.open("rb") as file:
        print(f"{pool.name}: {sum(1 for _ in file) - 1} exposures, {runs} runs of each in turn, medians")
    interpreter = peer.python()
    compile_all(sys.executable, "asnforge")
    if interpreter is not None:
        compile_all(interpreter, "jwst")
    first, own, theirs, alone = [], [], [], []
    for number in range(runs):
        turn = [run(ours(pool, work / f"ours{number}-{part}"))[0] for part in range(RUNS_A_TURN)]
        first.append(turn[0])
        own += turn
        if interpreter is not None:
            seconds, printed = run(peer.command(interpreter, pool, work / f"peer{number}"))
            theirs.append(seconds)
            alone.append(peer.generation_seconds(printed))
    found = parts(pool, work / "parts", max(runs, 5))
    show("whole process", own, theirs)
    show("the first of a turn", first, theirs)
    show("generation alone", [found["generation"]], alone)
    for name, seconds in found.items():
        print(f"    {name:<20} {seconds:9.3f} s")


def show(what: str, own: list[float], theirs: list[float]) -> None:
    """A line of figures: ours, the peer's, and how many times as fast ours is."""
    line = f"  {what:<22} {median(own):9.3f} s"
    if theirs:
        line += f", peer {median(theirs):9.3f} s: {median(theirs) / median(own):.0f} times"
    print(line)


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pools", type=Path, nargs="*", help="pools (default: one of 837 exposures)")
    parser.add_argument("--runs", type=int, default=3, help="how often each is run (default: 3)")
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
            measure(pool, work, options.runs)


if __name__ == "__main__":
    main()
