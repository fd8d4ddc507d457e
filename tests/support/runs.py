"""Association files for tests of comparisons, with as few keywords as possible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def association(name: str = "product-a", *members: str, exptype: str = "science", **keywords: Any) -> dict[str, Any]:
    """An association with one product; members are expnames."""
    return {
        "asn_type": "image",
        "asn_rule": "Rule_Image",
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        "program": "00007",
        "target": "t001",
        "degraded_status": "fine",
        "version_id": None,
        "products": [
            {
                "name": name,
                "members": [{"expname": expname, "exptype": exptype} for expname in members or (f"{name}_1_cal.fits",)],
            }
        ],
        **keywords,
    }


def write_run(folder: Path, *associations: dict[str, Any]) -> Path:
    """Write a folder with one numbered file for each association."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(associations, 1):
        (folder / f"run-o001_image_{number:05}_asn.json").write_text(json.dumps(content))
    return folder
