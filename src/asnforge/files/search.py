"""Association files in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from asnforge.files.codes import UNREADABLE
from asnforge.findings import Finding

ENDING = "_asn.json"


def files_below(folder: str) -> Iterator[tuple[str, str]]:
    """Each association file in a folder and in those below it, in order of their names.

    Yields
    ------
    (str, str)
        The file's path, and its folder inside `folder`, ``.`` for itself.
    """
    for root, folders, names in os.walk(folder):
        folders.sort()
        inside = Path(root).relative_to(folder).as_posix()
        yield from ((f"{root.rstrip('/')}/{name}", inside) for name in sorted(names) if name.endswith(ENDING))


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
        inside = [file for file, _ in files_below(path)]
        files.extend(inside)
        if not inside:
            findings.append(Finding(UNREADABLE.code, f"has no file *{ENDING}, in no folder below it either", path))
    return tuple(files), tuple(findings)
