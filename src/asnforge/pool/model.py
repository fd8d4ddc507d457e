"""A pool: a table of strings, in which each column has integer codes into its distinct values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, SourceLocation
from asnforge.pool.file_state import FileState


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A column of a pool.

    Attributes
    ----------
    name : str
        The name as the header spells it.
    codes : ndarray of int32, shape (rows,)
        For each row the index of its value in `values`.
    values : tuple of str
        The distinct values as the pool spells them, stripped of surrounding spaces and sorted. An empty or masked cell is
        the empty string.
    """

    name: str
    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def __getitem__(self, row: int) -> str:
        """The value of a row."""
        return self.values[int(self.codes[row])]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A table of exposures, one per row.

    Attributes
    ----------
    path : str
        The file as the user named it, for findings.
    name : str
        The file name without its folder: the ``asn_pool`` of associations.
    header : tuple of str
        The names of all columns, as the file spells them.
    columns : mapping of str to TextColumn
        The columns that were read, by case-folded name.
    lines : ndarray of int64, shape (rows,)
        The line of each row in the file, or its row number if the file has no lines; from 1.
    faulty_lines : tuple of int
        The lines of rejected rows: these are not rows of this pool, but are orphans as well.
    findings : tuple of Finding
        Warnings about the file, including one for each faulty line.
    header_line : int
        The header line of a text pool; 0 if the file has no lines.
    format : str or None
        astropy's name of the format; None for a text pool.
    raw : bytes or None
        All bytes of a pool that can be read only once, such as standard input.
    state : tuple of int or None
        The state of the file when reading began; None if it is not a file.
    """

    path: str
    name: str
    header: tuple[str, ...]
    columns: Mapping[str, TextColumn]
    lines: NDArray[np.int64]
    faulty_lines: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()
    header_line: int = 0
    format: str | None = None
    raw: bytes | None = None
    state: FileState | None = None

    @property
    def unit(self) -> Literal["line", "row"]:
        """What `lines` counts: lines of the file, or rows of a table without lines, such as FITS."""
        return "line" if self.format is None else "row"

    def location(self, row: int) -> SourceLocation:
        """The position of an exposure: its line or, in a table without lines, its row."""
        number = int(self.lines[row])
        return SourceLocation(self.path, line=number) if self.unit == "line" else SourceLocation(self.path, row=number)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.lines)
