"""Tables in astropy's other formats: FITS, VOTable, ECSV and the rest."""

from __future__ import annotations

import difflib
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from asnforge.pool import codes
from asnforge.pool.dictionary import Cells
from asnforge.pool.refusal import refusal
from asnforge.pool.source import Source

if TYPE_CHECKING:
    from astropy.table import Table

_TEXT = "ascii"
_TYPED_TEXT = "ascii.ecsv"
_NAMED = 30


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
    CannotContinue
        Where astropy knows no such format, or cannot read the file.
    """
    from asnforge.pool.astropy_text import astropy

    format_name = _known_format(format_name, source.path)
    options: dict[str, Any] = {"format": format_name}
    with source.open() as stream:
        data = stream.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if format_name.partition(".")[0] != _TEXT:
                return astropy.table.Table.read(io.BytesIO(data), **options)
            if format_name != _TYPED_TEXT:
                options |= {"fast_reader": False, "converters": {"*": str}}
            if format_name != _TEXT:
                options["guess"] = False
            return astropy.table.Table.read(data.decode("utf-8-sig") + "\n", **options)
    except MemoryError:
        raise
    except Exception as error:  # astropy lets through whatever its readers raise
        message = f"astropy cannot read it as {format_name}: {_reason(error)}"
        hint = "see that the file is whole and the format is right"
        raise refusal(codes.ASTROPY_REFUSES, message, file=source.path, hint=hint) from error


def table_cells(table: Table, name: str) -> Cells:
    """Take a column of a table as text.

    Parameters
    ----------
    table : astropy.table.Table
    name : str
        The column's name.

    Returns
    -------
    ndarray of str, shape (rows,)
        The empty text where a cell is masked, numbers as astropy prints them, bytes decoded.
    """
    column = table[name]
    values = np.asarray(getattr(column, "data", column))
    if values.ndim == 1 and values.dtype.kind == "S":
        cells = np.char.decode(values, "utf-8", "replace")
    elif values.ndim == 1 and values.dtype.kind in "Ubiufc":
        cells = values.astype(np.str_)
    else:
        cells = np.array([_text(value) for value in column], np.str_)
    masked = np.asarray(getattr(column, "mask", False))
    return np.where(masked, "", cells) if masked.ndim < 2 else cells


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
