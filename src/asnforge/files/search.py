"""Association files in folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from asnforge.files.codes import UNREADABLE
from asnforge.findings import Finding

PATTERN = "*_asn.json"


def association_files(paths: Iterable[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The files that the user named, and in each folder that was named every ``*_asn.json``, in order of their names.

    Returns
    -------
    (tuple of str, tuple of Finding)
        The files, and a finding for each folder without one.
    """
    files: list[str] = []
    findings: list[Finding] = []
    for path in paths:
        if path == "-" or not Path(path).is_dir():
            files.append(path)
            continue
        inside = sorted(str(file) for file in Path(path).rglob(PATTERN) if not file.is_dir())
        files.extend(inside)
        if not inside:
            findings.append(Finding(UNREADABLE.code, f"has no file {PATTERN}, in no folder below it either", path))
    return tuple(files), tuple(findings)
