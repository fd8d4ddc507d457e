"""The header line of a text pool: its delimiter and the names of its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from io import BufferedReader

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.pool import limits
from asnforge.pool.blocks import read_line
from asnforge.pool.sniff import NOT_A_TABLE

EMPTY = FindingCode(
    "P104",
    "the pool is empty",
    "The file has only empty lines and comments. A pool has a header line with the names of its columns, and one line per "
    "exposure.",
    wrong="# exposures of program 7",
    right="# exposures of program 7\nFILENAME|PROGRAM\na.fits|7",
)
NO_DELIMITER = FindingCode(
    "P109",
    "the header line has no delimiter",
    "The column names in the first line that is neither empty nor a comment must be separated by tabs, `|` or commas. "
    "Another character can be given with `--delimiter`.",
    wrong="FILENAME;PROGRAM\na.fits;7",
    right="FILENAME|PROGRAM\na.fits|7",
)
NAMELESS_COLUMN = FindingCode(
    "P110",
    "a column has no name",
    "The header line has two adjacent delimiters, or one at its end. Every column needs a name: otherwise cells could "
    "belong to the wrong columns without any warning.",
    wrong="FILENAME||PROGRAM\na.fits||7",
    right="FILENAME|PROGRAM\na.fits|7",
)
WRONG_DELIMITER = FindingCode(
    "P113",
    "wrong delimiter",
    "`--delimiter` takes one ASCII character (`\\t` for a tab) that separates the names in the header line. Without it, "
    "tab, `|` or comma is detected from the header line.",
    wrong="asnforge generate pool.csv --delimiter '|'",
    right="asnforge generate pool.csv",
)
BROKEN_HEADER = FindingCode(
    "P115",
    "the header line cannot be read",
    "The header line has an unterminated double quote. Close or remove it.",
    wrong='FILENAME|"PROGRAM\na.fits|7',
    right='FILENAME|"PROGRAM"\na.fits|7',
)
COLUMN_TWICE = FindingCode(
    "P156",
    "duplicate column name",
    "Two columns have the same name, ignoring case. Only the first of them is read.",
    wrong="FILENAME|PROGRAM|Program\na.fits|7|8",
    right="FILENAME|PROGRAM|PROGRAM2\na.fits|7|8",
)

_DETECTED = {"\t": "tab", "|": "`|`", ",": "comma"}
"""Delimiters that are detected, in this order, with the names that messages use."""

_ALLOWED = re.compile(r"[\t !$-/:-@\[\]^`{-~]")
"""The characters that can be delimiters: ASCII, but not those of names, quotes, comments and escapes."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Header:
    """The header line of a text pool.

    Attributes
    ----------
    file : str
        The pool as findings name it.
    line : int
        The line number, from 1.
    end : int
        The offset in bytes of the first byte after the line.
    delimiter : str
        The character between cells.
    names : tuple of str
        The names of the columns as they are spelled, without surrounding spaces.
    findings : tuple of Finding
        A warning for each duplicate name.
    ends_with_return : bool
        Whether the line ends with a single CR, as all lines of such a file most likely do.
    """

    file: str
    line: int
    end: int
    delimiter: str
    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    ends_with_return: bool = False


def read_header(stream: BufferedReader, *, file: str, delimiter: str | None) -> Header:
    """Read up to and including the header line, the first that is neither empty nor a comment.

    Raises
    ------
    InputError
        There is no header line, it has no column names, or the lines before it exceed `asnforge.pool.limits`.
    """
    end = line = 0
    while raw := read_line(stream, limits.LONGEST_HEADER):
        line += 1
        end += len(raw)
        if len(raw) >= limits.LONGEST_HEADER:
            message, hint = "the line is longer than {limit} bytes", "a pool's first line has the names of its columns"
            at = SourceLocation(file, line)
            raise InputError(NOT_A_TABLE.finding(message, at, hint=hint, limit=limits.LONGEST_HEADER))
        if end > limits.LONGEST_BEFORE_HEADER:
            message = "the first {limit} MiB have only empty lines and comments"
            hint, limit = "remove them: the header line comes first", limits.LONGEST_BEFORE_HEADER >> 20
            raise InputError(limits.TOO_LARGE.finding(message, file, hint=hint, limit=limit))
        if line == 1:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
        if raw.strip() and not raw.lstrip(b" ").startswith(b"#"):
            return parse_header(raw, file=file, line=line, end=end, delimiter=delimiter)
    raise InputError(
        EMPTY.finding("the pool is empty", file, hint="a pool has a header line and one line per exposure")
    )


