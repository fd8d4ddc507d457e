"""What kind of file it is, told from its first bytes."""

from __future__ import annotations

import re

from asnforge.pool import codes
from asnforge.pool.refusal import refusal

_TABLES = (
    (re.compile(rb"SIMPLE  ="), "fits"),
    (re.compile(rb"(\xef\xbb\xbf)?# %ECSV "), "ascii.ecsv"),
    (
        re.compile(
            rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(\w+:)?VOTABLE\b", re.DOTALL
        ),
        "votable",
    ),
    (re.compile(rb"PAR1"), "parquet"),
    (re.compile(rb"\x89HDF\r\n\x1a\n"), "hdf5"),
)
"""Tables that say so themselves, and astropy's name of the format. Sources: FITS standard 4.4.1 (a file begins with
SIMPLE); APE 6 (an ECSV file begins with its version, in a comment); VOTable 1.4 section 3 (the root element); the
signatures of Apache Parquet and HDF5."""

_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

_OTHERS = (
    (re.compile(rb"PK\x03\x04"), "a zip archive or a spreadsheet", "save the table as tab-delimited text"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a spreadsheet", "save the table as tab-delimited text"),
    (re.compile(rb"BZh[1-9]"), "packed by bzip2", "unpack it first; gzip needs no unpacking"),
    (re.compile(rb"\xfd7zXZ\0"), "packed by xz", "unpack it first; gzip needs no unpacking"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "packed by zstd", "unpack it first; gzip needs no unpacking"),
    (re.compile(rb"\x89PNG|GIF8|\xff\xd8\xff"), "a picture", "name a table"),
    (re.compile(rb"%PDF-"), "a PDF document", "save the table as tab-delimited text"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*[{\[]"), "JSON", "a pool is a text table; associations go to `validate`"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE),
        "a page in HTML",
        "save the table itself, as tab-delimited text",
    ),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml"),
        "XML, but no VOTable",
        "save the table as tab-delimited text or as a VOTable",
    ),
    (re.compile(rb"(\xef\xbb\xbf)?(%YAML|---\s)"), "YAML", "a pool is a text table; rule files go to `--rules`"),
)


def table_format(head: bytes) -> str | None:
    """Name astropy's format of a table that says of itself what it is; None for anything else."""
    return next((name for signature, name in _TABLES if signature.match(head)), None)


def refuse_foreign(head: bytes, file: str) -> None:
    """Refuse what cannot be a text pool.

    Parameters
    ----------
    head : bytes
        The first bytes of the file, unpacked.
    file : str
        The pool as findings name it.

    Raises
    ------
    InputError
        With the kind of file it is, and what to do about it.
    """
    name = table_format(head)
    if name is not None:
        hint = f"leave out --delimiter, or give --format {name}"
        raise refusal(codes.NOT_A_TABLE, f"not a text pool: the file begins as {name} does", file=file, hint=hint)
    if head.startswith(_WIDE) or _zeros_in_turn(head):
        hint = "save it as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`"
        raise refusal(codes.WIDE_ENCODING, "the pool is UTF-16 or UTF-32, not UTF-8", file=file, hint=hint)
    for signature, kind, hint in _OTHERS:
        if signature.match(head):
            raise refusal(codes.NOT_A_TABLE, f"not a table: the file is {kind}", file=file, hint=hint)
    first_line = re.split(rb"[\r\n]", head, maxsplit=1)[0]
    if re.search(rb"[\0-\x08\x0e-\x1f\x7f]", first_line):
        hint = "a pool is a text table in UTF-8, or one that astropy reads: name it with --format"
        raise refusal(codes.NOT_A_TABLE, "not a table: the file is binary", file=file, hint=hint)


def _zeros_in_turn(head: bytes) -> bool:
    """Whether every other byte of the first ones is zero, as in UTF-16 without a byte order mark."""
    first = head[:32]
    return len(first) == 32 and (not any(first[0::2]) or not any(first[1::2]))
