"""Reports of the invented observatory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from support.observatory import Content, ruleset

from asnforge.generation.inputs import GenerateOptions, PoolInput, evaluate_input
from asnforge.pool.model import Pool
from asnforge.report.build_report import report_of
from asnforge.report.model import Report

SHOWN: Content = {
    "report": {
        "columns": ["BAND", "INTENT"],
        "instrument": "CAMERA",
        "observation": ["PROPOSAL", "OBS"],
        "footprint": "REGION",
        "time": ["START", "NIGHT"],
    }
}
"""What the report of the invented observatory shows."""


def report_of_pool(pool: Pool, *rules: Content, most_exposures: int = 20_000, **shared: object) -> Report:
    """The report of a pool."""
    options = GenerateOptions(ruleset(*rules, **(SHOWN | shared)), report=Path("report.html"))
    part = evaluate_input(PoolInput(pool.path, replace(pool, files=None)), options)
    return report_of([part], part.generation, most_exposures=most_exposures)
