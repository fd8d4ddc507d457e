"""Taking the actual associations of an entry as the expected ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from asnforge.asnfiles import SUFFIX
from asnforge.asnfiles.read_text import read_bytes
from asnforge.asnfiles.write import make_folder, write_associations
from asnforge.atomic import write_atomically
from asnforge.compare.compact import ENDINGS, read_compact, write_compact
from asnforge.compare.load_sides import from_associations, read_association
from asnforge.findings import Finding, FindingCode, InputError, SourceLocation, pluralize, truncated
from asnforge.regress.entries import Entry
from asnforge.regress.inside import OUTSIDE, real_path
from asnforge.regress.run_suite import Outcome
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


def accept(outcome: Outcome) -> int:
    """Write the actual associations of an entry where its expected ones are.

    Nothing else is replaced or removed: a compact file, or, directly in the expected folder, association files of the
    entry's pool. Association files that are no longer generated are removed; files of other names stay.

    Parameters
    ----------
    outcome : Outcome
        Of an entry whose associations could be generated.

    Returns
    -------
    int
        How many associations are expected now.

    Raises
    ------
    InputError
        The expected file or folder does not lie below the suite's folder, or something else than --accept writes is in the
        way, so that nothing was written; or the system refuses.
    """
    entry, expected = outcome.entry, Path(outcome.entry.expected)
    _check_place(entry)
    if expected.name.endswith(ENDINGS):
        _check_compact(expected)
        make_folder(expected.parent)
        write_atomically(expected, write_compact(from_associations(outcome.associations)))
        return len(outcome.associations)
    pool = outcome.associations[0].asn_pool if outcome.associations else Path(entry.pool).name
    old = _old_files(expected, {association.file_name for association in outcome.associations}, pool)
    written = {path.name for path in write_associations(outcome.associations, expected).paths}
    for path in old:
        if path.name not in written:
            try:
                path.unlink()
            except OSError as error:
                raise InputError(cannot_write(str(path), error)) from error
    return len(outcome.associations)


def _check_place(entry: Entry) -> None:
    """Refuse a place that is not below the suite's folder, every link followed."""
    if not entry.roots:
        return
    if not real_path(entry.expected).startswith(entry.roots[0].rstrip("/") + "/"):
        message = f"--accept writes below the suite's folder only, and 'expected' is {truncated(entry.expected)}"
        hint = "let it name a file or folder below the suite's folder"
        place = entry.place or SourceLocation("", 1, 1)
        raise InputError(Finding(OUTSIDE.code, message, place.file, place.line, place.column, hint))


def _check_compact(path: Path) -> None:
    """Refuse a file that is there already and is not a compact file."""
    if not os.path.lexists(path):
        return
    reason = _why_not_regular(path)
    if not reason:
        try:
            read_compact(read_bytes(str(path)), str(path))
        except InputError:
            reason = "it is not a compact file of associations"
    if reason:
        raise InputError(_not_replaced(path, reason))


def _old_files(folder: Path, names: Collection[str], pool: str) -> list[Path]:
    """The association files of a folder, all of them of one pool; else `InputError` with those that are not."""
    old: list[Path] = []
    findings: list[Finding] = []
    for path in _in_the_way(folder, names):
        reason = _why_not_regular(path)
        if path.parent != folder:
            reason = "it is in a folder below the expected one, where --accept writes nothing"
        reason = reason or _why_of_no_pool(path, pool)
        if reason:
            findings.append(_not_replaced(path, reason))
        else:
            old.append(path)
    if findings:
        raise InputError(*_few(findings, folder))
    return old


def _in_the_way(folder: Path, names: Collection[str]) -> Iterator[Path]:
    """What is in a folder under the name of an association file, or of one that will be written; links are not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted((*files, *folders)):
            if (name.endswith(SUFFIX) and name in files) or (Path(root) == folder and name in names):
                yield Path(root) / name


def _why_not_regular(path: Path) -> str:
    """Why something is not a file that could be replaced; empty where it is one."""
    mode = path.lstat().st_mode
    return "" if stat.S_ISREG(mode) else "it is a link" if stat.S_ISLNK(mode) else "it is not a regular file"


def _why_of_no_pool(path: Path, pool: str) -> str:
    """Why a file is not an association of a pool; empty where it is one."""
    try:
        found = read_association(read_bytes(str(path)), str(path)).keywords.get("asn_pool", "")
    except InputError:
        return "it is not an association"
    return "" if found == pool else f"it is an association of the pool '{truncated(found)}', not of '{truncated(pool)}'"


def _not_replaced(path: Path, reason: str) -> Finding:
    message = f"--accept does not replace this file: {reason}"
    return Finding(
        NOT_REPLACED.code, message, str(path), hint="move or remove it, or let 'expected' name another place"
    )


def _few(findings: list[Finding], folder: Path, most: int = 5) -> list[Finding]:
    """The first findings, and how many more there are."""
    more = len(findings) - most
    if more <= 0:
        return findings
    message = f"--accept does not replace {pluralize(more, 'more file')} of the folder"
    return [*findings[:most], Finding(NOT_REPLACED.code, message, str(folder))]
