"""Generator of the sample download in ``data/download``: ``python tests/sample_download/make.py``.

Exposures of four sample pools become FITS files with a primary header and nothing else, each in a folder of its own, as in a
download from the archive. The pools say what the headers must lead to. One product is left out on purpose.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.fits_files import header_bytes

DATA = Path(__file__).parents[2] / "data"
DOWNLOAD = DATA / "download" / "mastDownload" / "JWST"

Row = dict[str, str]

POOLS: dict[str, Callable[[Row], bool]] = {
    "nircam_image_pool.tsv": lambda row: (
        row["OBS_NUM"] in "12" and row["DETECTOR"] in ("NRCB1", "NRCBLONG") and row["EXPOSURE"] in "12"
    ),
    "miri_mrs_pool.tsv": lambda row: row["OBS_NUM"] in "12" and row["BAND"] == "SHORT" and row["EXPOSURE"] in "12",
    "nirspec_fixed_slit_pool.tsv": lambda row: row["OBS_NUM"] == "1" and row["DETECTOR"] == "NRS1",
    "niriss_ami_pool.tsv": lambda row: row["OBS_NUM"] in "12",
}
"""The exposures of each pool that are in the download."""

MISSING = "jw00106002001_02101_00002_mirifulong_x1d.fits"
"""The product that is left out."""

_LOGICALS = ("IS_PSF", "IS_IMPRT", "BKGDTARG", "TSOVISIT")
_WIDTHS = {"PROGRAM": 5, "VISIT": 3, "VISITGRP": 2}
_NOT_KEYWORDS = ("FILENAME", "OBS_NUM", "TARGETID", "PNTGTYPE", "ASN_CANDIDATE", "EXPOSERR", "DMS_NOTE", "EXPSPCIN", "DITHPTIN",
                 "MOSTILNO", "PNTG_SEQ", "TARGORDN", "DITHERID", "SUBPIXEL", "MTSHADOW", "GWA_XTIL", "GWA_YTIL")  # fmt: skip
_TIMES_SERIES = ("NRC_CORON", "NIS_AMI")


def rows() -> Iterator[Row]:
    """The rows of the exposures that are in the download."""
    for name, is_included in POOLS.items():
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            yield from filter(is_included, csv.DictReader(file, delimiter="\t"))


def products(row: Row) -> Iterator[str]:
    """The suffixes of the products of an exposure."""
    if row["EXP_TYPE"] == "NRS_AUTOWAVE":
        yield "rate"
        return
    yield "calints" if row["EXP_TYPE"] in _TIMES_SERIES and row["PNTGTYPE"] == "SCIENCE" else "cal"
    if row["BKGDTARG"] == "T":
        yield "x1d"


def header(row: Row, file_name: str) -> dict[str, object]:
    """The keywords of a product, in the form that the observatory writes them."""
    number = int(row["OBS_NUM"])
    target = 0 if row["TARGETID"] == "NULL" else int(row["TARGETID"])
    cards: dict[str, object] = {
        "FILENAME": file_name,
        "DATE": f"2026-11-{number:02}T00:00:00",
        "OBSERVTN": f"{number:03}",
        "TARG_RA": 10.0 * int(row["PROGRAM"]) % 360 + 0.02 * target,
        "TARG_DEC": 5.0,
        "EXPSTART": 60000.0 + number + int(row["EXPCOUNT"]) / 1000,
        "ASNPOOL": f"jw{int(row['PROGRAM']):05}_20261101t000000_pool.csv",
    }
    for name, value in row.items():
        if value == "NULL" or name in _NOT_KEYWORDS:
            continue
        cards[name] = value == "T" if name in _LOGICALS else value.zfill(_WIDTHS.get(name, 0))
    return cards


def files() -> Iterator[tuple[Path, bytes]]:
    """The files of the download with their content."""
    for row in rows():
        root = row["FILENAME"].removesuffix("_uncal.fits")
        for suffix in products(row):
            name = f"{root}_{suffix}.fits"
            if name != MISSING:
                yield DOWNLOAD / root / name, header_bytes(**header(row, name))


def main() -> None:
    """Write the download again."""
    shutil.rmtree(DOWNLOAD.parents[1], ignore_errors=True)
    for path, data in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
