"""Which pools a batch is for: files, folders of them, patterns, and lists of all these."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asnforge.batch import codes
from asnforge.findings import CannotContinue, Finding

ENDINGS = (".tsv", ".csv", ".txt", ".tab", ".psv", ".ecsv", ".fits", ".vot", ".xml")
"""How names of tables end, in a folder; each may be followed by ``.gz``."""

LIST_ENDINGS = (".list", ".lst")
"""How the name of a list of pools ends; any other file whose first line names a file is one, too, comments aside."""

_LOOKED_AT = 1 << 16


def find_pools(named: Sequence[str]) -> tuple[str, ...]:
    """The pools that are meant, in the order of their names; one that is named in several ways is there once, by the first.

    Parameters
    ----------
    named : sequence of str
        Pools, folders (tables in them and in folders below), patterns with ``*``, ``?`` or ``[``, and lists: text files with
        one of these a line, names being relative to the list.

    Raises
    ------
    CannotContinue
        One of them leads to no pool.
    """
    found = sorted({str(Path(path)) for name in named for path in _expanded(name, frozenset())})
    first: dict[str, str] = {}
    for path in found:
        first.setdefault(os.path.realpath(path), path)
    return tuple(first.values())


def _expanded(name: str, above: frozenset[str]) -> Iterator[str]:
    try:
        yield from _looked_into(name, above)
    except (OSError, ValueError):
        yield name  # the pool's own line of the report says why it cannot be read


def _looked_into(name: str, above: frozenset[str]) -> Iterator[str]:
    path = Path(name)
    if name == "-":
        message, hint = "a batch does not read standard input", "save it to a file, or use asnforge generate"
        raise CannotContinue(Finding(codes.NO_POOLS.code, message, hint=hint))
    if path.is_dir():
        tables = sorted(str(each) for each in path.rglob("*") if _is_table(each, path))
        yield from _some(tables, name, "folder has no tables")
    elif path.is_file() and (entries := _entries(path)) is not None:
        if str(path.resolve()) in above:
            raise CannotContinue(Finding(codes.NO_POOLS.code, "the list of pools names itself", name))
        inside = above | {str(path.resolve())}
        yield from _some([each for entry in entries for each in _expanded(entry, inside)], name, "list is empty")
    elif not path.exists() and any(mark in name for mark in "*?["):
        fitting = sorted(glob.glob(name, recursive=True))  # noqa: PTH207
        if fitting or not above:
            yield from _some([each for each in fitting if not os.path.isdir(each)], name, "pattern fits no file")  # noqa: PTH112
        else:
            yield name
    else:
        yield name


def _some(found: list[str], name: str, fault: str) -> list[str]:
    if not found:
        raise CannotContinue(Finding(codes.NO_POOLS.code, f"the {fault}", name, hint="name some pools"))
    return found


def _is_table(path: Path, folder: Path) -> bool:
    """Whether a file below a folder is a table, and neither it nor a folder between the two is hidden."""
    name = path.name.removesuffix(".gz").casefold()
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return name.endswith(ENDINGS) and not hidden and path.is_file()


def _entries(path: Path) -> list[str] | None:
    """The names in a list of pools; None where the file is none."""
    is_list = path.name.casefold().endswith(LIST_ENDINGS)
    try:
        with path.open("rb") as file:
            begin = file.read(_LOOKED_AT).decode("utf-8-sig", "replace")
        first = next(_named(begin.split("\n")), "")
        if not is_list and not (first and "\0" not in first and (path.parent / first).exists()):
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        return None
    return None if "\0" in text else [str(path.parent / name) for name in _named(text.split("\n"))]


def _named(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are no comments and not blank."""
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
