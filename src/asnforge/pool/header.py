"""The header line of a text pool: its delimiter and the names of its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from asnforge.findings import Finding
from asnforge.pool import codes
from asnforge.pool.refusal import refusal

DELIMITERS = {"\t": "tab", "|": "`|`", ",": "comma", " ": "blank"}
"""What a reader calls the delimiters; the first three are looked for in the header line, in this order."""

_LOOKED_FOR = "\t|,"
# The marks of ASCII, but not those that names, quotes and comments have.
_POSSIBLE = re.compile(r"[\t !$-/:-@\[-^`{-~]")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header line tells.

    Attributes
    ----------
    file : str
        The pool as findings name it.
    line : int
        The header's line, from 1.
    end : int
        The offset in bytes of the first byte after the header line.
    delimiter : str
        The character between cells.
    names : tuple of str
        The columns' names as they are spelled, without surrounding blanks.
    findings : tuple of Finding
        A warning for each column that is named twice.
    ends_with_return : bool
        Whether the line ends with a carriage return alone, as all lines of such a file most likely do.
    """

    file: str
    line: int
    end: int
    delimiter: str
    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    ends_with_return: bool = False


def choose_columns(names: Sequence[str], columns: Collection[str] | None) -> dict[int, str]:
    """Choose the columns to read.

    Parameters
    ----------
    names : sequence of str
        All there are.
    columns : collection of str, or None
        Names in any case; None for all.

    Returns
    -------
    dict of int to str
        Place and name of each, in the order of `names`; the first where a column is named twice.
    """
    chosen = None if columns is None else {name.casefold() for name in columns}
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if chosen is None or name.casefold() in chosen:
            places.setdefault(name.casefold(), place)
    return {place: names[place] for place in places.values()}


def parse_header(raw: bytes, *, file: str, line: int, end: int, delimiter: str | None) -> Header:
    """Read the header line.

    Parameters
    ----------
    raw : bytes
        The line, its line end included.
    file, line, end
        As `Header` has them.
    delimiter : str or None
        The delimiter the user gave; None to find it.

    Raises
    ------
    InputError
        Where the names cannot be told: no delimiter, a column without a name, a quote that is not closed.
    """
    text = _text(raw, file, line)
    delimiter = (
        _find_delimiter(text, file, line) if delimiter is None else _check_delimiter(delimiter, text, file, line)
    )
    rows = list(csv.reader([text, "next line"], delimiter=delimiter))
    if len(rows) == 1:
        message, hint = "the header line has a quote that is not closed", "close it, or take it out"
        raise refusal(codes.BROKEN_HEADER, message, file=file, line=line, hint=hint)
    names = tuple(name.strip() for name in rows[0])
    if len(names) == 1:
        message = f"the header line has no {called(delimiter)} between names, only inside quotes"
        raise refusal(codes.NO_DELIMITER, message, file=file, line=line, hint="take the quotes out")
    if "" in names:
        message = f"column {names.index('') + 1} of {len(names)} has no name"
        hint = f"name it, or take out the {called(delimiter)} too many"
        raise refusal(codes.NAMELESS_COLUMN, message, file=file, line=line, hint=hint)
    return Header(file, line, end, delimiter, names, named_twice(names, file, line), raw.endswith(b"\r"))


def called(delimiter: str) -> str:
    """The delimiter's name in a sentence."""
    return DELIMITERS.get(delimiter, f"`{delimiter}`")


def _text(raw: bytes, file: str, line: int) -> str:
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        message, hint = "the header line is not UTF-8 text", "a pool is a text table in UTF-8"
        raise refusal(codes.NOT_A_TABLE, message, file=file, line=line, column=error.start + 1, hint=hint) from error


def _find_delimiter(text: str, file: str, line: int) -> str:
    for delimiter in _LOOKED_FOR:
        if delimiter in text:
            return delimiter
    message = "the header line has no tab, `|` or comma between names"
    hint = "a pool's first line names its columns, with tabs between them; for another character give --delimiter"
    if ";" in text:
        hint = "there are semicolons: give --delimiter ';'"
    raise refusal(codes.NO_DELIMITER, message, file=file, line=line, hint=hint)


def _check_delimiter(delimiter: str, text: str, file: str, line: int) -> str:
    if delimiter == r"\t":
        delimiter = "\t"
    if not _POSSIBLE.fullmatch(delimiter):
        hint = r"give one ASCII character, \t for a tab, but no letter, digit, quote or #"
        raise refusal(codes.WRONG_DELIMITER, f"{delimiter!r} cannot be a delimiter", file=file, hint=hint)
    if delimiter in text:
        return delimiter
    there = [called(other) for other in _LOOKED_FOR if other in text]
    hint = f"there is {there[0]}: leave out --delimiter" if there else "give the one that is"
    message = f"the header line has no {called(delimiter)} between names"
    raise refusal(codes.WRONG_DELIMITER, message, file=file, line=line, hint=hint)


def named_twice(names: Sequence[str], file: str, line: int | None = None) -> tuple[Finding, ...]:
    """A warning for each column whose name, in any case, an earlier one has."""
    first: dict[str, int] = {}
    findings = []
    for place, name in enumerate(names, 1):
        before = first.setdefault(name.casefold(), place)
        if before != place:
            message = f"columns {before} and {place} are both named {name}"
            hint = f"column {before} is read; rename one of them"
            findings.append(Finding(codes.COLUMN_TWICE.code, message, file, line, hint=hint, severity="warning"))
    return tuple(findings)
