"""The time to make a pool from the headers of many FITS files, compared with other programs that read the same files.

``python tests/benchmarks/headers.py --files 5000 --peer /path/to/bin --ccdproc /path/to/python`` makes files with nothing but a
primary header of realistic length, each in a folder of its own as a download has them, and again in one folder. Programs run in
turns, so that a slow moment of the machine affects all of them; the table has medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

CARDS = 300
"""The number of cards of a header: real primary headers have between 250 and 400."""

CCDPROC = """
import sys
from ccdproc import ImageFileCollection
KEYWORDS = ["PROGRAM", "OBSERVTN", "EXP_TYPE", "INSTRUME", "DETECTOR", "FILTER", "TARGPROP"]
for folder in sys.argv[1:]:
    ImageFileCollection(folder, keywords=KEYWORDS).summary
"""


def header(number: int) -> tuple[str, bytes]:
    """The root of an exposure, and a complete primary header."""
    observation, exposure = divmod(number, 20)
    root = f"jw02000{observation % 999 + 1:03d}001_021{observation // 999 + 1:02d}_{exposure + 1:05d}_nrcb1"
    values: dict[str, object] = {
        "FILENAME": f"{root}_cal.fits", "DATE": "2026-11-01T00:00:00", "PROGRAM": "02000",
        "OBSERVTN": f"{observation % 999 + 1:03d}", "VISIT": "001", "VISITGRP": "02", "SEQ_ID": "1", "ACT_ID": "01",
        "EXPOSURE": f"{exposure + 1:05d}", "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "DETECTOR": "NRCB1",
        "CHANNEL": "SHORT", "MODULE": "B", "FILTER": f"F{150 + observation % 3 * 50}W", "PUPIL": "CLEAR",
        "SUBARRAY": "FULL", "TARGPROP": f"FIELD-{observation % 50}", "TARGNAME": "FIELD", "TARGTYPE": "FIXED",
        "TARG_RA": 10.0 + observation % 50, "TARG_DEC": -5.0 + observation % 50 / 2, "EXPSTART": 60000.0 + number / 100,
        "NINTS": 1,
    }  # fmt: skip
    cards = [f"{'SIMPLE':8}= {'T':>20}", f"{'BITPIX':8}= {8:>20}", f"{'NAXIS':8}= {0:>20}"]
    padding = [f"KEY{index:05d}= 'a value of usual length'" for index in range(CARDS - len(values))]
    named = [
        f"{key:8}= '{value}'" if isinstance(value, str) else f"{key:8}= {value:>20}" for key, value in values.items()
    ]
    step = len(padding) // len(named)
    for index, card in enumerate(named):
        cards += [card, *padding[index * step : (index + 1) * step]]
    text = "".join(f"{card:80}" for card in [*cards, "END"])
    return root, text.encode() + b" " * (-len(text) % 2880)


def make(folder: Path, files: int) -> tuple[Path, Path]:
    """Files in folders of their own, and the same files in one folder."""
    nested, flat = folder / "nested", folder / "flat"
    flat.mkdir(parents=True)
    for number in range(files):
        root, data = header(number)
        own = nested / root
        own.mkdir(parents=True)
        (own / f"{root}_cal.fits").write_bytes(data)
        os.link(own / f"{root}_cal.fits", flat / f"{root}_cal.fits")
    return nested, flat


def seconds(command: list[str], **environment: str) -> float:
    """The time of a command, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return time.perf_counter() - start


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="the folder with asn_make_pool")
    parser.add_argument("--ccdproc", help="a Python with ccdproc")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nested, flat = make(folder, options.files)
        for title, files in (("a folder for each file", nested), ("one folder", flat)):
            measure(title, files, folder, options)


def measure(title: str, files: Path, folder: Path, options: argparse.Namespace) -> None:
    """Print the medians of all programs for the files of one folder."""
    cache = folder / "cache"
    pool = [sys.executable, "-m", "asnforge", "pool", "make", str(files), "-o", str(folder / "pool.tsv")]
    start = [sys.executable, "-m", "asnforge", "--version"]

    def first() -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return seconds(pool, ASNFORGE_CACHE=str(cache))

    runs: dict[str, Callable[[], float]] = {
        "start of the program alone": lambda: seconds(start),
        "asnforge, first time": first,
        "asnforge, second time": lambda: seconds(pool, ASNFORGE_CACHE=str(cache)),
    }
    if options.ccdproc:
        folders = sorted(str(path.parent) for path in files.rglob("*.fits"))
        arguments = list(dict.fromkeys(folders))
        runs["ccdproc"] = lambda: seconds([options.ccdproc, "-c", CCDPROC, *arguments])
    if options.peer:
        paths = sorted(map(str, files.rglob("*.fits")))
        command = [f"{options.peer}/asn_make_pool", str(folder / "peer_pool"), *paths]
        runs["asn_make_pool"] = lambda: seconds(command)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in runs.items():
            times[name].append(run())
    print(f"{options.files} files, {title}")
    for name, found in times.items():
        print(f"  {name:28}{median(found):8.2f} s")


if __name__ == "__main__":
    main()
