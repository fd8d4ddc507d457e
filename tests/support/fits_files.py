"""Small FITS files with nothing but a primary header, and how the invented observatory's headers are read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from asnforge.rulefiles.build_headers import header_mapping
from asnforge.rules.header_mapping import HeaderMapping

BLOCK = 2880


def card(keyword: str, value: object) -> str:
    """One card of 80 characters."""
    if isinstance(value, bool):
        text = f"{keyword:8}= {'T' if value else 'F':>20}"
    elif isinstance(value, int | float):
        text = f"{keyword:8}= {value:>20}"
    else:
        quoted = str(value).replace("'", "''")
        text = f"{keyword:8}= '{quoted:8}'"
    return f"{text:80}"


def header_bytes(**cards: object) -> bytes:
    """A complete primary header; two underscores in a name are a hyphen."""
    lines = [card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0)]
    lines += [card(keyword.replace("__", "-"), value) for keyword, value in cards.items()]
    data = ("".join(lines) + f"{'END':80}").encode("ascii")
    return data + b" " * (-len(data) % BLOCK)


def write_fits(path: Path, **cards: object) -> Path:
    """Write a FITS file, compressed if its name ends in .gz; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = header_bytes(**cards)
    path.write_bytes(gzip.compress(data) if path.suffix.casefold() == ".gz" else data)
    return path


LYNX_HEADERS: dict[str, Any] = {
    "exposure": "MODE",
    "newest": "DATE",
    "file_name": "{root}_raw.fits",
    "names": {
        "keyword": "ORIGNAME",
        "root": r"ly\d{3}_\d+_[a-z]+",
        "scope": r"c\d+",
        "suffixes": ["raw", "flat"],
        "from_keywords": ["ly{PROG:3}_{EXPNO}_{CAM}"],
        "made_by": {"flat": "lynx-flatten", "spec": "lynx-extract"},
        "replaceable": ["flat"],
    },
    "not_exposures": {"reference files": {"keyword": "REFTYPE"}, "masks": {"name": r".*_mask\.fits"}},
    "columns": {
        "PROGRAM": {"keywords": ["PROG", "OBSNAME"], "matching": {"OBSNAME": r"(\d{3})-\d+"}, "number": "yes"},
        "OBSERVATION": {"keywords": ["OBSNO"], "number": "yes"},
        "CAMERA": {"keywords": ["CAM"]},
        "MODE": {},
        "COLOR": {"absent": ["NONE"]},
        "SKY": {},
        "OBJECT": {},
        "PURPOSE": {"keywords": ["MODE"], "values": {"POINTING": ["point", "focus"]}, "otherwise": "SCIENCE"},
        "TROUBLE": {"otherwise": "NULL"},
    },
    "numbered": {
        "TARGET": {"within": ["PROGRAM"], "keys": [["OBJECT"], ["RA", "DEC"]], "absent": ["UNKNOWN"], "places": "3"}
    },
    "ranks": {"STEP": {"of": ["CAMERA", "COLOR"], "within": ["PROGRAM", "OBSERVATION"]}},
    "candidates": {
        "program": "PROGRAM",
        "observation": "OBSERVATION",
        "instrument": "CAMERA",
        "exposure_type": "MODE",
        "id": "o{observation}",
        "width": "2",
        "type": "night",
        "target": "TARGET",
        "target_names": ["OBJECT"],
        "target_in_associations": r"t(\d+)",
        "archive_pool": "POOLNAME",
        "pool_ending": "_pool.tsv",
        "guess": {
            "id": "c{number}",
            "first": "10",
            "right_ascension": "RA",
            "declination": "DEC",
            "time": "MJD",
            "ignore": ["point"],
            "types": {
                "sky": {"exposure_types": ["slit"], "support": "SKY", "nearest": "yes"},
                "reference": {"exposure_types": ["mask"], "support": "REF"},
                "field": {"exposure_types": ["image"], "within_degrees": "0.1", "within_days": "30"},
            },
        },
    },
}
"""The block ``headers`` of the invented observatory, as it is read from a rule file."""


def lynx_mapping() -> HeaderMapping:
    """How headers of the invented observatory are read."""
    return header_mapping(LYNX_HEADERS)
