"""File names of exposures, split into parts by a fixed suffix and extensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from asnforge.rules.regex import unfolded_spans

PARTS = ("root", "extension")
"""The parts of a name."""

_NO_BOUNDS = np.empty((0, 4), np.int32)

UNCHANGED = "{root}{extension}"
"""The template of a name that stays as it is if every name is split."""


@dataclass(frozen=True, slots=True)
class NameEnding:
    """Names that end in a suffix and an extension, ignoring case; their parts are the root and the extension.

    Attributes
    ----------
    suffix : str
        The end of the name without its extension, such as ``_raw``; may be empty.
    extensions : tuple of str
        The extensions, each with its dot; the longest one that matches is used. Empty: any extension, which begins after the
        last suffix that a dot follows. Without a suffix too, every name: the extension begins at the last dot, or is empty.
    """

    suffix: str = ""
    extensions: tuple[str, ...] = ()

    @property
    def splits_every_name(self) -> bool:
        """Whether every name is split."""
        return not self.suffix and not self.extensions

    def split(self, names: Sequence[str]) -> SplitNames:
        """The parts of several file names."""
        if common := self._common_end(names):
            return SplitNames(np.fromiter(map(bool, names), np.bool_, len(names)), _NO_BOUNDS, *common)
        folded = list(map(str.casefold, names))
        length = np.fromiter(map(len, folded), np.int32, len(folded))
        suffix = self.suffix.casefold()
        if self.extensions:
            end = np.full(len(folded), -1, np.int32)
            start = end.copy()
            for extension in sorted(self.extensions, key=len, reverse=True):
                ending = suffix + extension.casefold()
                matched = np.fromiter(map(str.endswith, folded, repeat(ending)), np.bool_, len(folded))
                matched &= (end < 0) & (length > len(ending))
                end[matched] = length[matched] - len(ending)
                start[matched] = length[matched] - len(extension.casefold())
        else:
            ends = map(str.rfind, folded, repeat(f"{suffix}."), repeat(1), repeat(-1))
            end = np.fromiter(ends, np.int32, len(folded))
            if self.splits_every_name:
                end = np.where(end < 0, length, end)
            start = np.where(end < 0, -1, end + len(suffix))
        bounds = np.stack([np.zeros_like(end), end, start, length], axis=1)
        if not "".join(names).isascii():
            expanded = length > np.fromiter(map(len, names), np.int32, len(names))
            for index in np.flatnonzero(expanded & (end >= 0)).tolist():
                bounds[index] = list(chain(*unfolded_spans(names[index], bounds[index].reshape(-1, 2).tolist())))
        return SplitNames(end >= 0, bounds)

    def _common_end(self, names: Sequence[str]) -> tuple[str, str] | None:
        """The end after the root that all names have, except empty ones, and its extension; None if their ends differ.

        The names of most pools have the same end, so that of one name is searched for in all of them at once.
        """
        last = names[-1] if names else ""
        if self.extensions or self.splits_every_name or not last.isascii():
            return None
        suffix = self.suffix.casefold()
        start = last.lower().rfind(f"{suffix}.", 1, -1)
        end, lines = last[start:], "".join(["\n", "\n".join(names), "\n"])
        if start < 0 or lines.count("\n") != len(names) + 1 or f"\n{end}\n" in lines:
            return None
        is_common = lines.count(f"{end}\n") + names.count("") == len(names)
        return (end, end[len(suffix) :]) if is_common else None


@dataclass(frozen=True, slots=True, eq=False)
class SplitNames:
    """The parts of several file names.

    Attributes
    ----------
    known : ndarray of bool, shape (names,)
        The names that have these parts.
    bounds : ndarray of int32, shape (names, 4)
        For each name the start and end of its root and of its extension; -1 for a name that is not split. Without rows if
        all names have a common end.
    end, extension : str
        The end after the root that all split names have, and the extension in it; both empty if the ends differ.
    """

    known: NDArray[np.bool_]
    bounds: NDArray[np.int32]
    end: str = ""
    extension: str = ""

    def strings(self, part: str, indices: NDArray[np.integer], names: Sequence[str]) -> list[str]:
        """One part of some of the names; the empty string for a name that is not split.

        Parameters
        ----------
        part : str
            The name of the part, one of `PARTS`.
        indices : ndarray of int
            The indices of the names.
        names : sequence of str
            All names that were split.
        """
        if self.end:
            own, size = map(names.__getitem__, indices.tolist()), len(self.end)
            return (
                [name[:-size] for name in own] if part == "root" else [self.extension if name else "" for name in own]
            )
        column = 2 * PARTS.index(part)
        starts, ends = self.bounds[indices, column].tolist(), self.bounds[indices, column + 1].tolist()
        chosen = map(names.__getitem__, indices.tolist())
        return [name[start:end] for name, start, end in zip(chosen, starts, ends, strict=True)]

    def filled(
        self, template: str, parts: Sequence[str], indices: NDArray[np.integer], names: Sequence[str]
    ) -> list[str]:
        """A template with the parts of some names, which have these parts, or copies of it if it has none.

        Parameters
        ----------
        template : str
            A string for Python's operator %, with ``%s`` for each part.
        parts : sequence of str
            The names of the parts, each one of `PARTS`.
        indices, names
            As for `strings`.
        """
        if not parts:
            return [template % ()] * len(indices)
        if (
            self.end
            and template.startswith("%s")
            and parts.count("root") == 1
            and parts[0] == "root"
            and "\n" not in template
        ):
            end = template[2:] % ((self.extension,) * (len(parts) - 1))
            lines = "\n".join([*map(names.__getitem__, indices.tolist()), ""])
            return lines.replace(f"{self.end}\n", f"{end}\n").split("\n")[:-1]
        columns = [self.strings(part, indices, names) for part in parts]
        return list(map(template.__mod__, zip(*columns, strict=True)))
