"""Write the actual associations of an entry as its expected ones (``--accept``)."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from asnforge.asnfiles.read_text import read_bytes
from asnforge.asnfiles.staging import make_folder
from asnforge.asnfiles.write import write_associations
from asnforge.associations import SUFFIX
from asnforge.atomic import write_atomically
from asnforge.compare.compact import COMPACT_SUFFIXES, read_compact, write_compact
from asnforge.compare.load_sides import from_associations, read_association
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.regress.roots import OUTSIDE, real_path
from asnforge.regress.run_suite import EntryResult
from asnforge.regress.suite import SuiteEntry
from asnforge.system_errors import cannot_write

NOT_REPLACED = FindingCode(
    "C125",
    "--accept does not replace a file",
    "'--accept' replaces and removes only what it writes itself: compact files, and association files of the entry's pool "
    "directly in the expected folder. Other files are left alone, and nothing is written for the entry. Move or remove the "
    "file, or set 'expected' to another folder.",
    wrong="entries:\n- {pool: night.tsv, expected: notes.yaml}",
    right="entries:\n- {pool: night.tsv, expected: expected/night.yaml}",
)

_MOST_FINDINGS = 5


def accept(result: EntryResult) -> None:
    """Write the actual associations of an entry to its expected file or folder.

    Only a compact file or, directly in the expected folder, association files of the entry's pool are replaced; those that
    are no longer generated are removed.

    Parameters
    ----------
    result : EntryResult
        The result of an entry whose associations could be generated.

    Raises
    ------
    InputError
        The expected file or folder is not below the suite's folder, or has the name of a file that --accept does not write,
        and nothing was written; or a file cannot be written.
    """
    entry, associations, expected = result.entry, result.associations, Path(result.entry.expected)
    _check_location(entry)
    if expected.name.endswith(COMPACT_SUFFIXES):
        _check_compact(expected)
        make_folder(expected.parent)
        write_atomically(expected, write_compact(from_associations(associations)))
        return
    pool = associations[0].asn_pool if associations else Path(entry.pool).name
    old = _old_files(expected, {association.file_name for association in associations}, pool)
    written = {path.name for path in write_associations(associations, expected).paths}
    for path in old:
        if path.name not in written:
            try:
                path.unlink()
            except OSError as error:
                raise InputError(cannot_write(str(path), error)) from error


def _check_location(entry: SuiteEntry) -> None:
    """Reject an expected path that is not below the suite's folder, with every link followed."""
    if entry.roots and not real_path(entry.expected).startswith(entry.roots[0].rstrip("/") + "/"):
        message = "--accept writes only below the suite's folder, and 'expected' is {path}"
        hint = "set it to a file or folder below the suite's folder"
        raise InputError(OUTSIDE.finding(message, entry.location or "", hint=hint, path=entry.expected))


def _check_compact(path: Path) -> None:
    """Reject an existing file that is not a compact file."""
    if not os.path.lexists(path):
        return
    if reason := _irregular(path):
        raise InputError(_not_replaced(path, reason))
    try:
        read_compact(read_bytes(str(path)), str(path))
    except InputError as error:
        raise InputError(_not_replaced(path, "it is not a compact file of associations")) from error


def _old_files(folder: Path, names: Collection[str], pool: str) -> list[Path]:
    """The association files of a folder, if all are of one pool; else `InputError` with those that are not."""
    old: list[Path] = []
    findings: list[Finding] = []
    for path in _same_names(folder, names):
        if path.parent != folder:
            findings.append(
                _not_replaced(path, "it is in a subfolder of the expected folder, where --accept writes nothing")
            )
        elif reason := _irregular(path):
            findings.append(_not_replaced(path, reason))
        elif (actual := _pool_of(path)) == pool:
            old.append(path)
        elif actual is None:
            findings.append(_not_replaced(path, "it is not an association"))
        else:
            message = "it is an association of the pool {actual:quoted}, not of {pool:quoted}"
            findings.append(_not_replaced(path, message, actual=actual, pool=pool))
    more = len(findings) - _MOST_FINDINGS
    if more > 0:
        message = "--accept does not replace {count:more file} in the folder"
        findings[_MOST_FINDINGS:] = [NOT_REPLACED.finding(message, str(folder), count=more)]
    if findings:
        raise InputError(*findings)
    return old


def _same_names(folder: Path, names: Collection[str]) -> Iterator[Path]:
    """Everything in a folder with the name of an association file, or of one to be written; links are not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted((*files, *folders)):
            if (name.endswith(SUFFIX) and name in files) or (Path(root) == folder and name in names):
                yield Path(root) / name


def _irregular(path: Path) -> str:
    """Why a path is not a regular file, which could be replaced; empty if it is one."""
    mode = path.lstat().st_mode
    return "" if stat.S_ISREG(mode) else "it is a link" if stat.S_ISLNK(mode) else "it is not a regular file"


def _pool_of(path: Path) -> str | None:
    """The pool of an association file; None if it is not an association."""
    try:
        return read_association(read_bytes(str(path)), str(path)).keywords.get("asn_pool", "")
    except InputError:
        return None


def _not_replaced(path: Path, reason: str, **facts: Any) -> Finding:
    hint = "move or remove it, or set 'expected' to another path"
    return NOT_REPLACED.finding(f"--accept does not replace this file: {reason}", str(path), hint=hint, **facts)
