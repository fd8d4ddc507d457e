"""Find FITS files among paths, folders and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asnforge.findings import Finding, FindingCode, InputError

ENDINGS = (".fits", ".fits.gz")
ASSOCIATION_ENDING = "_asn.json"
_WILDCARDS = "*?["

NO_SUCH_PATH = FindingCode(
    "P120",
    "no such file or folder of FITS files",
    "A path that is given as a pool does not exist, or a pattern matches nothing. Check the spelling, and the folder that you "
    "are in.",
    wrong="asnforge generate mastDonload",
    right="asnforge generate mastDownload",
)
UNREADABLE_FOLDER = FindingCode(
    "P121",
    "a folder cannot be read",
    "The system refuses to list a folder below a path that is given, so its files are not used. Check its permissions.",
    wrong="chmod 000 mastDownload/JWST",
    right="chmod 755 mastDownload/JWST",
)


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of some paths that can matter.

    Attributes
    ----------
    fits, associations, pools : tuple of str
        The FITS files, the association files and the pool tables, each once, sorted.
    findings : tuple of Finding
        Folders that could not be read.
    """

    fits: tuple[str, ...]
    associations: tuple[str, ...]
    pools: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def is_fits_input(path: str) -> bool:
    """Whether a path that is given as a pool is a folder, FITS file or pattern, whose headers make the pool."""
    if os.path.isdir(path):  # noqa: PTH112
        return True
    if os.path.lexists(path):
        return path.casefold().endswith(ENDINGS)
    return _is_pattern(path)


def find_files(paths: Iterable[str], pool_ending: str = "") -> FoundFiles:
    """The FITS files, association files and pools of paths.

    Parameters
    ----------
    paths : iterable of str
        Files, folders, which are searched recursively, and patterns with ``*``, ``?`` and ``**``.
    pool_ending : str
        How the names of pools end, such as ``_pool.csv``; empty: pools are not searched for.

    Raises
    ------
    InputError
        A path does not exist, or a pattern matches nothing.
    """
    findings: list[Finding] = []
    found: dict[str, None] = {}
    visited: set[tuple[int, int]] = set()
    for path in paths:
        for start in _expanded(path):
            found.update(dict.fromkeys(_files_of(start, visited, findings)))
    fits, associations, pools = [], [], []
    for file in sorted(found):
        name = file.casefold()
        if name.endswith(ENDINGS):
            fits.append(file)
        elif name.endswith(ASSOCIATION_ENDING):
            associations.append(file)
        elif pool_ending and name.endswith(pool_ending):
            pools.append(file)
    return FoundFiles(tuple(fits), tuple(associations), tuple(pools), tuple(findings))


def _expanded(path: str) -> list[str]:
    if os.path.lexists(path):
        return [path]
    if not _is_pattern(path):
        raise InputError(NO_SUCH_PATH.finding("there is no {path}", path=path))
    matching = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - paths stay as the user wrote them
    if not matching:
        raise InputError(NO_SUCH_PATH.finding("no file matches {path}", path=path))
    return matching


def _is_pattern(path: str) -> bool:
    return any(wildcard in path for wildcard in _WILDCARDS)


def _files_of(start: str, visited: set[tuple[int, int]], findings: list[Finding]) -> Iterator[str]:
    """The files below a folder, each folder once even if links lead to it again; a file itself."""
    if not os.path.isdir(start):  # noqa: PTH112
        yield start
        return

    def refuse(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        message = "the folder cannot be read: {reason}"
        findings.append(UNREADABLE_FOLDER.finding(message, str(error.filename), severity="warning", reason=reason))

    for folder, folders, files in os.walk(start, followlinks=True, onerror=refuse):
        status = os.stat(folder)  # noqa: PTH116
        if (status.st_dev, status.st_ino) in visited:
            folders.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        folders.sort()
        for name in files:
            yield os.path.join(folder, name)  # noqa: PTH118
