"""A pool: a table of strings, in which each column has integer codes into its distinct values."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, SourceLocation, html_table, limit_per_code, pluralize, printable
from asnforge.pool.file_state import FileState

if TYPE_CHECKING:
    from astropy.table import Table

FROM_HEADERS = "fits-headers"
"""The format of a pool that was made from the headers of FITS files."""

FROM_TABLE = "table"
"""The format of a pool that was made from a table in memory."""


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
    unit : str
        The unit that the table gives for numbers without one; empty if it gives none, as text pools do.
    """

    name: str
    codes: NDArray[np.int32]
    values: tuple[str, ...]
    unit: str = ""

    def __getitem__(self, row: int) -> str:
        """The value of a row."""
        return self.values[int(self.codes[row])]

    def cells(self) -> list[str]:
        """The values of all rows."""
        return [self.values[code] for code in self.codes.tolist()]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
    copy : str or None
        The temporary file with a copy of the pool, if it can only be read from its beginning.
    state : tuple of int or None
        The state of the file when reading began; None if it is not a file.
    files : mapping of str to mapping of str to str, or None
        The absolute paths of the exposures' files: by the root that the products of an exposure share, and by suffix, the least
        processed product first. None for a table.
    undefined : frozenset of str
        The values, in lower case, that are undefined according to the rule set that the pool was read for; for display only.
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
    copy: str | None = None
    state: FileState | None = None
    files: Mapping[str, Mapping[str, str]] | None = None
    undefined: frozenset[str] = frozenset()

    @property
    def unit(self) -> Literal["line", "row"]:
        """What `lines` counts: lines of the file, or rows of a table without lines, such as FITS."""
        return "line" if self.format is None else "row"

    def files_of(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The least processed files of some exposures, by their row numbers, below the pool's path as the user named it.

        Empty if the pool is not made from files.
        """
        if self.format != FROM_HEADERS or self.files is None:
            return ()
        products = list(self.files.values())
        folder = os.path.abspath(self.path) + os.sep  # noqa: PTH100
        paths = (next(iter(products[number - 1].values())) for number in numbers)
        return tuple(
            os.path.join(self.path, path.removeprefix(folder)) if path.startswith(folder) else path  # noqa: PTH118
            for path in paths
        )

    def location(self, row: int) -> SourceLocation:
        """The position of an exposure: its line or, in a table without lines, its row."""
        number = int(self.lines[row])
        return SourceLocation(self.path, line=number) if self.unit == "line" else SourceLocation(self.path, row=number)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.lines)

    def to_table(self, undefined: Collection[str] | None = None) -> Table:
        """The columns that were read as an `astropy.table.Table` of strings, masked where a value is undefined.

        Parameters
        ----------
        undefined : collection of str, or None
            Values that are undefined, in any case, besides empty cells; None for those of the rule set that the pool was read
            for.
        """
        from asnforge.pool.astropy_tables import masked_table

        masked = self.undefined if undefined is None else {value.casefold() for value in undefined}
        return masked_table({column.name: column.cells() for column in self.columns.values()}, masked | {""})

    def __repr__(self) -> str:
        """The file, and the numbers of rows and columns."""
        return f"<Pool {printable(self.path)}: {self._size()}>"

    def _size(self) -> str:
        return f"{pluralize(len(self), 'exposure')}, {pluralize(len(self.columns), 'column')}"

    def _repr_html_(self) -> str:
        """A table of the first exposures, for notebooks."""
        columns = tuple(self.columns.values())
        rows = ([column[row] for column in columns] for row in range(len(self)))
        notes = map(str, limit_per_code(self.findings)[0])
        return html_table(f"{self.path}: {self._size()}", [column.name for column in columns], rows, len(self), notes)
