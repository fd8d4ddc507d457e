"""The rows of a block of lines: malformed rows are rejected before they reach astropy's reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.pool import limits
from asnforge.pool.blocks import Block
from asnforge.pool.header import Header

RAGGED_ROW = FindingCode(
    "P151",
    "a row has too few or too many cells",
    "Each row needs as many cells as the header line has names. It is unknown which cell is missing or extra, so the row "
    "is rejected and reported as an orphan.",
    wrong="FILENAME|PROGRAM\na.fits|7\nb.fits",
    right="FILENAME|PROGRAM\na.fits|7\nb.fits|7",
)
NUL_BYTE = FindingCode(
    "P152",
    "a row has a NUL byte",
    "NUL bytes are not valid text; they usually come from a full disk, or from a copy of a file that was still being "
    "written. The row is rejected and reported as an orphan.",
    wrong="FILENAME|PROGRAM\na.fits|7\nb.fits|7\0",
    right="FILENAME|PROGRAM\na.fits|7\nb.fits|7",
)
NOT_UTF8 = FindingCode(
    "P153",
    "a row is not UTF-8",
    "The row has bytes that are not valid UTF-8, often accented letters in Latin-1. The column of the finding counts bytes "
    "from the start of the line. The row is rejected and reported as an orphan.",
    wrong="asnforge generate latin1.tsv",
    right="iconv -f LATIN1 -t UTF-8 latin1.tsv | asnforge generate -",
)
STRAY_RETURN = FindingCode(
    "P154",
    "a carriage return inside a row",
    "A carriage return ends a line, as a newline does; astropy reads files in the same way. In a file whose other lines end "
    "with a newline, a line with too few cells that ends with a carriage return is most likely part of a row. Both parts "
    "are rejected and reported as orphans.",
    wrong="FILENAME|PROGRAM\na.fits\r|7\nb.fits|7",
    right="FILENAME|PROGRAM\na.fits|7\nb.fits|7",
)
UNCLOSED_QUOTE = FindingCode(
    "P155",
    "an unterminated quote",
    'A cell that begins with a double quote must end with one on the same line; a quote inside it is written `""`. '
    "The row is rejected and reported as an orphan.",
    wrong='FILENAME|TARGET\na.fits|M 31\nb.fits|"M 32',
    right='FILENAME|TARGET\na.fits|M 31\nb.fits|"M 32"',
)
LONG_ROW = FindingCode(
    "P157",
    "a row is too long",
    "The line is longer than a mebibyte, hundreds of times the length of an exposure's row; most likely, line breaks are "
    "missing. The row is rejected and reported as an orphan.",
    wrong="tr -d '\\n' < pool.tsv | asnforge generate -",
    right="asnforge generate pool.tsv",
)
LONG_CELL = FindingCode(
    "P158",
    "a cell is too long",
    "The cell is longer than 524,288 bytes, far longer than the value of any column. The row is rejected and reported as an "
    "orphan; a table in a format other than text is rejected as a whole.",
    wrong="tr -d '\\n\\t' < pool.tsv | asnforge generate -",
    right="asnforge generate pool.tsv",
)

_NOT_ROW_STARTS = np.frombuffer(b"\n# ", np.uint8)
"""The first bytes of lines that are empty, or may be comments."""

_UNREADABLE = (b"\0", b"\1")
"""Bytes with a special meaning for astropy's fast reader."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a block, as ASCII for astropy's fast reader.

    Attributes
    ----------
    text : str
        The rows, each ended by a newline.
    lines : ndarray of int64, shape (rows,)
        The line number of each.
    escaped : bool
        Whether `text` has Python's backslash escapes.
    findings : tuple of Finding
        A warning for each rejected row.
    """

    text: str
    lines: NDArray[np.int64]
    escaped: bool = False
    findings: tuple[Finding, ...] = ()


def is_plain(block: Block) -> bool:
    """Whether a block is ASCII in which every line can be a row, and no cell is too long."""
    data = block.data
    if not data.isascii() or any(mark in data for mark in _UNREADABLE) or block.longest > limits.LONGEST_CELL:
        return False
    starts = np.frombuffer(data, np.uint8)[np.concatenate(([0], block.ends[:-1] + 1))]
    return not np.isin(starts, _NOT_ROW_STARTS).any()


def plain_rows(block: Block) -> Rows | None:
    """The rows of a block in which every line can be a row; None if `valid_rows` must check the lines one by one."""
    if not is_plain(block):
        return None
    lines = np.arange(block.first_line, block.first_line + len(block.ends), dtype=np.int64)
    return Rows(block.data.decode("ascii"), lines)


def valid_rows(block: Block, header: Header) -> Rows:
    """The valid rows of a block, escaped; each line is checked.

    Raises
    ------
    InputError
        More rows are rejected than `check_rejected_count` allows.
    """
    count_cells = CellCounter(header.delimiter)
    texts: list[str] = []
    lines: list[int] = []
    findings: list[Finding] = []
    ended_by_return = np.searchsorted(block.ends, block.returns) + block.first_line
    cut = frozenset() if header.ends_with_return else frozenset(ended_by_return.tolist())
    delimiter, delimiters = header.delimiter.encode(), len(header.names) - 1
    for line, raw in enumerate(block.data[:-1].split(b"\n"), block.first_line):
        # Millions of lines that are not rows fit into a small compressed file, so skipping them must be fast.
        if raw[:1] == b"#" or not raw or (raw.isspace() and raw.count(delimiter) != delimiters):
            continue
        row = _check_row(raw, line, header, count_cells, is_cut=line in cut)
        if isinstance(row, Finding):
            findings.append(row)
            check_rejected_count(findings)
        elif row is not None:
            texts.append(row)
            lines.append(line)
    text = "".join(f"{row}\n" for row in texts).replace("\\", r"\\").replace("\1", r"\x01")
    ascii_text = text.encode("ascii", "backslashreplace").decode("ascii")
    return Rows(ascii_text, np.array(lines, np.int64), escaped=True, findings=tuple(findings))


def check_rejected_count(findings: Sequence[Finding]) -> None:
    """Refuse a pool with more rejected rows than `asnforge.pool.limits.MOST_REJECTED_ROWS`."""
    if len(findings) > limits.MOST_REJECTED_ROWS:
        first, limit = findings[0], limits.MOST_REJECTED_ROWS
        message, at = "more than {limit} rows are rejected: {reason}", SourceLocation(first.file, first.line)
        raise InputError(limits.TOO_LARGE.finding(message, at, hint=first.hint, limit=limit, reason=first.message))


class CellCounter:
    """Counts the cells of a line as the csv module does: a quoted cell ends at the first quote that is not doubled."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        # A quote at the start of a cell, and everything up to the closing quote or the end of the line.
        self._quoted = re.compile(rf'(?<![^{re.escape(delimiter)}])"(?:[^"]|"")*+("|\Z)')

    def __call__(self, text: str) -> int | None:
        """The number of cells; None if a quote is unterminated."""
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


