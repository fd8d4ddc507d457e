"""Which pools a batch is for: files, folders of them, patterns, and lists of all these."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asnforge.batch import codes
from asnforge.findings import Finding, InputError
from asnforge.patterns import find_files
from asnforge.system_errors import reading_reason

ENDINGS = (".tsv", ".csv", ".txt", ".tab", ".psv", ".ecsv", ".fits", ".vot", ".xml")
"""How names of tables end, in a folder; each may be followed by ``.gz``."""

LIST_ENDINGS = (".list", ".lst")
"""How the name of a list of pools ends; any other file whose first line names a file is one, too, comments aside."""

LARGEST_LIST = 64 * 1024 * 1024
"""Bytes of a list of pools: more than half a million names."""

DEEPEST = 50
"""How deep lists can be nested, each named in the one before."""

_LOOKED_AT = 1 << 16


def find_pools(named: Sequence[str]) -> tuple[str, ...]:
    """The pools that are meant, in the order of their names; one that is named in several ways is there once, by the first.

    Parameters
    ----------
    named : sequence of str
        Pools, folders (tables in them and in folders below), patterns with ``*``, ``?`` or ``[``, and lists: text files with
        one of these a line, names being relative to the list; they may have bytes that are not UTF-8, as file names may.

    Raises
    ------
    InputError
        One of them leads to no pool, lists name each other in a cycle or too deep, or a list is too large.
    """
    expansion = _Expansion()
    found = sorted({str(Path(path)) for name in named for path in expansion.pools(name, ())})
    first: dict[str, str] = {}
    for path in found:
        first.setdefault(os.path.realpath(path), path)
    return tuple(first.values())


class _Expansion:
    """Finds the pools that names lead to, and reads each list and each folder once, however often it is named."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pools: set[str] = set()

    def pools(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        """The pools of a name that have not been found yet; `above` are the lists that it is in, by their real paths."""
        if name in self._pools:
            return
        try:
            for pool in self._looked_into(name, above):
                self._pools.add(pool)
                yield pool
        except (OSError, ValueError):
            self._pools.add(name)
            yield name  # the pool's own line of the report says why it cannot be read

    def _looked_into(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        path = Path(name)
        if name == "-":
            message, hint = "a batch does not read standard input", "save it to a file, or use asnforge generate"
            raise InputError(Finding(codes.NO_POOLS.code, message, hint=hint))
        if path.is_dir():
            if self._is_new(path):
                tables = sorted(_tables(name))
                yield from _some(tables, name, "folder has no tables")
        elif path.is_file() and self._is_known_list(path, name, above):
            return
        elif path.is_file() and (entries := _entries(path)) is not None:
            yield from self._listed(path, name, entries, above)
        elif not path.exists() and any(mark in name for mark in "*?["):
            fitting = find_files(name)
            if fitting or not above:
                yield from _some(fitting, name, "pattern fits no file")
            else:
                yield name
        else:
            yield name

    def _listed(self, path: Path, name: str, entries: list[str], above: tuple[str, ...]) -> Iterator[str]:
        """The pools of a list that has not been read before."""
        real = os.path.realpath(path)
        self._known.add(real)
        if len(above) == DEEPEST:
            message, hint = f"lists are nested more than {DEEPEST} deep", "name the pools in fewer lists"
            raise InputError(Finding(codes.NO_POOLS.code, message, name, hint=hint))
        _some(entries, name, "list is empty")
        for entry in entries:
            yield from self.pools(entry, (*above, real))

    def _is_known_list(self, path: Path, name: str, above: tuple[str, ...]) -> bool:
        """Whether a list has been read already; one that is being read names itself."""
        real = os.path.realpath(path)
        if real in above:
            raise InputError(Finding(codes.NO_POOLS.code, "the list of pools names itself", name))
        return real in self._known

    def _is_new(self, path: Path) -> bool:
        """Whether a folder has not been looked into yet; from now on it has."""
        real = os.path.realpath(path)
        is_new = real not in self._known
        self._known.add(real)
        return is_new


def _some(found: list[str], name: str, fault: str) -> list[str]:
    if not found:
        raise InputError(Finding(codes.NO_POOLS.code, f"the {fault}", name, hint="name some pools"))
    return found


def _tables(folder: str) -> Iterator[str]:
    """The tables in a folder and in those below it; hidden files and folders are left out."""
    for above, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for name in names:
            path = Path(above, name)
            is_table = name.removesuffix(".gz").casefold().endswith(ENDINGS)
            if is_table and not name.startswith(".") and path.is_file():
                yield str(path)


def _refuse_folder(error: OSError) -> None:
    """Reject a folder that cannot be read: its pools would be missing without a word."""
    reason, hint = reading_reason(error)
    message = f"the folder cannot be read: {reason}"
    raise InputError(Finding(codes.NO_POOLS.code, message, str(error.filename), hint=hint)) from error


def _entries(path: Path) -> list[str] | None:
    """The names in a list of pools; None where the file is not one."""
    is_list = path.name.casefold().endswith(LIST_ENDINGS)
    try:
        with path.open("rb") as file:
            data = file.read(_LOOKED_AT)
            first = next(_named(data.decode("utf-8-sig", "surrogateescape").split("\n")), "")
            if not is_list and not (first and "\0" not in first and (path.parent / first).exists()):
                return None
            data += file.read(LARGEST_LIST + 1 - len(data))
        if len(data) > LARGEST_LIST:
            message, hint = f"the list is larger than {LARGEST_LIST >> 20} MiB", "name a folder or a pattern instead"
            raise InputError(Finding(codes.NO_POOLS.code, message, str(path), hint=hint))
        text = data.decode("utf-8-sig", "surrogateescape")
    except (OSError, ValueError):
        return None
    return None if "\0" in text else [str(path.parent / name) for name in _named(text.split("\n"))]


def _named(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are not comments and not blank."""
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
