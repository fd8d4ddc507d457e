"""Files that fit a pattern, found with a bounded amount of work: each folder is searched once for each part of the pattern.

The standard library follows every way that leads to a folder. Their number grows exponentially with the repetitions of ``**``,
and with links to folders above, and both can come from somebody else.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

_WILDCARDS = re.compile(r"[*?\[]")
_ANY_DEPTH = "**"


def find_files(pattern: str, folder: str = "", *, hidden: bool = False) -> list[str]:
    """Files that fit a pattern, in the order of their names; those of a folder once, by the first path that leads to it.

    Parameters
    ----------
    pattern : str
        A path with ``*``, ``?`` and ``[...]`` in its parts; ``**`` is any number of folders, links to folders left out.
    folder : str
        Where a relative pattern begins; the current folder where it is empty.
    hidden : bool
        Whether wildcards fit names that begin with a period.
    """
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    first = next((place for place, part in enumerate(parts) if _WILDCARDS.search(part)), len(parts))
    root = ("/" if pattern.startswith("/") else "") + "/".join(parts[:first])
    return sorted(_Search(parts[first:], hidden).files(os.path.join(folder, root)))  # noqa: PTH118


class _Search:
    """A search for the parts of a pattern; a place is the number of parts that fit a path already."""

    def __init__(self, parts: list[str], hidden: bool) -> None:
        self._parts = parts
        self._fits = [re.compile(fnmatch.translate(os.path.normcase(part))).match for part in parts]
        self._hidden = hidden
        self._seen: set[tuple[int, int, int]] = set()

    def files(self, root: str) -> Iterator[str]:
        """The files below a folder."""
        left = [(root, self._places([0]))]
        while left:
            folder, places = left.pop()
            with suppress(OSError, ValueError):  # what cannot be read or does not exist has no files
                status = os.stat(folder or ".")  # noqa: PTH116
                new = {place for place in places if (status.st_dev, status.st_ino, place) not in self._seen}
                self._seen.update((status.st_dev, status.st_ino, place) for place in new)
                if any(self._parts[place : place + 1] == [".."] for place in new):
                    after = [place + 1 for place in new if self._parts[place : place + 1] == [".."]]
                    left.append((os.path.join(folder, ".."), self._places(after)))  # noqa: PTH118
                with os.scandir(folder or ".") as entries:
                    found = sorted(entries, key=lambda entry: entry.name, reverse=True)
                for entry in found if new - {len(self._parts)} else ():
                    after_entry = self._places(self._after(entry, new))
                    path = os.path.join(folder, entry.name)  # noqa: PTH118
                    if len(self._parts) in after_entry and entry.is_file():
                        yield path
                    if after_entry - {len(self._parts)} and entry.is_dir():
                        left.append((path, after_entry))

    def _after(self, entry: os.DirEntry[str], places: Iterable[int]) -> Iterator[int]:
        """The places after a name in a folder."""
        is_hidden = entry.name.startswith(".") and not self._hidden
        for place in places:
            part = self._parts[place] if place < len(self._parts) else ""
            if part == _ANY_DEPTH:
                if not is_hidden and not entry.is_symlink():
                    yield place
            elif part and (part.startswith(".") or not is_hidden) and self._fits[place](os.path.normcase(entry.name)):
                yield place + 1

    def _places(self, places: Iterable[int]) -> frozenset[int]:
        """Places, with those after each ``**``, which fits no folder as well."""
        found: set[int] = set()
        for place in places:
            found.add(place)
            while self._parts[place : place + 1] == [_ANY_DEPTH]:
                place += 1
                found.add(place)
        return frozenset(found)
