"""The cost of a report: ``python tests/benchmarks/page.py [ROWS...] [--runs 3]``.

For pools of each size that ``pools.py`` makes: the time of ``asnforge report`` and of ``asnforge generate --dry-run``, which
alternate, the size of the page and, if there is Chromium with its driver, the time until the page can be used.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.pools import write_pool
from benchmarks.whole import OURS, run
from support.browser import Browser, find_programs

SIZES = (103, 5_000, 100_000)
_MOST_SECONDS = 60


def ready_seconds(page: Path, folder: Path, runs: int) -> float:
    """The median time from the start of the page to its first complete picture."""
    browser = Browser(folder / "profile")
    seconds = []
    for _ in range(runs):
        browser.driver.get(page.as_uri())
        end = time.monotonic() + _MOST_SECONDS
        while not (ready := browser.run("return document.body.dataset.ready")) and time.monotonic() < end:
            time.sleep(0.05)
        seconds.append(float(ready) / 1000)
    browser.quit()
    return median(seconds)


def main() -> None:
    """Measure and print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            pool, page = folder / "pool.tsv", folder / "report.html"
            write_pool(pool, rows, 1)
            dry, report = [], []
            for _ in range(options.runs):
                dry.append(run([OURS, "generate", str(pool), "--dry-run"])[0])
                report.append(run([OURS, "report", str(pool), "-o", str(page)])[0])
            ready = f", ready in {ready_seconds(page, folder, options.runs):.2f} s" if find_programs() else ""
            print(
                f"{rows} exposures: dry run {median(dry):.2f} s, report {median(report):.2f} s "
                f"({median(report) / median(dry):.2f} times), page {page.stat().st_size / 1e6:.2f} MB{ready}"
            )


if __name__ == "__main__":
    main()
