"""Association files in folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from asnforge.files.codes import UNREADABLE
from asnforge.findings import Finding
from asnforge.system_errors import reading_reason

ENDING = "_asn.json"


def is_folder(path: str) -> bool:
    """Whether the user named a folder; no text at all names none."""
    return os.path.isdir(path)  # noqa: PTH112  that of a path raises where the system refuses the name


def files_below(folder: str) -> tuple[list[tuple[str, str]], list[Finding]]:
    """Each association file in a folder and in those below it, in order of their names.

    Returns
    -------
    (list of (str, str), list of Finding)
        Each file's path with its folder inside `folder`, ``.`` for itself; and the folders that the system refuses, and
        what has a file's name and is none, such as a pipe, on which reading would wait without end.
    """
    found: list[tuple[str, str]] = []
    others: list[Finding] = []
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders.sort()
        inside = Path(root).relative_to(folder).as_posix()
        for name in sorted(names):
            if name.endswith(ENDING):
                path = f"{root.rstrip('/')}/{name}"
                if _is_no_file(path):
                    others.append(Finding(UNREADABLE.code, "is no file", path))
                else:
                    found.append((path, inside))
    return found, others + [_unreadable(error) for error in refused]


def _unreadable(error: OSError) -> Finding:
    reason, hint = reading_reason(error)
    return Finding(UNREADABLE.code, f"the folder cannot be read: {reason}", str(error.filename), hint=hint)


def _is_no_file(path: str) -> bool:
    """Whether something else is there; what is not there at all is told when it is read."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116  a folder may have very many files
    except OSError:
        return False


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
