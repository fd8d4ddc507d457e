"""Tables in astropy's other formats: FITS, VOTable, ECSV and the rest."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from asnforge.findings import FindingCode, InputError, closest_words
from asnforge.pool import limits
from asnforge.pool.encode import Cells
from asnforge.pool.open import Source
from asnforge.pool.rows import LONG_CELL

if TYPE_CHECKING:
    from astropy.table import Table

UNKNOWN_FORMAT = FindingCode(
    "P111",
    "unknown format",
    "`--format` takes the names of astropy's table formats, such as `fits`, `votable`, `ascii.ecsv` or `ascii.csv`. "
    "A text pool with tabs, `|` or commas does not need `--format`.",
    wrong="asnforge generate pool.fits --format fitz",
    right="asnforge generate pool.fits --format fits",
)
ASTROPY_REFUSES = FindingCode(
    "P112",
    "astropy cannot read the pool",
    "The message gives the error of astropy's reader for this format. Check that the file is complete and that the format is "
    "right.",
    wrong="asnforge generate pool.tsv --format fits",
    right="asnforge generate pool.tsv",
)

_PADDED_LIMIT = 256 << 20
_MOST_PADDING = 50
"""astropy pads the cells of a column to the longest. A table is refused if its padded cells exceed both the limit and this
multiple of the size of the file."""

_SETTINGS_VARIABLES = ("ASTROPY_CONFIG_DIR", "XDG_CONFIG_HOME")
_SETTINGS_FILES = ("~/.astropy/config/astropy.cfg", "~/.config/astropy/astropy.cfg")


@cache
def import_astropy() -> Any:
    """Import astropy with its readers, only when the first pool is read: it takes longer than the rest of a short run.

    Importing `astropy.table` first is much faster than importing `astropy.io.ascii` first. astropy reads its settings when it
    is imported, and fails if they are unreadable, although no pool depends on them.
    """
    with _readable_settings():
        import astropy.table
    return astropy


@contextmanager
def _readable_settings() -> Iterator[None]:
    """Point astropy to an empty folder of settings if its own may not be read."""
    if not any(map(_is_denied, [*_SETTINGS_FILES, *filter(None, map(os.environ.get, _SETTINGS_VARIABLES))])):
        yield
        return
    from tempfile import TemporaryDirectory

    before = {name: os.environ.get(name) for name in _SETTINGS_VARIABLES}
    with TemporaryDirectory() as folder:  # astropy before version 8 makes a link there
        os.environ.update(dict.fromkeys(_SETTINGS_VARIABLES, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _is_denied(path: str) -> bool:
    """Whether access to a path is denied, or the home folder is unknown."""
    path = os.path.expanduser(path)  # noqa: PTH111
    try:
        os.stat(path)  # noqa: PTH116
    except PermissionError:
        return True
    except OSError:
        pass
    return path.startswith("~")


def read_table(source: Source, format_name: str) -> Table:
    """Read a table with astropy; the cells of a text format without types stay strings.

    Raises
    ------
    InputError
        astropy has no such format or cannot read the file, the table refers to another file, or a limit of
        `asnforge.pool.limits` is exceeded.
    """
    astropy = import_astropy()
    format_name = _known_format(format_name, source.path)
    options: dict[str, Any] = {"format": format_name}
    data = source.read()
    try:
        # astropy may download tables of leap seconds and of the Earth's rotation for columns of times.
        with warnings.catch_warnings(), astropy.utils.data.conf.set_temp("allow_internet", False):
            warnings.simplefilter("ignore")
            if "votable" in format_name:
                from asnforge.pool.votable import refuse_unsafe  # its XML parser is slow to import

                refuse_unsafe(data, source.path)
            if format_name.partition(".")[0] != "ascii":
                return astropy.table.Table.read(io.BytesIO(data), **options)
            _refuse_uneven(data, source.path)
            if format_name != "ascii.ecsv":
                options |= {"fast_reader": False, "converters": {"*": str}}
            if format_name != "ascii":
                options["guess"] = False
            # Pass lines: astropy may take a string for a file name or a URL, and open it.
            return astropy.table.Table.read([*data.decode("utf-8-sig").splitlines(), ""], **options)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # astropy does not catch the errors of its readers
        message = "astropy cannot read it as {format}: {reason}"
        hint = "check that the file is complete and the format right"
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        reason = first_line.partition(". ")[0].rstrip(".:")
        finding = ASTROPY_REFUSES.finding(message, source.path, hint=hint, format=format_name, reason=reason)
        raise InputError(finding) from error


def masked_table(columns: Mapping[str, Sequence[str]], masked: Collection[str]) -> Table:
    """A table of strings, masked where a value in lower case is one of `masked`."""
    table = import_astropy().table
    made = table.Table(masked=False)
    for name, cells in columns.items():
        mask = [cell.casefold() in masked for cell in cells]
        made[name] = (
            table.MaskedColumn(list(cells), mask=mask, dtype=str) if any(mask) else table.Column(list(cells), dtype=str)
        )
    return made


def table_cells(table: Table, name: str, *, file: str) -> Cells:
    """The cells of a column as strings, shape (rows,): numbers as astropy prints them, logical values as T and F, as headers
    have them, empty if masked.

    Raises
    ------
    InputError
        A cell is longer than `asnforge.pool.limits.LONGEST_CELL`, or all cells together take too much memory.
    """
    column = table[name]
    values = np.asarray(getattr(column, "data", column))
    if values.ndim == 1 and values.dtype.kind == "S":
        cells = np.char.decode(values, "utf-8", "replace")
    elif values.ndim == 1 and values.dtype.kind == "b":
        cells = np.where(values, "T", "F")
    elif values.ndim == 1 and values.dtype.kind in "Uiufc":
        cells = values.astype(np.str_)
    else:
        cells = np.array(_strings(column, name, file), np.str_)
    if cells.dtype.itemsize > 4 * limits.LONGEST_CELL and np.char.str_len(cells).max(initial=0) > limits.LONGEST_CELL:
        raise _long_cell(name, file)
    masked = np.asarray(getattr(column, "mask", False))
    return np.where(masked, "", cells) if masked.ndim < 2 else cells


def _refuse_uneven(data: bytes, file: str) -> None:
    """Refuse text with many short rows and a very long one, for which astropy would pad the cells of all rows."""
    lengths = [len(line) for line in data.split(b"\n") if not line.startswith(b"#")]
    if len(lengths) * max(lengths, default=0) > max(_PADDED_LIMIT, _MOST_PADDING * len(data)):
        message = "one row is far longer than the others, and astropy would use that much memory for every row"
        raise InputError(limits.TOO_LARGE.finding(message, file, hint="check for missing line breaks"))


def _strings(column: Any, name: str, file: str) -> list[str]:
    """The cells of a column that are neither numbers nor strings, within the limits."""
    strings: list[str] = []
    size = longest = 0
    for value in column:
        string = _string(value)
        strings.append(string)
        longest = max(longest, len(string))
        size += len(string)
        padded = len(strings) * longest
        if longest > limits.LONGEST_CELL:
            raise _long_cell(name, file)
        if size > _PADDED_LIMIT or padded > max(_PADDED_LIMIT, _MOST_PADDING * size):
            message = "the cells of column {column} together are too long"
            raise InputError(limits.TOO_LARGE.finding(message, file, column=name))
    return strings


def _string(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or value is np.ma.masked:
        return ""
    return str(value.tolist() if isinstance(value, np.ndarray) else value)


def _long_cell(name: str, file: str) -> InputError:
    message, hint = "a cell of column {column} is longer than {limit} characters", "check that the format is right"
    return InputError(LONG_CELL.finding(message, file, hint=hint, column=name, limit=limits.LONGEST_CELL))


def _known_format(name: str, file: str) -> str:
    """Astropy's name for a format, but not that of a fast reader: these take no converters and read ``01`` as 1."""
    astropy = import_astropy()
    rows = astropy.io.registry.get_formats(astropy.table.Table, "Read")
    known = {str(row["Format"]) for row in rows}
    if name in known:
        name = name.replace("ascii.fast_", "ascii.")
        return f"ascii.{name}" if f"ascii.{name}" in known else name
    similar = closest_words(name, sorted(known))
    hint = "formats are fits, votable, ascii.ecsv and others; a text pool needs no --format"
    if similar:
        hint = f"did you mean {', '.join(similar)}?"
    message = "astropy cannot read a format named {format:quoted}"
    raise InputError(UNKNOWN_FORMAT.finding(message, file, hint=hint, format=name))
