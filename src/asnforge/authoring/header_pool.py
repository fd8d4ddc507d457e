"""Any pool with all of its columns, also from the headers of FITS files of which no rule set says anything yet."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from asnforge.findings import InputError
from asnforge.fitsfiles.exposures import UNREADABLE_FITS
from asnforge.fitsfiles.find_fits import find_files, is_pattern
from asnforge.pool.encode import text_column
from asnforge.pool.model import FROM_HEADERS, Pool
from asnforge.pool.read import read_pool
from asnforge.rules.header_mapping import FITS_ENDINGS

MOST_FILES = 1000
"""The number of FITS files whose headers are read."""

_STRUCTURE = ("SIMPLE", "BITPIX", "EXTEND", "COMMENT", "HISTORY", "CHECKSUM", "DATASUM", "BSCALE", "BZERO", "")


def read_any_pool(source: str, *, delimiter: str | None = None, pool_format: str | None = None) -> Pool:
    """All columns of a table, or one for each keyword in the primary headers of FITS files, with their names in FILE.

    Parameters
    ----------
    source : str
        A pool as for `asnforge.read_pool`, or a FITS file, a folder or a pattern of FITS files.
    delimiter, pool_format : str or None
        How a table is read, as for `asnforge.read_pool`.

    Raises
    ------
    InputError
        It cannot be read, or there are no FITS files.
    """
    is_table = os.path.isfile(source) and not _is_image(source)  # noqa: PTH113
    if is_table or not (os.path.exists(source) or is_pattern(source)):  # noqa: PTH110
        return read_pool(source, delimiter=delimiter, format=pool_format)
    headers = {path: header for path in find_files([source]).fits[:MOST_FILES] if (header := _header(path))}
    if not headers:
        raise InputError(UNREADABLE_FITS.finding("there are no FITS files that can be read", source))
    keywords = dict.fromkeys(keyword for header in headers.values() for keyword in header)
    columns = {"FILE": [os.path.basename(path) for path in headers]}  # noqa: PTH119
    columns |= {word: [header.get(word, "") for header in headers.values()] for word in keywords if word != "FILE"}
    return Pool(
        path=source,
        name=os.path.basename(os.path.normpath(source)),  # noqa: PTH119
        header=tuple(columns),
        columns={name.casefold(): text_column(name, cells) for name, cells in columns.items()},
        lines=np.arange(1, len(headers) + 1),
        format=FROM_HEADERS,
    )


def _is_image(path: str) -> bool:
    """Whether a file is FITS without a table, so an exposure and not a pool."""
    if not path.casefold().endswith(FITS_ENDINGS):
        return False
    from astropy.io import fits

    try:
        with fits.open(path) as file:
            return not any(isinstance(part, fits.BinTableHDU | fits.TableHDU) for part in file)
    except (OSError, ValueError):
        return False


def _header(path: str) -> Mapping[str, str]:
    """The keywords of a primary header as strings; none if it cannot be read."""
    import warnings

    from astropy.io import fits

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = fits.getheader(path)
            return {
                keyword: "T" if value is True else "F" if value is False else str(value).strip()
                for keyword in dict.fromkeys(header)
                if keyword not in _STRUCTURE and not keyword.startswith("NAXIS")
                for value in [header[keyword]]
                if isinstance(value, str | int | float)
            }
    except (OSError, ValueError):
        return {}
