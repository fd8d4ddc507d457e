"""Large realistic pools: ``python tests/benchmarks/pools.py ROWS FILE [--seed N] [--ccd]``.

A program consists of several programs of the sample pools, with their own observations, targets and candidates, and with
as many exposures as give 15 to 20 members to an association. The same seed gives the same bytes.
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

from benchmarks.ccd_pools import write_ccd_pool
from sample_pools.make import COLUMNS, declarations, pool_rows

BLOCKS = (2, 10)
"""Sample programs in one program: least and most."""
MEMBERS = (8.0, 18.0)
"""Exposures of one kind in an activity: least and most."""
PAIRS = "WFSC"
"""The pattern whose exposures always come in pairs."""
WEIGHTS = {
    "nircam_image_pool": 12,
    "miri_image_pool": 4,
    "miri_mrs_pool": 3,
    "nirspec_msa_pool": 3,
    "nirspec_ifu_pool": 3,
    "nircam_wfss_pool": 3,
    "niriss_wfss_pool": 2,
    "time_series_pool": 2,
    "programme_pool": 2,
    "nirspec_fixed_slit_pool": 2,
    "nircam_coron_pool": 1,
    "miri_coron_pool": 1,
    "miri_lrs_pool": 1,
    "miri_wfss_pool": 1,
    "niriss_ami_pool": 1,
    "niriss_soss_pool": 1,
    "wavefront_sensing_pool": 1,
}
"""The relative frequency of each sample program."""

SAMPLES = {name.removesuffix(".tsv"): program for name, program in declarations().items()}


def grown(activity: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """An activity with as many exposures as a realistic association has; a single exposure stays single."""
    if activity.get("exposures", "1") == "1":
        return activity
    side_by_side = max(len(names.split()) for names in activity["detectors"])
    return activity | {"exposures": str(max(2, round(rng.uniform(*MEMBERS) / side_by_side)))}


def block(sample: dict[str, Any], observations: int, targets: int, rng: random.Random) -> list[dict[str, Any]]:
    """The observations of a sample program, numbered after the existing `observations` and `targets`."""
    result = []
    for observation in sample["observations"]:
        moved = observation | {
            "number": str(observations + int(observation["number"])),
            "columns": sample["columns"] | observation.get("columns", {}),
        }
        if "target" in observation:
            moved["target"] = str(targets + int(observation["target"]))
            if moved["columns"].get("PATTTYPE") != PAIRS:
                moved["activities"] = [grown(activity, rng) for activity in observation["activities"]]
        result.append(moved)
    return result


def program(number: int, rng: random.Random) -> dict[str, Any]:
    """One program, in the form of the declarations of the sample pools."""
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
    """The rows of an endless pool, program after program."""
    rng = random.Random(seed)
    cells = itemgetter(*COLUMNS)
    number = 0
    while True:
        number += 1
        for row in pool_rows(program(number, rng)):
            yield "\t".join(cells(row)) + "\n"


def write_pool(path: Path, rows: int, seed: int) -> None:
    """Write a pool with this number of exposures."""
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS) + "\n")
        file.writelines(islice(lines(seed), rows))


def main() -> None:
    """Write one pool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, help="number of exposures")
    parser.add_argument("file", type=Path, help="the pool to write")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another pool (default: 1)")
    parser.add_argument("--ccd", action="store_true", help="a pool of a small observatory, for rules/ccd-observatory")
    options = parser.parse_args()
    if options.rows < 0:
        parser.error("ROWS must be 0 or more")
    write = write_ccd_pool if options.ccd else write_pool
    write(options.file, options.rows, options.seed)


if __name__ == "__main__":
    main()