def _check_row(
    raw: bytes, line: int, header: Header, count_cells: CellCounter, *, is_cut: bool
) -> str | Finding | None:
    """The row as a string, a finding if it is malformed, or None if the line is empty or a comment."""
    if raw.lstrip(b" ").startswith(b"#"):
        return None
    if len(raw) > limits.LONGEST_ROW:
        at, hint = SourceLocation(header.file, line), "check for missing line breaks"
        return _rejected(LONG_ROW, "the row is longer than {limit} bytes", at, hint, limit=limits.LONGEST_ROW)
    if b"\0" in raw:
        at = SourceLocation(header.file, line, raw.index(b"\0") + 1)
        return _rejected(NUL_BYTE, "the row has a NUL byte", at, "rewrite the row")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at, byte = SourceLocation(header.file, line, error.start + 1), f"{raw[error.start]:#04x}"
        return _rejected(NOT_UTF8, "the row is not UTF-8: byte {byte}", at, "save the pool as UTF-8", byte=byte)
    cells, expected = count_cells(text), len(header.names)
    if cells == expected:
        if len(raw) <= limits.LONGEST_CELL or not count_cells.has_long_cell(text):
            return text
        at, hint = SourceLocation(header.file, line), "check for a missing delimiter or line break"
        return _rejected(LONG_CELL, "the row has a cell longer than {limit} bytes", at, hint, limit=limits.LONGEST_CELL)
    return _wrong_count(cells, expected, SourceLocation(header.file, line), is_cut=is_cut) if text.strip() else None


def _wrong_count(cells: int | None, expected: int, at: SourceLocation, *, is_cut: bool) -> Finding:
    if cells is None:
        return _rejected(UNCLOSED_QUOTE, "the row has an unterminated quote", at, "close or remove it")
    code, message = RAGGED_ROW, "the row has {cells:cell}"
    if is_cut and cells < expected:
        code, message = STRAY_RETURN, "a carriage return ends the row after {cells:cell}"
    return _rejected(code, message, at, f"the header line has {expected} columns", cells=cells, expected=expected)


def _rejected(code: FindingCode, message: str, at: SourceLocation, hint: str, **details: object) -> Finding:
    unlocated = _unlocated(code, f"{message}, so the exposure is rejected", hint, **details)
    return Finding(
        unlocated.code,
        unlocated.message,
        at.file,
        at.line,
        at.column,
        unlocated.hint,
        unlocated.severity,
        details=unlocated.details,
    )


@lru_cache
def _unlocated(code: FindingCode, message: str, hint: str, **details: object) -> Finding:
    """A finding without its location, cached: very many can differ only in their location."""
    return code.finding(message, "", hint=hint, severity="warning", **details)
