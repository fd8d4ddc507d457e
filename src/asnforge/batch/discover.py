"""Find the pools of a batch: files, folders, patterns, and lists of these."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from itertools import chain
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.fitsfiles.find_fits import is_fits_input
from asnforge.patterns import find_files
from asnforge.rules.header_mapping import FITS_ENDINGS, HeaderMapping
from asnforge.system_errors import reading_reason

NO_POOLS = FindingCode(
    "G301",
    "there are no pools",
    "An argument does not lead to a pool: a folder contains no tables or cannot be read, no file matches a pattern, or a list "
    "is empty, names itself or is too large.",
    wrong="asnforge batch 'nights/*.tvs' -o out",
    right="asnforge batch 'nights/*.tsv' -o out",
)
TABLES_NOT_USED = FindingCode(
    "G124",
    "tables in a folder of FITS files",
    "A folder with FITS files of exposures is one pool, which is made from their headers, so tables in it are not pools. Only "
    "the archive's pool is read with the files. A table that is named itself is a pool.",
    wrong="asnforge batch night -o out",
    right="asnforge batch night night/night_pool.tsv -o out",
)

EXTENSIONS = (".tsv", ".csv", ".txt", ".tab", ".psv", ".ecsv", ".fits", ".vot", ".xml")
"""The extensions of tables in a folder; each may be followed by ``.gz``."""

LIST_EXTENSIONS = (".list", ".lst")
"""The extensions of lists of pools; any other file is a list if its first line that is not a comment names a file."""

LARGEST_LIST = 64 * 1024 * 1024
"""The largest size of a list of pools in bytes: enough for half a million names."""

DEEPEST = 50
"""The deepest nesting of lists, each named in the one before."""

_HEAD = 1 << 16
_SHOWN = 3
_WORD = re.compile(r"\w+")
_FEWEST_COLUMNS = 3
"""A table with fewer columns that headers make is a catalog or a list of files."""


@dataclass(frozen=True, slots=True)
class FoundPools:
    """The pools of a batch.

    Attributes
    ----------
    names : tuple of str
        The pools, sorted; a pool with several names by the first of them.
    fits : mapping of str to tuple of str
        The pools among them that are made from FITS files, each with its files, folders and patterns.
    findings : tuple of Finding
        Notes on tables that are not used.
    """

    names: tuple[str, ...]
    fits: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...] = ()


def find_pools(named: Sequence[str], mapping: HeaderMapping | None = None, *, one_pool: bool = False) -> FoundPools:
    """Find the pools of arguments.

    Parameters
    ----------
    named : sequence of str
        Pools, folders (for the tables in them and in subfolders), patterns with ``*``, ``?`` or ``[``, and lists: text files
        with one of these on each line, relative to the list; like file names, the lines may have bytes that are not UTF-8.
        A folder with FITS files of exposures is one pool, as is a pattern of such files; those that are named one by one are
        one pool together.
    mapping : HeaderMapping or None
        How headers of FITS files are read; None if all pools are tables.
    one_pool : bool
        Make one pool of all FITS files.

    Raises
    ------
    InputError
        An argument leads to no pool, lists name each other in a cycle or are nested too deeply, or a list is too large.
    """
    expansion = _Expansion(mapping)
    pools = sorted({str(Path(path)) for name in named for path in expansion.pools(name, ())})
    first: dict[str, str] = {}
    for path in pools:
        first.setdefault(os.path.realpath(path), path)
    fits = expansion.fits_pools(one_pool)
    return FoundPools(tuple(sorted({*first.values(), *fits})), fits, tuple(expansion.findings))


def may_have_fits(named: Sequence[str]) -> bool:
    """Whether arguments can lead to FITS files, so that the rules are needed to find pools: not if all are text files."""
    endings = (*FITS_ENDINGS, *LIST_EXTENSIONS, ".txt")
    return any(name.casefold().endswith(endings) or not Path(name).is_file() for name in named)


class _Expansion:
    """Expands names to pools, and reads each list and each folder once, however often it is named."""

    def __init__(self, mapping: HeaderMapping | None) -> None:
        self._known: set[str] = set()
        self._pools: set[str] = set()
        self._mapping = mapping
        self._fits: dict[str, tuple[str, ...]] = {}
        self._fits_files: list[str] = []
        self.findings: list[Finding] = []

    def fits_pools(self, one_pool: bool) -> dict[str, tuple[str, ...]]:
        """The pools that are made from FITS files, by name: that of the folder that has all files of a pool."""
        groups = [*self._fits.values(), *([tuple(self._fits_files)] if self._fits_files else [])]
        if not groups:
            return {}
        from asnforge.fitsfiles.fits_pool import common_folder

        pools: dict[str, tuple[str, ...]] = {}
        for paths in [tuple(chain.from_iterable(groups))] if one_pool else groups:
            name = common_folder(paths)
            pools[name] = (*pools.get(name, ()), *paths)
        return pools

    def pools(self, name: str, parents: tuple[str, ...]) -> Iterator[str]:
        """The new pools of a name that are tables; `parents` are the real paths of the lists that it is in."""
        if name in self._pools:
            return
        try:
            for pool in self._expanded(name, parents):
                self._pools.add(pool)
                yield pool
        except (OSError, ValueError):
            self._pools.add(name)
            yield name  # the report of the pool says why it cannot be read

    def _expanded(self, name: str, parents: tuple[str, ...]) -> Iterator[str]:
        path = Path(name)
        if name == "-":
            message, hint = "a batch does not read standard input", "save it to a file, or use asnforge generate"
            raise InputError(NO_POOLS.finding(message, hint=hint))
        if path.is_dir():
            if self._is_new(path):
                yield from self._in_folder(name)
        elif path.is_file() and self._is_known_list(path, name, parents):
            return
        elif path.is_file() and (entries := _entries(path)) is not None:
            yield from self._listed(path, name, entries, parents)
        elif not path.exists() and any(character in name for character in "*?["):
            yield from self._matching(name, parents)
        elif path.is_file() and self._is_exposure(name):
            self._fits_files.append(name)
        else:
            yield name

    def _in_folder(self, folder: str) -> Iterator[str]:
        """The tables in a folder; none if it has exposures, as it is a pool of FITS files then."""
        tables = sorted(_tables(folder))
        if not any(self._is_exposure(table) for table in tables):
            yield from _not_empty(tables, folder, "the folder has no tables")
            return
        self._fits[os.path.realpath(folder)] = (folder,)
        unused = [table for table in tables if self._is_pool(table)]
        if unused:
            message = (
                "the folder has FITS files of exposures, so it is one pool; {count:table} in it not used: {tables}"
            )
            hint = "name a table to use it as a pool"
            shown = tuple(unused[:_SHOWN])
            finding = TABLES_NOT_USED.finding(
                message, folder, hint=hint, severity="warning", count=len(unused), tables=shown
            )
            self.findings.append(finding)

    def _matching(self, pattern: str, parents: tuple[str, ...]) -> Iterator[str]:
        """The tables that match a pattern, and those of folders that do; all exposures that match are one pool."""
        matches = find_files(pattern)
        if parents and not matches:
            yield pattern
            return
        before = len(self._fits)
        folders = [] if parents else sorted(glob(pattern))  # noqa: PTH207 - paths stay as the user wrote them
        for folder in filter(self._has_exposures, folders):
            yield from self.pools(folder, parents)
        if any(map(self._is_exposure, matches)):
            self._fits[pattern] = (pattern,)
            matches = [match for match in matches if not match.casefold().endswith(FITS_ENDINGS)]
        if before == len(self._fits):
            _not_empty(matches, pattern, "the pattern matches no file")
        yield from matches

    def _has_exposures(self, folder: str) -> bool:
        return self._mapping is not None and Path(folder).is_dir() and any(map(self._is_exposure, _tables(folder)))

    def _is_exposure(self, path: str) -> bool:
        """Whether a file is a FITS file of an exposure, rather than a table."""
        return path.casefold().endswith(FITS_ENDINGS) and is_fits_input(path, self._mapping)

    def _is_pool(self, table: str) -> bool:
        """Whether a table in a folder of FITS files has columns of a pool and is not the archive's pool."""
        if self._mapping is None or table.casefold().endswith(FITS_ENDINGS):
            return False
        candidates = self._mapping.candidates
        if candidates is not None and candidates.pool_ending and table.casefold().endswith(candidates.pool_ending):
            return False
        try:
            with open(table, "rb") as file:  # noqa: PTH123
                header = file.readline(_HEAD).decode("utf-8", "replace").casefold()
        except OSError:
            return False
        columns = {column.name.casefold() for column in self._mapping.columns}
        return len(columns.intersection(_WORD.findall(header))) >= _FEWEST_COLUMNS

    def _listed(self, path: Path, name: str, entries: list[str], parents: tuple[str, ...]) -> Iterator[str]:
        """The pools of a list that has not been read before."""
        real = os.path.realpath(path)
        self._known.add(real)
        if len(parents) == DEEPEST:
            message, hint = "lists are nested more than {depth} levels deep", "name the pools in fewer lists"
            raise InputError(NO_POOLS.finding(message, name, hint=hint, depth=DEEPEST))
        for entry in _not_empty(entries, name, "the list is empty"):
            yield from self.pools(entry, (*parents, real))

    def _is_known_list(self, path: Path, name: str, parents: tuple[str, ...]) -> bool:
        """Whether a list has been read already; `InputError` if it is still being read, because it names itself."""
        real = os.path.realpath(path)
        if real in parents:
            raise InputError(NO_POOLS.finding("the list of pools names itself", name))
        return real in self._known

    def _is_new(self, path: Path) -> bool:
        """Whether a folder has not been read yet; it is marked as read."""
        real = os.path.realpath(path)
        is_new = real not in self._known
        self._known.add(real)
        return is_new


def _not_empty(names: list[str], name: str, problem: str) -> list[str]:
    if not names:
        raise InputError(NO_POOLS.finding(problem, name, hint="name some pools"))
    return names


def _tables(folder: str) -> Iterator[str]:
    """The tables in a folder and in those below it, without hidden files and folders."""
    for parent, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            is_table = name.removesuffix(".gz").casefold().endswith(EXTENSIONS)
            if is_table and not name.startswith(".") and path.is_file():
                yield str(path)


def _refuse_folder(error: OSError) -> None:
    """Reject a folder that cannot be read: its pools would be missing without notice."""
    reason, hint = reading_reason(error)
    message = "the folder cannot be read: {reason}"
    raise InputError(NO_POOLS.finding(message, str(error.filename), hint=hint, reason=reason)) from error


def _entries(path: Path) -> list[str] | None:
    """The names in a list of pools; None if the file is not one."""
    is_list = path.name.casefold().endswith(LIST_EXTENSIONS)
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD)
            first = next(_names(data.decode("utf-8-sig", "surrogateescape").split("\n")), "")
            if not is_list and not (first and "\0" not in first and (path.parent / first).exists()):
                return None
            data += file.read(LARGEST_LIST + 1 - len(data))
        if len(data) > LARGEST_LIST:
            message, hint = "the list is larger than {limit} MiB", "name a folder or a pattern instead"
            raise InputError(NO_POOLS.finding(message, str(path), hint=hint, limit=LARGEST_LIST >> 20))
        text = data.decode("utf-8-sig", "surrogateescape")
    except (OSError, ValueError):
        return None
    return None if "\0" in text else [str(path.parent / name) for name in _names(text.split("\n"))]


def _names(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are neither comments nor empty."""
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
