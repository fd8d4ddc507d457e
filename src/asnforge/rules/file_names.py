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


@dataclass(frozen=True, slots=True, eq=False)
class SplitNames:
    """The parts of several file names.

    Attributes
    ----------
    known : ndarray of bool, shape (names,)
        The names that have these parts.
    bounds : ndarray of int32, shape (names, 4)
        For each name the start and end of its root and of its extension; -1 for a name that is not split.
    """

    known: NDArray[np.bool_]
    bounds: NDArray[np.int32]

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
        column = 2 * PARTS.index(part)
        starts, ends = self.bounds[indices, column].tolist(), self.bounds[indices, column + 1].tolist()
        chosen = map(names.__getitem__, indices.tolist())
        return [name[start:end] for name, start, end in zip(chosen, starts, ends, strict=True)]
