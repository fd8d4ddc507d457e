"""FITS headers of the nights of a small telescope, from the sample pool: ``python -m support.small_telescope FOLDER``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from support.fits_files import write_fits

POOL = Path(__file__).parents[2] / "data/ccd_pool.tsv"
NUMBERS = ("EXPTIME", "CCD-TEMP", "GAIN", "OFFSET", "XBINNING", "YBINNING")


def write_nights(folder: Path) -> None:
    """Write a FITS file without data for each exposure of the pool, in a folder for each night."""
    with POOL.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name = row.pop("FILE")
            cards = {
                keyword.replace("-", "__"): float(value) if keyword in NUMBERS else value
                for keyword, value in row.items()
                if value not in ("", "--")
            }
            write_fits(folder / row["DATE-OBS"][:10] / name, **cards)


if __name__ == "__main__":
    write_nights(Path(sys.argv[1]))
