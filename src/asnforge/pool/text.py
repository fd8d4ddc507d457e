"""A text pool: header line and blocks of rows to columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from io import BufferedReader

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding
from asnforge.pool import codes, limits
from asnforge.pool.blocks import Block, read_line
from asnforge.pool.cells import CellsDifferError, read_cells
from asnforge.pool.encode import Cells, ColumnBuilder
from asnforge.pool.header import Header, choose_columns, parse_header
from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.open import Source
from asnforge.pool.refusal import refusal, too_large
from asnforge.pool.sifting import Rows, check_count, plain_rows, sifted_rows

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What the lines after the header line hold.

    Attributes
    ----------
    columns : mapping of str to TextColumn
        The columns that were read, by name in lower case.
    lines : ndarray of int64, shape (rows,)
        The line of each row in the file.
    findings : tuple of Finding
        A warning for each faulty line.
    """

    columns: Mapping[str, TextColumn]
    lines: NDArray[np.int64]
    findings: tuple[Finding, ...]


def read_header(stream: BufferedReader, *, file: str, delimiter: str | None) -> Header:
    """Read up to and with the header line, the first that is neither blank nor a comment.

    Raises
    ------
    InputError
        Where there is none, it names no columns, or more precedes it than `asnforge.pool.limits` allow.
    """
    end = line = 0
    while raw := read_line(stream, limits.LONGEST_HEADER):
        line += 1
        end += len(raw)
        if len(raw) >= limits.LONGEST_HEADER:
            message, hint = (
                f"the line is longer than {limits.LONGEST_HEADER} bytes",
                "a pool's first line names its columns",
            )
            raise refusal(codes.NOT_A_TABLE, message, file=file, line=line, hint=hint)
        if end > limits.LONGEST_BEFORE_HEADER:
            message = f"the first {limits.LONGEST_BEFORE_HEADER >> 20} MiB are blank lines and comments"
            raise too_large(message, file=file, hint="remove them: the header line comes first")
        if line == 1:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
        if raw.strip() and not raw.lstrip(b" ").startswith(b"#"):
            return parse_header(raw, file=file, line=line, end=end, delimiter=delimiter)
    message, hint = "the pool is empty", "a pool has a header line, and a line for each exposure"
    raise refusal(codes.EMPTY, message, file=file, hint=hint)


def read_body(blocks: Iterable[Block], header: Header, columns: Collection[str] | None) -> Body:
    """Read the rows.

    Parameters
    ----------
    blocks : iterable of Block
        The lines after the header line, or some of them.
    header : Header
        What each row must look like.
    columns : collection of str, or None
        The columns to read, in any case; None for all.

    Raises
    ------
    InputError
        A limit of `asnforge.pool.limits` is exceeded, or astropy cannot read a block.
    """
    wanted = choose_columns(header.names, columns)
    builders = {place: ColumnBuilder(name) for place, name in wanted.items()}
    lines: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    findings: list[Finding] = []
    for block in blocks:
        # Reading the first column, wanted or not, tells whether the rows are whole.
        rows, cells = _read_block(block, header, tuple(wanted) or (0,))
        lines.append(rows.lines)
        findings.extend(rows.findings)
        check_count(findings)
        for place, builder in builders.items() if cells else ():
            builder.add(cells[place], escaped=rows.escaped)
    # Each builder goes as its column comes: the blocks of all of them would be as much again.
    read = {name.casefold(): builders.pop(place).finish() for place, name in wanted.items()}
    return Body(read, np.concatenate(lines), tuple(findings))


def _read_block(block: Block, header: Header, places: tuple[int, ...]) -> tuple[Rows, dict[int, Cells]]:
    """Read a block at once, and only if that fails look at its lines one by one; no cells where it has no rows."""
    truncated = plain_rows(block)
    if truncated is not None:
        try:
            return truncated, _cells(truncated, header, places)
        except CellsDifferError:
            pass
    rows = sifted_rows(block, header)
    try:
        return rows, _cells(rows, header, places)
    except CellsDifferError as error:
        message = f"astropy cannot read the block of rows that begins here: {error}"
        raise refusal(codes.ASTROPY_REFUSES, message, file=header.file, line=block.first_line) from error


def _cells(rows: Rows, header: Header, places: tuple[int, ...]) -> dict[int, Cells]:
    if not len(rows.lines):
        return {}
    return read_cells(rows.text, len(rows.lines), width=len(header.names), delimiter=header.delimiter, places=places)


def text_pool(source: Source, header: Header, body: Body) -> Pool:
    """Put the parts of a text pool together."""
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
        state=source.state,
    )


def refuse_rowless(pool: Pool) -> None:
    """Refuse a text pool with nothing to group.

    Raises
    ------
    InputError
        Where there are no rows, or none of them could be read.
    """
    if len(pool):
        return
    if not pool.faulty_lines:
        message, hint = "the pool has a header line and no rows", "a pool has a line for each exposure"
        raise refusal(codes.NO_ROWS, message, file=pool.path, line=pool.header_line, hint=hint)
    first = next(finding for finding in pool.findings if finding.line == pool.faulty_lines[0])
    count = len(pool.faulty_lines)
    message = (
        f"none of the {count} rows can be read: {first.message}"
        if count > 1
        else f"the only row cannot be read: {first.message}"
    )
    raise refusal(codes.ALL_FAULTY, message, file=pool.path, line=first.line, hint=first.hint)
