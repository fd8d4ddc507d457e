"""Association files in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from asnforge.files.codes import UNREADABLE
from asnforge.findings import Finding

ENDING = "_asn.json"


def is_folder(path: str) -> bool:
    """Whether the user named a folder; no text at all names none."""
    return bool(path) and Path(path).is_dir()


def files_below(folder: str) -> tuple[list[tuple[str, str]], list[Finding]]:
    """Each association file in a folder and in those below it, in order of their names.

    Returns
    -------
    (list of (str, str), list of Finding)
        Each file's path with its folder inside `folder`, ``.`` for itself; and the folders that the system refuses.
    """
    found: list[tuple[str, str]] = []
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders.sort()
        inside = Path(root).relative_to(folder).as_posix()
        found += [(f"{root.rstrip('/')}/{name}", inside) for name in sorted(names) if name.endswith(ENDING)]
    return found, [
        Finding(UNREADABLE.code, f"the folder cannot be read: {error.strerror}", str(error.filename))
        for error in refused
    ]


def association_files(paths: Iterable[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The files that the user named, and in each folder that was named every ``*_asn.json``, in order of their names.

    Returns
    -------
    (tuple of str, tuple of Finding)
        The files, and a finding for each folder without one or that cannot be read.
    """
    files: list[str] = []
    findings: list[Finding] = []
    for path in paths:
        if not is_folder(path):
            files.append(path)
            continue
        inside, refused = files_below(path)
        files += [file for file, _ in inside]
        findings += refused
        if not inside and not refused:
            findings.append(Finding(UNREADABLE.code, f"has no file *{ENDING}, in no folder below it either", path))
    return tuple(files), tuple(findings)
