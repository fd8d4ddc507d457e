"""How long a comparison takes, and how its cost grows: ``python tests/benchmarks/compare.py [COUNT]``.

Writes COUNT associations of 20 members (default: 20,000) to each of two folders, one in ten of the actual side edited, and
runs ``asnforge compare`` on them in a process; before that, the same with an eighth as many. In a third run every association
is edited and renamed, the worst case for matching.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEMBERS = 20


def write_run(folder: Path, count: int, edit_every: int) -> None:
    """Write associations, every `edit_every`-th without its first member (0: none); 1 also renames them."""
    folder.mkdir(parents=True)
    for number in range(count):
        edited = edit_every and number % edit_every == 0
        members = [
            {
                "expname": f"exposure{number:06}{index:03}_{'shared' if index == 19 else 'own'}_cal.fits",
                "exptype": "science",
                "exposerr": None,
                "asn_candidate": "[('o001', 'observation'), ('c1000', 'mosaic')]",
            }
            for index in range(MEMBERS)
        ]
        members[-1] = {**members[-1], "expname": f"exposure{number // 100:06}_shared_cal.fits", "exptype": "psf"}
        association = {
            "asn_type": "image",
            "asn_rule": "Rule_Image",
            "asn_id": "o001",
            "asn_pool": "pool.tsv",
            "program": "00001",
            "target": f"t{number:05}",
            "constraints": "Constraints:\n    program: 1\n    filter: clear\n    target: 1",
            "degraded_status": "No known degraded exposures in association.",
            "version_id": None,
            "code_version": "1",
            "products": [
                {
                    "name": f"product-{number:06}{'-new' if edit_every == 1 else ''}",
                    "members": members[1:] if edited else members,
                }
            ],
        }
        (folder / f"run-o001_image_{number:05}_asn.json").write_text(json.dumps(association, indent=4))


def measure(count: int, edit_every: int) -> None:
    """Compare two folders in a separate process and print its time and memory."""
    with tempfile.TemporaryDirectory() as temporary:
        expected, actual = Path(temporary) / "expected", Path(temporary) / "actual"
        write_run(expected, count, 0)
        write_run(actual, count, edit_every)
        asnforge = str(Path(sys.executable).with_name("asnforge"))
        command = [asnforge, "compare", str(expected), str(actual), "--limit", "1"]
        start = time.perf_counter()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if run.returncode != 1:
            sys.exit(run.stderr or run.stdout)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{count} associations on each side, one in {edit_every} edited: {seconds:.2f} s, at most {memory:.0f} MiB so far"
        )
        print("    " + run.stdout.splitlines()[-1])


def main() -> None:
    """Measure three comparisons."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    measure(count // 8, 10)
    measure(count, 10)
    measure(count, 1)


if __name__ == "__main__":
    main()
