"""Which lines of a block are rows: the faulty ones are told apart, so that astropy's reader meets none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, FindingCode, pluralize
from asnforge.pool import codes, limits
from asnforge.pool.blocks import Block
from asnforge.pool.header import Header
from asnforge.pool.refusal import too_large

# What begins a line that is blank or may be a comment.
_LINE_STARTS = np.frombuffer(b"\n# ", np.uint8)
# What astropy's fast reader takes for something else.
_MARKS = (b"\0", b"\1")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a block, as text for astropy's fast reader, which takes ASCII.

    Attributes
    ----------
    text : str
        A row a line, each ended by a newline.
    lines : ndarray of int64, shape (rows,)
        The line of each in the file.
    escaped : bool
        Whether characters stand in `text` as Python's backslash escapes.
    findings : tuple of Finding
        A warning for each faulty line.
    """

    text: str
    lines: NDArray[np.int64]
    escaped: bool = False
    findings: tuple[Finding, ...] = ()


def plain_rows(block: Block) -> Rows | None:
    """Take a block whole, where each line can be a row; None where lines must be looked at one by one."""
    data = block.data
    if not data.isascii() or any(mark in data for mark in _MARKS) or block.longest > limits.LONGEST_CELL:
        return None
    starts = np.frombuffer(data, np.uint8)[np.concatenate(([0], block.ends[:-1] + 1))]
    if np.isin(starts, _LINE_STARTS).any():
        return None
    lines = np.arange(block.first_line, block.first_line + len(block.ends), dtype=np.int64)
    return Rows(data.decode("ascii"), lines)


def sifted_rows(block: Block, header: Header) -> Rows:
    """Look at a block line by line.

    Blank lines and comments are no rows, faulty lines are findings; what is left is escaped, so that the fast reader,
    which takes ASCII alone, can read it.

    Raises
    ------
    InputError
        More rows are faulty than `check_count` allows.
    """
    count_cells = CellCounter(header.delimiter)
    texts: list[str] = []
    lines: list[int] = []
    findings: list[Finding] = []
    cut = frozenset[int]() if header.ends_with_return else _lines_ended_by_return(block)
    delimiter, between = header.delimiter.encode(), len(header.names) - 1
    for line, raw in enumerate(block.data[:-1].split(b"\n"), block.first_line):
        # Millions of lines that are no rows fit into a small compressed file, so they must cost next to nothing.
        if raw[:1] == b"#" or not raw or (raw.isspace() and raw.count(delimiter) != between):
            continue
        row = _row(raw, line, header, count_cells, is_cut=line in cut)
        if isinstance(row, Finding):
            findings.append(row)
            check_count(findings)
        elif row is not None:
            texts.append(row)
            lines.append(line)
    text = "".join(f"{row}\n" for row in texts).replace("\\", r"\\").replace("\1", r"\x01")
    ascii_text = text.encode("ascii", "backslashreplace").decode("ascii")
    return Rows(ascii_text, np.array(lines, np.int64), escaped=True, findings=tuple(findings))


def check_count(findings: Sequence[Finding]) -> None:
    """Refuse a pool with more faulty rows than `asnforge.pool.limits.MOST_FAULTY_ROWS`."""
    if len(findings) > limits.MOST_FAULTY_ROWS:
        first = findings[0]
        message = f"more than {limits.MOST_FAULTY_ROWS} rows cannot be read: {first.message}"
        raise too_large(message, file=first.file, line=first.line, hint=first.hint)


class CellCounter:
    """Counts the cells of a line as csv does: a cell that begins with a quote ends at the next single quote.

    Parameters
    ----------
    delimiter : str
        The character between cells.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        # A quote at the start of a cell, and all up to the one that closes it, or to the end of the line.
        self._quoted = re.compile(rf'(?<![^{re.escape(delimiter)}])"(?:[^"]|"")*+("|\Z)')

    def __call__(self, text: str) -> int | None:
        """The count of cells; None where a quote is not closed."""
        cells = text.count(self._delimiter) + 1
        if '"' not in text:
            return cells
        for quoted in self._quoted.finditer(text):
            if not quoted[1]:
                return None
            cells -= quoted[0].count(self._delimiter)
        return cells

    def has_long_cell(self, text: str) -> bool:
        """Whether a cell is longer than `asnforge.pool.limits.LONGEST_CELL`."""
        masked = self._quoted.sub(lambda quoted: quoted[0].replace(self._delimiter, "_"), text)
        return any(len(cell.encode()) > limits.LONGEST_CELL for cell in masked.split(self._delimiter))


def _lines_ended_by_return(block: Block) -> frozenset[int]:
    """The lines that end with a carriage return alone."""
    return frozenset((np.searchsorted(block.ends, block.returns) + block.first_line).tolist())


def _row(raw: bytes, line: int, header: Header, count_cells: CellCounter, *, is_cut: bool) -> str | Finding | None:
    """The row's text, what is wrong with it, or None where the line is blank or a comment."""
    if raw.lstrip(b" ").startswith(b"#"):
        return None

    def fault(code: FindingCode, message: str, hint: str, column: int | None = None) -> Finding:
        said = f"{message}, so the exposure is left out"
        return Finding(code.code, said, header.file, line, column, hint, "warning")

    if len(raw) > limits.LONGEST_ROW:
        hint = "look for line ends that are missing"
        return fault(codes.LONG_ROW, f"the row is longer than {limits.LONGEST_ROW} bytes", hint)
    if b"\0" in raw:
        return fault(codes.NUL_BYTE, "the row has a NUL byte", "write the row again", raw.index(b"\0") + 1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the row is not UTF-8: byte {raw[error.start]:#04x} at {error.start + 1}"
        return fault(codes.NOT_UTF8, message, "save the pool as UTF-8", error.start + 1)
    cells, wanted = count_cells(text), len(header.names)
    if cells == wanted:
        if len(raw) > limits.LONGEST_CELL and count_cells.has_long_cell(text):
            message = f"the row has a cell longer than {limits.LONGEST_CELL} bytes"
            return fault(codes.LONG_CELL, message, "look for a delimiter or a line end that is missing")
        return text
    return fault(*_wrong_count(cells, wanted, is_cut=is_cut)) if text.strip() else None


def _wrong_count(cells: int | None, wanted: int, *, is_cut: bool) -> tuple[FindingCode, str, str]:
    """The finding's code, message and hint for a row with another count of cells than the header line."""
    if cells is None:
        return codes.UNCLOSED_QUOTE, "the row has a quote that is not closed", "close it, or take it out"
    hint = f"the header line names {wanted} columns"
    if is_cut and cells < wanted:
        return codes.STRAY_RETURN, f"a carriage return ends the row after {pluralize(cells, 'cell')}", hint
    return codes.RAGGED_ROW, f"the row has {pluralize(cells, 'cell')}", hint
