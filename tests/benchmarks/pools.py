"""Large pools, as realistic as the sample pools: ``python tests/benchmarks/pools.py ROWS FILE --seed N``.

A programme is several of the sample pools' programmes one after the other, with their own observations, targets and
candidates, and as many exposures as make some 15 to 20 members an association. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sample_pools.make import COLUMNS, declarations, pool_rows

BLOCKS = (2, 10)
"""How many sample programmes make one programme: at least, at most."""
MEMBERS = (8.0, 18.0)
"""How many exposures of one kind an activity has: at least, at most."""
PAIRS = "WFSC"
"""The pattern whose exposures come in pairs, however many there are."""
WEIGHTS = {
    "nircam_image": 12,
    "miri_image": 4,
    "miri_mrs": 3,
    "nirspec_msa": 3,
    "nirspec_ifu": 3,
    "nircam_wfss": 3,
    "niriss_wfss": 2,
    "time_series": 2,
    "programme": 2,
    "nirspec_fixed_slit": 2,
    "nircam_coron": 1,
    "miri_coron": 1,
    "miri_lrs": 1,
    "miri_wfss": 1,
    "niriss_ami": 1,
    "niriss_soss": 1,
    "wavefront_sensing": 1,
}
"""How often a sample programme is taken, against the others."""

SAMPLES = {name.removesuffix("_pool.tsv"): programme for name, programme in declarations().items()}


def grown(activity: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """An activity with as many exposures as an association of its kind wants; a single one stays so."""
    if activity.get("exposures", "1") == "1":
        return activity
    side_by_side = max(len(names.split()) for names in activity["detectors"])
    return activity | {"exposures": str(max(2, round(rng.uniform(*MEMBERS) / side_by_side)))}


def block(sample: dict[str, Any], observations: int, targets: int, rng: random.Random) -> list[dict[str, Any]]:
    """The observations of a sample programme, counted on from those that there are already."""
    found = []
    for observation in sample["observations"]:
        moved = observation | {
            "number": str(observations + int(observation["number"])),
            "columns": sample["columns"] | observation.get("columns", {}),
        }
        if "target" in observation:
            moved["target"] = str(targets + int(observation["target"]))
            if moved["columns"].get("PATTTYPE") != PAIRS:
                moved["activities"] = [grown(activity, rng) for activity in observation["activities"]]
        found.append(moved)
    return found


def programme(number: int, rng: random.Random) -> dict[str, Any]:
    """One programme, as the sample pools declare theirs."""
    observations: list[dict[str, Any]] = []
    targets: dict[str, Any] = {}
    candidates: dict[str, Any] = {}
    for name in rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=rng.randint(*BLOCKS)):
        sample, before = SAMPLES[name], len(observations)
        observations += block(sample, before, len(targets), rng)
        for candidate in sample.get("candidates", {}).values():
            numbers = [str(before + int(observation)) for observation in candidate["observations"]]
            candidates[str(1000 + len(candidates))] = candidate | {"observations": numbers}
        offset = len(targets)
        targets |= {str(offset + int(target)): facts for target, facts in sample["targets"].items()}
    return {
        "program": str(number),
        "columns": {},
        "targets": targets,
        "candidates": candidates,
        "observations": observations,
    }


def lines(seed: int) -> Iterator[str]:
    """The rows of a pool without an end, programme after programme."""
    rng = random.Random(seed)
    cells = itemgetter(*COLUMNS)
    number = 0
    while True:
        number += 1
        for row in pool_rows(programme(number, rng)):
            yield "\t".join(cells(row)) + "\n"


def write_pool(path: Path, rows: int, seed: int) -> None:
    """Write a pool of so many exposures."""
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS) + "\n")
        file.writelines(islice(lines(seed), rows))


def main() -> None:
    """Parse the command line and write one pool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, help="how many exposures")
    parser.add_argument("file", type=Path, help="the pool to write")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another pool (default: 1)")
    options = parser.parse_args()
    if options.rows < 0:
        parser.error("ROWS is a count, 0 or more")
    write_pool(options.file, options.rows, options.seed)


if __name__ == "__main__":
    main()
