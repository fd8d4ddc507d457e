"""Find FITS files among paths, folders and patterns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from asnforge.associations import SUFFIX as ASSOCIATION_SUFFIX
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.pool.open import refuse_special_file
from asnforge.rules.header_mapping import FITS_ENDINGS, HeaderMapping

_WILDCARDS = "*?["

NO_SUCH_PATH = FindingCode(
    "P120",
    "no such file or folder of FITS files",
    "A path that is given as a pool does not exist, or a pattern matches nothing. Check the spelling, and the folder that you "
    "are in.",
    wrong="asnforge generate nihgt",
    right="asnforge generate night",
)
UNREADABLE_FOLDER = FindingCode(
    "P121",
    "a folder cannot be read",
    "The system refuses to list a folder below a path that is given, so its files are not used. Check its permissions.",
    wrong="chmod 000 night/raw",
    right="chmod 755 night/raw",
)


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of some paths that can matter.

    Attributes
    ----------
    fits, associations, pools : tuple of str
        The FITS files, the association files and the pool tables, each once, sorted.
    findings : tuple of Finding
        Folders that could not be read, and pipes and devices, which are left out.
    """

    fits: tuple[str, ...]
    associations: tuple[str, ...]
    pools: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def is_fits_input(path: str, mapping: HeaderMapping | None) -> bool:
    """Whether headers make the pool of a path: a folder, a pattern, or a FITS file that is an exposure rather than a table.

    A file with the name of an exposure's product is one, even if it is damaged.

    Parameters
    ----------
    path : str
        The path that is given as a pool.
    mapping : HeaderMapping or None
        How headers are read; None for a rule set that does not say it, whose pools are tables.
    """
    if mapping is None:
        return False
    if os.path.isfile(path):  # noqa: PTH113
        if not path.casefold().endswith(FITS_ENDINGS):
            return False
        from asnforge.fitsfiles.cards import read_cards  # most pools are tables

        is_product = mapping.names.split(os.path.basename(path)) is not None  # noqa: PTH119
        return is_product or bool(read_cards(path, [mapping.exposure]).cards)
    return os.path.isdir(path) or (is_pattern(path) and not os.path.lexists(path))  # noqa: PTH112


def find_files(paths: Iterable[str], pool_ending: str | tuple[str, ...] = "") -> FoundFiles:
    """The FITS files, association files and pools of paths.

    Parameters
    ----------
    paths : iterable of str
        Files, folders, which are searched recursively, and patterns with ``*``, ``?`` and ``**``.
    pool_ending : str or tuple of str
        How the names of pools in folders end, such as ``_pool.csv``; empty: they are not searched for. Any other file that is
        given itself is a pool.

    Raises
    ------
    InputError
        A path does not exist, or a pattern matches nothing.
    """
    findings: list[Finding] = []
    found: dict[str, None] = {}
    named: list[str] = []
    visited: set[tuple[int, int]] = set()
    for path in paths:
        for start in expanded(path):
            if os.path.isfile(start) and not start.casefold().endswith((*FITS_ENDINGS, ASSOCIATION_SUFFIX)):  # noqa: PTH113
                named.append(start)
            found.update(dict.fromkeys(files_of(start, visited, findings)))
    fits: list[str] = []
    associations: list[str] = []
    pools: list[str] = []
    for file in sorted(found):
        name = file.casefold()
        if name.endswith(FITS_ENDINGS):
            kind = fits
        elif name.endswith(ASSOCIATION_SUFFIX):
            kind = associations
        elif file in named or (pool_ending and name.endswith(pool_ending)):
            kind = pools
        else:
            continue
        try:
            refuse_special_file(file)
        except InputError as error:
            findings += (replace(finding, severity="warning", hint="it is not used") for finding in error.findings)
        else:
            kind.append(file)
    return FoundFiles(tuple(fits), tuple(associations), tuple(pools), tuple(findings))


def excluding(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a file is excluded by paths, file names or patterns of either; ``@FILE`` names a file with one on each line.

    Raises
    ------
    InputError
        A file of patterns cannot be read.
    """
    names: set[str] = set()
    globs: list[str] = []
    for pattern in chain.from_iterable(map(_listed, patterns)):
        if is_pattern(pattern):
            globs.append(pattern)
        names.add(os.path.normpath(pattern))

    def is_excluded(path: str) -> bool:
        path = os.path.normpath(path)
        name = os.path.basename(path)  # noqa: PTH119
        return (
            path in names or name in names or any(fnmatchcase(path, glob) or fnmatchcase(name, glob) for glob in globs)
        )

    return is_excluded


def _listed(pattern: str) -> list[str]:
    """The patterns of an option: itself, or the lines of a file without comments."""
    if not pattern.startswith("@"):
        return [pattern]
    try:
        text = Path(pattern[1:]).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text in UTF-8"
        raise InputError(
            NO_SUCH_PATH.finding("the list cannot be read: {reason}", pattern[1:], reason=reason.lower())
        ) from error
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]


def expanded(path: str) -> list[str]:
    """A path that exists, or the paths that match a pattern, sorted.

    Raises
    ------
    InputError
        The path does not exist, or the pattern matches nothing.
    """
    if os.path.lexists(path):
        return [path]
    if not is_pattern(path):
        raise InputError(NO_SUCH_PATH.finding("there is no {path}", path=path))
    from asnforge import patterns

    matching = patterns.find_files(path, folders=True)
    if not matching:
        raise InputError(NO_SUCH_PATH.finding("no file matches {path}", path=path))
    return matching


def is_pattern(path: str) -> bool:
    """Whether a path has wildcards; a file may have such a name as well."""
    return any(wildcard in path for wildcard in _WILDCARDS)


def files_of(start: str, visited: set[tuple[int, int]], findings: list[Finding]) -> Iterator[str]:
    """The files below a folder, each folder once even if links lead to it again; a file itself.

    Parameters
    ----------
    start : str
        The folder or file.
    visited : set of (int, int)
        The device and inode of each folder that was searched before; those of this search are added.
    findings : list of Finding
        Folders that cannot be read are added.
    """
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
        for name in sorted(files):
            yield os.path.join(folder, name)  # noqa: PTH118
