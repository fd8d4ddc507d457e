"""Find the pools of a batch: files, folders, patterns, and lists of these."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asnforge.findings import FindingCode, InputError
from asnforge.patterns import find_files
from asnforge.system_errors import reading_reason

NO_POOLS = FindingCode(
    "G301",
    "there are no pools",
    "An argument does not lead to a pool: a folder contains no tables or cannot be read, no file matches a pattern, or a list "
    "is empty, names itself or is too large.",
    wrong="asnforge batch 'nights/*.fits' -o out",
    right="asnforge batch 'nights/*.tsv' -o out",
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


def find_pools(named: Sequence[str]) -> tuple[str, ...]:
    """Find the pools of arguments, in the order of their names; a pool with several names is returned by the first of them.

    Parameters
    ----------
    named : sequence of str
        Pools, folders (for the tables in them and in subfolders), patterns with ``*``, ``?`` or ``[``, and lists: text files
        with one of these on each line, relative to the list; like file names, the lines may have bytes that are not UTF-8.

    Raises
    ------
    InputError
        An argument leads to no pool, lists name each other in a cycle or are nested too deeply, or a list is too large.
    """
    expansion = _Expansion()
    pools = sorted({str(Path(path)) for name in named for path in expansion.pools(name, ())})
    first: dict[str, str] = {}
    for path in pools:
        first.setdefault(os.path.realpath(path), path)
    return tuple(first.values())


class _Expansion:
    """Expands names to pools, and reads each list and each folder once, however often it is named."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pools: set[str] = set()

    def pools(self, name: str, parents: tuple[str, ...]) -> Iterator[str]:
        """The new pools of a name; `parents` are the real paths of the lists that it is in."""
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
                yield from _not_empty(sorted(_tables(name)), name, "the folder has no tables")
        elif path.is_file() and self._is_known_list(path, name, parents):
            return
        elif path.is_file() and (entries := _entries(path)) is not None:
            yield from self._listed(path, name, entries, parents)
        elif not path.exists() and any(character in name for character in "*?["):
            matches = find_files(name)
            if parents and not matches:
                yield name
            else:
                yield from _not_empty(matches, name, "the pattern matches no file")
        else:
            yield name

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
