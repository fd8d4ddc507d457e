"""File names of exposures in parts: by a fixed suffix and extensions, or by the named groups of a regular expression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from asnforge.rules.regex import compiled, unfolded

ROOT, EXTENSION = "root", "extension"
"""The parts of a name with a fixed suffix or extension."""


@dataclass(frozen=True, slots=True)
class NameEnding:
    """Names that end with a suffix and an extension, ignoring case; their parts are the root before both, and the extension.

    Attributes
    ----------
    suffix : str
        The end of the name without its extension, such as ``_raw``; may be empty.
    extensions : tuple of str
        The extensions, each with its dot; of several that fit, the longest counts. Empty: any extension, which begins after
        the last suffix that a dot follows.
    """

    suffix: str
    extensions: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts."""
        return ROOT, EXTENSION

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
                found = np.fromiter(map(str.endswith, folded, repeat(ending)), np.bool_, len(folded))
                found &= (end < 0) & (length > len(ending))
                end[found] = length[found] - len(ending)
                start[found] = length[found] - len(extension.casefold())
        else:
            ends = map(str.rfind, folded, repeat(f"{suffix}."), repeat(1), repeat(-1))
            end = np.fromiter(ends, np.int32, len(folded))
            start = np.where(end < 0, -1, end + len(suffix))
        bounds = np.stack([np.zeros_like(end), end, start, length], axis=1)
        if not "".join(names).isascii():
            expanded = length > np.fromiter(map(len, names), np.int32, len(names))
            for place in np.flatnonzero(expanded & (end >= 0)).tolist():
                bounds[place] = list(chain(*unfolded(names[place], bounds[place].reshape(-1, 2).tolist())))
        return SplitNames(self.parts, end >= 0, bounds)


@dataclass(frozen=True, slots=True)
class NamePattern:
    """Names that a regular expression matches; their parts are its named groups.

    Attributes
    ----------
    pattern : str
        The regular expression, for the whole name.
    """

    pattern: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(compiled(self.pattern).groups)

    def split(self, names: Sequence[str]) -> SplitNames:
        """The parts of several file names."""
        regex = compiled(self.pattern)
        known = np.zeros(len(names), np.bool_)
        bounds: list[int] = []
        nothing = [-1] * (2 * len(regex.groups))
        for place, match in enumerate(map(regex.fullmatch, names)):
            if match is None:
                bounds += nothing
                continue
            known[place] = True
            for group in regex.groups.values():
                bounds += match.spans[group]
        return SplitNames(self.parts, known, np.array(bounds, np.int32).reshape(len(names), len(nothing)))


FileNames = NameEnding | NamePattern


@dataclass(frozen=True, slots=True, eq=False)
class SplitNames:
    """The parts of several file names.

    Attributes
    ----------
    parts : tuple of str
        The names of the parts.
    known : ndarray of bool, shape (names,)
        The names that have these parts.
    bounds : ndarray of int32, shape (names, 2 * parts)
        For each name the start and end of each part, one after the other; -1 for a part that the name does not have.
    """

    parts: tuple[str, ...]
    known: NDArray[np.bool_]
    bounds: NDArray[np.int32]

    def texts(self, part: str, places: NDArray[np.integer], names: Sequence[str]) -> list[str]:
        """One part of some of the names; the empty string for a name that does not have it.

        Parameters
        ----------
        part : str
            The part's name.
        places : ndarray of int
            Which of the names.
        names : sequence of str
            All names that were split.
        """
        at = 2 * self.parts.index(part)
        starts, ends = self.bounds[places, at].tolist(), self.bounds[places, at + 1].tolist()
        spelled = map(names.__getitem__, places.tolist())
        return [name[start:end] for name, start, end in zip(spelled, starts, ends, strict=True)]
