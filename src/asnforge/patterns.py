"""Find files that match a glob pattern, with bounded work: each folder is searched once for each part of the pattern.

The standard library follows every path to a folder. The number of paths grows exponentially with the
number of ``**`` in the pattern and of links to parent folders, and both can come from untrusted files.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

_WILDCARDS = re.compile(r"[*?\[]")
_ANY_DEPTH = "**"


def find_files(pattern: str, folder: str = "", *, hidden: bool = False, folders: bool = False) -> list[str]:
    """The files that match a pattern, sorted. If several paths lead to a folder, its files are listed once, by the first one.

    Parameters
    ----------
    pattern : str
        A path with ``*``, ``?`` and ``[...]`` in its parts; ``**`` matches any number of folders, but not links to folders.
    folder : str
        The folder that a relative pattern starts from; the current folder if empty.
    hidden : bool
        Whether wildcards match names that begin with a period.
    folders : bool
        Whether folders are listed as well.
    """
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    fixed = next((index for index, part in enumerate(parts) if _WILDCARDS.search(part)), len(parts))
    root = ("/" if pattern.startswith("/") else "") + "/".join(parts[:fixed])
    return sorted(_Search(parts[fixed:], hidden, folders).files(os.path.join(folder, root)))  # noqa: PTH118


class _Search:
    """A search for the parts of a pattern; the state of a path is the numbers of the parts that its next name may match."""

    def __init__(self, parts: list[str], hidden: bool, folders: bool) -> None:
        self._parts = parts
        self._matchers = [re.compile(fnmatch.translate(os.path.normcase(part))).match for part in parts]
        self._hidden, self._folders = hidden, folders
        self._searched: set[tuple[int, int, int]] = set()

    def files(self, root: str) -> Iterator[str]:
        """The matching files below a folder."""
        queue = [(root, self._with_skipped([0]))]
        while queue:
            folder, state = queue.pop()
            with suppress(OSError, ValueError):  # a folder that does not exist or cannot be read has no files
                status = os.stat(folder or ".")  # noqa: PTH116
                new = {number for number in state if (status.st_dev, status.st_ino, number) not in self._searched}
                self._searched.update((status.st_dev, status.st_ino, number) for number in new)
                parents = [number + 1 for number in new if self._parts[number : number + 1] == [".."]]
                if parents:
                    queue.append((os.path.join(folder, ".."), self._with_skipped(parents)))  # noqa: PTH118
                with os.scandir(folder or ".") as entries:
                    listed = sorted(entries, key=lambda entry: entry.name, reverse=True)
                for entry in listed if new - {len(self._parts)} else ():
                    after = self._with_skipped(self._after(entry, new))
                    path = os.path.join(folder, entry.name)  # noqa: PTH118
                    if len(self._parts) in after and (entry.is_file() or (self._folders and entry.is_dir())):
                        yield path
                    if after - {len(self._parts)} and entry.is_dir():
                        queue.append((path, after))

    def _after(self, entry: os.DirEntry[str], state: Iterable[int]) -> Iterator[int]:
        """The numbers of the parts that may match after an entry."""
        is_hidden = entry.name.startswith(".") and not self._hidden
        for number in state:
            part = self._parts[number] if number < len(self._parts) else ""
            if part == _ANY_DEPTH:
                if not is_hidden and not entry.is_symlink():
                    yield number
            elif part and (part.startswith(".") or not is_hidden) and self._matches(number, entry.name):
                yield number + 1

    def _matches(self, number: int, name: str) -> bool:
        return self._matchers[number](os.path.normcase(name)) is not None

    def _with_skipped(self, state: Iterable[int]) -> frozenset[int]:
        """A state with the parts after each ``**`` added, as it can also match no folders at all."""
        numbers: set[int] = set()
        for number in state:
            numbers.add(number)
            while self._parts[number : number + 1] == [_ANY_DEPTH]:
                number += 1
                numbers.add(number)
        return frozenset(numbers)