def parse_header(raw: bytes, *, file: str, line: int, end: int, delimiter: str | None) -> Header:
    """Parse the header line, given with its line end; the delimiter is detected if it is None.

    Raises
    ------
    InputError
        There is no delimiter, a column without a name, or an unterminated quote.
    """
    at = SourceLocation(file, line)
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        message, hint = "the header line is not valid UTF-8", "a pool is a text table in UTF-8"
        at = SourceLocation(file, line, error.start + 1)
        raise InputError(NOT_A_TABLE.finding(message, at, hint=hint)) from error
    delimiter = _detect_delimiter(text, at) if delimiter is None else _check_delimiter(delimiter, text, at)
    shown = _delimiter_name(delimiter)
    rows = list(csv.reader([text, "next line"], delimiter=delimiter))
    if len(rows) == 1:
        raise InputError(
            BROKEN_HEADER.finding("the header line has an unterminated quote", at, hint="close or remove it")
        )
    names = tuple(name.strip() for name in rows[0])
    if len(names) == 1:
        message = "the header line has the delimiter ({delimiter}) only inside quotes"
        raise InputError(NO_DELIMITER.finding(message, at, hint="remove the quotes", delimiter=shown))
    if "" in names:
        message, hint = "column {column} of {columns} has no name", f"name it, or remove the extra {shown}"
        number = names.index("") + 1
        raise InputError(NAMELESS_COLUMN.finding(message, at, hint=hint, column=number, columns=len(names)))
    return Header(file, line, end, delimiter, names, duplicate_names(names, at), raw.endswith(b"\r"))


def choose_columns(names: Sequence[str], columns: Collection[str] | None) -> dict[int, str]:
    """The indices and names of the columns to read, ignoring case; all if `columns` is None, and the first of duplicates."""
    chosen = None if columns is None else {name.casefold() for name in columns}
    indices: dict[str, int] = {}
    for index, name in enumerate(names):
        if chosen is None or name.casefold() in chosen:
            indices.setdefault(name.casefold(), index)
    return {index: names[index] for index in indices.values()}


def duplicate_names(names: Sequence[str], at: SourceLocation) -> tuple[Finding, ...]:
    """A warning for each column that has the name of an earlier one, ignoring case."""
    numbers: dict[str, int] = {}
    findings = []
    for number, name in enumerate(names, 1):
        first = numbers.setdefault(name.casefold(), number)
        if first != number:
            message = "columns {first} and {second} are both named {name}"
            hint = f"only column {first} is read; rename one"
            findings.append(
                COLUMN_TWICE.finding(message, at, hint=hint, severity="warning", first=first, second=number, name=name)
            )
    return tuple(findings)


def _delimiter_name(delimiter: str) -> str:
    return {**_DETECTED, " ": "space"}.get(delimiter, f"`{delimiter}`")


def _detect_delimiter(text: str, at: SourceLocation) -> str:
    for delimiter in _DETECTED:
        if delimiter in text:
            return delimiter
    hint = "a pool's first line has the names of its columns, separated by tabs; for another character give --delimiter"
    if ";" in text:
        hint = "it has semicolons: give --delimiter ';'"
    raise InputError(NO_DELIMITER.finding("the header line has no tab, `|` or comma", at, hint=hint))


def _check_delimiter(delimiter: str, text: str, at: SourceLocation) -> str:
    if delimiter == r"\t":
        delimiter = "\t"
    if not _ALLOWED.fullmatch(delimiter):
        message = "{delimiter:quoted} cannot be a delimiter"
        hint = r"give one ASCII character (\t for a tab), but not a letter, digit, quote, backslash or #"
        raise InputError(WRONG_DELIMITER.finding(message, at.file, hint=hint, delimiter=delimiter))
    if delimiter in text:
        return delimiter
    detected = next((name for character, name in _DETECTED.items() if character in text), None)
    hint = (
        f"its delimiter seems to be {detected}: omit --delimiter" if detected else "give a character that it contains"
    )
    message = "the header line does not have the delimiter {delimiter}"
    raise InputError(WRONG_DELIMITER.finding(message, at, hint=hint, delimiter=_delimiter_name(delimiter)))
