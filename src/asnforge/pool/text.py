"""Read the columns of a text pool from blocks of lines, with astropy's fast reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.pool.astropy_tables import ASTROPY_REFUSES, import_astropy
from asnforge.pool.blocks import Block
from asnforge.pool.encode import Cells, ColumnBuilder
from asnforge.pool.header import Header, choose_columns
from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.open import Source
from asnforge.pool.plain_blocks import PlainBlock, split_plain
from asnforge.pool.rows import Rows, check_rejected_count, plain_rows, valid_rows

NO_ROWS = FindingCode(
    "P105",
    "the pool has no exposures",
    "The file has a header line and nothing after it, so there is nothing to group.",
    wrong="FILENAME|PROGRAM",
    right="FILENAME|PROGRAM\na.fits|7",
)
ALL_REJECTED = FindingCode(
    "P114",
    "no row of the pool can be read",
    "All rows are rejected, and there is nothing to group. If the cause is the same in all of them, the header line or the "
    "delimiter is usually wrong.",
    wrong="FILENAME|PROGRAM|TARGET\na.fits|7\nb.fits|7",
    right="FILENAME|PROGRAM\na.fits|7\nb.fits|7",
)

_LENGTH_BITS = 3
"""Cells are read together if the longest of their columns have lengths between the same powers of 8."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The rows of a text pool.

    Attributes
    ----------
    columns : mapping of str to TextColumn
        The columns that were read, by case-folded name.
    lines : ndarray of int64, shape (rows,)
        The line number of each row.
    findings : tuple of Finding
        A warning for each rejected row.
    """

    columns: Mapping[str, TextColumn]
    lines: NDArray[np.int64]
    findings: tuple[Finding, ...]


def read_body(blocks: Iterable[Block], header: Header, columns: Collection[str] | None) -> Body:
    """Read the rows of the blocks after the header line; all columns if `columns` is None.

    Raises
    ------
    InputError
        A limit of `asnforge.pool.limits` is exceeded, or astropy cannot read a block.
    """
    names = choose_columns(header.names, columns)
    builders = {index: ColumnBuilder(name) for index, name in names.items()}
    lines: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    findings: list[Finding] = []
    for block in blocks:
        plain = split_plain(block, header)
        if plain is not None and _add_plain(plain, header, builders):
            lines.append(plain.lines)
            continue
        rows, cells = _read_block(block, header, names or (0,))  # reading one column shows which rows are malformed
        lines.append(rows.lines)
        findings.extend(rows.findings)
        check_rejected_count(findings)
        for index, builder in builders.items() if cells else ():
            builder.add(cells[index], escaped=rows.escaped)
    # Remove each builder when its column is finished: keeping the blocks of all of them would double the memory.
    read = {name.casefold(): builders.pop(index).finish() for index, name in names.items()}
    return Body(read, np.concatenate(lines), tuple(findings))


class _UnevenError(Exception):
    """astropy did not read one row of the right width from each line."""


def _add_plain(block: PlainBlock, header: Header, builders: Mapping[int, ColumnBuilder]) -> bool:
    """Add the rows of a block, of which astropy reads distinct cells only; False if it does not read one from each line."""
    columns = dict(zip(builders, map(block.distinct, block.cells([*builders])), strict=True))
    groups: dict[int, list[int]] = defaultdict(list)  # cells of similar lengths, as astropy pads all to the longest
    for index, (cells, _) in columns.items():
        groups[int(cells.lengths.max()).bit_length() // _LENGTH_BITS].append(index)
    read: dict[int, list[str]] = {}
    for indices in groups.values():
        of_group = [columns[index][0] for index in indices]
        text = block.lines_of_cells(of_group, header.delimiter).decode("ascii")
        try:
            values = _read_text(text, sum(map(len, of_group)), 2, header.delimiter, [1])[1].tolist()
        except _UnevenError:
            return False
        ends = accumulate(map(len, of_group), initial=0)
        read |= {index: values[start:end] for index, (start, end) in zip(indices, pairwise(ends), strict=True)}
    for index, builder in builders.items():
        builder.add_values(read[index], columns[index][1])
    return True


def _read_block(block: Block, header: Header, columns: Collection[int]) -> tuple[Rows, dict[int, Cells]]:
    """The rows and cells of a block, read as a whole or, if that fails, after each line is checked."""
    rows = plain_rows(block)
    if rows is not None:
        try:
            return rows, _read_cells(rows, header, columns)
        except _UnevenError:
            pass
    rows = valid_rows(block, header)
    try:
        return rows, _read_cells(rows, header, columns)
    except _UnevenError as error:
        at = SourceLocation(header.file, block.first_line)
        finding = ASTROPY_REFUSES.finding("astropy cannot read the rows from here on: {reason}", at, reason=str(error))
        raise InputError(finding) from error


def _read_cells(rows: Rows, header: Header, columns: Collection[int]) -> dict[int, Cells]:
    """The cells of some columns by their index; empty without rows."""
    if not len(rows.lines):
        return {}
    return _read_text(rows.text, len(rows.lines), len(header.names), header.delimiter, columns)


def _read_text(text: str, lines: int, width: int, delimiter: str, columns: Collection[int]) -> dict[int, Cells]:
    """The cells of some columns by their index, all as strings: ``01`` stays ``01``."""
    ascii_reader = import_astropy().io.ascii
    names = [f"c{index}" for index in range(width)]
    # The reader guesses the type of a column from its cells; a first row of letters, dropped below, makes each a string.
    first_lines = f"{delimiter.join(names)}\n{delimiter.join('x' * width)}\n"
    try:
        table = ascii_reader.read(
            first_lines + text,
            format="tab",
            fast_reader={"enable": "force"},
            delimiter=delimiter,
            guess=False,
            comment=None,
            fill_values=[],
            include_names=[names[index] for index in columns],
        )
    except ascii_reader.InconsistentTableError as error:
        raise _UnevenError(str(error)) from error
    if len(table) != lines + 1:
        raise _UnevenError(f"{len(table) - 1} rows in {lines} lines")
    return {index: np.asarray(table[names[index]])[1:] for index in columns}


def text_pool(source: Source, header: Header, body: Body) -> Pool:
    """Make a pool from its source, its header line and its rows."""
    return Pool(
        path=source.path,
        name=source.name,
        header=header.names,
        columns=body.columns,
        lines=body.lines,
        faulty_lines=tuple(finding.line for finding in body.findings if finding.line is not None),
        findings=header.findings + body.findings,
        header_line=header.line,
        raw=source.raw,
        copy=source.copy,
        state=source.state,
    )


def refuse_rowless(pool: Pool) -> None:
    """Refuse a text pool without exposures.

    Raises
    ------
    InputError
        There are no rows, or all of them are rejected.
    """
    if len(pool):
        return
    at = SourceLocation(pool.path, pool.header_line)
    if not pool.faulty_lines:
        message, hint = "the pool has a header line but no rows", "a pool has one line per exposure"
        raise InputError(NO_ROWS.finding(message, at, hint=hint))
    first = next(finding for finding in pool.findings if finding.line == pool.faulty_lines[0])
    message = "the only row cannot be read: {reason}"
    if len(pool.faulty_lines) > 1:
        message = "none of the {count} rows can be read: {reason}"
    at, count = SourceLocation(pool.path, first.line), len(pool.faulty_lines)
    raise InputError(ALL_REJECTED.finding(message, at, hint=first.hint, count=count, reason=first.message))
