"""What each finding of explaining stands for."""

from __future__ import annotations

from asnforge.findings import FindingCode

NO_EXPOSURE = FindingCode(
    "G201",
    "no such exposure",
    "An exposure is named by its file name as the pool has it, in any letter case, by a pattern with * and ?, or by its line "
    "in the pool, the header being line 1 of most pools.",
)
SEVERAL_EXPOSURES = FindingCode(
    "G202",
    "several exposures where one is wanted",
    "--why-not compares two exposures. The name given is a pattern, or a file that the pool lists on several lines: give the "
    "line.",
)
