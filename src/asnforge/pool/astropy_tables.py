"""Tables in astropy's other formats: FITS, VOTable, ECSV and the rest."""

from __future__ import annotations

import difflib
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from asnforge.findings import InputError
from asnforge.pool import codes, limits
from asnforge.pool.encode import Cells
from asnforge.pool.open import Source
from asnforge.pool.refusal import refusal, too_large

if TYPE_CHECKING:
    from astropy.table import Table

_TEXT = "ascii"
_TYPED_TEXT = "ascii.ecsv"
_VOTABLE = "votable"

# astropy pads the cells of a column to the longest: values beyond this are refused where they are far more than the file has.
_PADDED_LIMIT = 256 << 20
_MOST_PADDING = 50


def read_table(source: Source, format_name: str) -> Table:
    """Read a table with astropy.

    Parameters
    ----------
    source : Source
        The file.
    format_name : str
        astropy's name of the format. Where it is text without types of its own, cells stay the text they are.

    Returns
    -------
    astropy.table.Table

    Raises
    ------
    InputError
        astropy has no such format or cannot read the file, the table refers to another file, or a limit of
        `asnforge.pool.limits` is exceeded.
    """
    from asnforge.pool.astropy_text import astropy

    format_name = _known_format(format_name, source.path)
    options: dict[str, Any] = {"format": format_name}
    data = source.read()
    try:
        # astropy may download tables of leap seconds and of the Earth's rotation for columns of times.
        with warnings.catch_warnings(), astropy.utils.data.conf.set_temp("allow_internet", False):
            warnings.simplefilter("ignore")
            if _VOTABLE in format_name:
                from asnforge.pool.votable import refuse_unsafe  # its parser of XML takes a while to import

                refuse_unsafe(data, source.path)
            if format_name.partition(".")[0] != _TEXT:
                return astropy.table.Table.read(io.BytesIO(data), **options)
            _refuse_uneven(data, source.path)
            if format_name != _TYPED_TEXT:
                options |= {"fast_reader": False, "converters": {"*": str}}
            if format_name != _TEXT:
                options["guess"] = False
            # Lines, as astropy may take a string for the name of a file or an address, and open it.
            return astropy.table.Table.read([*data.decode("utf-8-sig").splitlines(), ""], **options)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # astropy lets through whatever its readers raise
        message = f"astropy cannot read it as {format_name}: {_reason(error)}"
        hint = "see that the file is whole and the format is right"
        raise refusal(codes.ASTROPY_REFUSES, message, file=source.path, hint=hint) from error


def table_cells(table: Table, name: str, *, file: str) -> Cells:
    """Take a column of a table as text.

    Parameters
    ----------
    table : astropy.table.Table
    name : str
        The column's name.
    file : str
        The pool as findings name it.

    Returns
    -------
    ndarray of str, shape (rows,)
        The empty text where a cell is masked, numbers as astropy prints them, bytes decoded.

    Raises
    ------
    InputError
        A cell is longer than `asnforge.pool.limits.LONGEST_CELL`, or all of them together take too much memory.
    """
    column = table[name]
    values = np.asarray(getattr(column, "data", column))
    if values.ndim == 1 and values.dtype.kind == "S":
        cells = np.char.decode(values, "utf-8", "replace")
    elif values.ndim == 1 and values.dtype.kind in "Ubiufc":
        cells = values.astype(np.str_)
    else:
        cells = np.array(_texts(column, name, file), np.str_)
    if cells.dtype.itemsize > 4 * limits.LONGEST_CELL and np.char.str_len(cells).max(initial=0) > limits.LONGEST_CELL:
        raise _long_cell(name, file)
    masked = np.asarray(getattr(column, "mask", False))
    return np.where(masked, "", cells) if masked.ndim < 2 else cells


def _refuse_uneven(data: bytes, file: str) -> None:
    """Refuse text with many short rows and a very long one, for which astropy would pad the cells of all rows."""
    lines = [len(line) for line in data.split(b"\n") if not line.startswith(b"#")]
    padded = len(lines) * max(lines, default=0)
    if padded > max(_PADDED_LIMIT, _MOST_PADDING * len(data)):
        message = "one row is far longer than the others, and astropy would need as much memory for each of them"
        raise too_large(message, file=file, hint="look for line ends that are missing")


def _texts(column: Any, name: str, file: str) -> list[str]:
    """The cells of a column that are neither numbers nor strings, within the limits."""
    texts: list[str] = []
    size = longest = 0
    for value in column:
        texts.append(_text(value))
        longest = max(longest, len(texts[-1]))
        size += len(texts[-1])
        if longest > limits.LONGEST_CELL:
            raise _long_cell(name, file)
        if size > _PADDED_LIMIT or (
            len(texts) * longest > _PADDED_LIMIT and len(texts) * longest > _MOST_PADDING * size
        ):
            raise too_large(f"the cells of column {name} together are too long", file=file)
    return texts


def _long_cell(name: str, file: str) -> InputError:
    message = f"a cell of column {name} is longer than {limits.LONGEST_CELL} characters"
    return refusal(codes.LONG_CELL, message, file=file, hint="see that the format is right")


def _reason(error: Exception) -> str:
    """The first sentence of what astropy says, in one line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].partition(". ")[0].rstrip(".:")


def _text(value: Any) -> str:
    """One cell of a column that is neither numbers nor text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or value is np.ma.masked:
        return ""
    return str(value.tolist() if isinstance(value, np.ndarray) else value)


def _known_format(name: str, file: str) -> str:
    """The format as astropy's reader takes it.

    The fast readers are left aside: they take no converters, and guess that ``01`` is 1.
    """
    from asnforge.pool.astropy_text import astropy

    rows = astropy.io.registry.get_formats(astropy.table.Table, "Read")
    known = {str(row["Format"]) for row in rows}
    if name in known:
        name = name.replace("ascii.fast_", "ascii.")
        return f"ascii.{name}" if f"ascii.{name}" in known else name
    near = difflib.get_close_matches(name, known, n=3)
    hint = (
        f"did you mean {', '.join(near)}?"
        if near
        else "such as fits, votable, ascii.ecsv; a text pool needs no --format"
    )
    raise refusal(codes.UNKNOWN_FORMAT, f"astropy has no format named {name!r} to read", file=file, hint=hint)
