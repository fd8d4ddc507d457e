"""The format of a file, detected from its first bytes."""

from __future__ import annotations

import re

from asnforge.findings import FindingCode, InputError

NOT_A_TABLE = FindingCode(
    "P106",
    "the pool is not a table",
    "The first bytes belong to another type of file. A pool is a text file with one exposure per line and tabs, `|` or "
    "commas as delimiters, or one of the table formats that astropy reads, whose name is given with `--format`.",
    wrong='{"asn_type": "image3"}',
    right="FILENAME|PROGRAM\na.fits|7",
)
WIDE_ENCODING = FindingCode(
    "P107",
    "the pool is UTF-16 or UTF-32",
    "Text pools are UTF-8, which includes ASCII. Spreadsheets write UTF-16 as `Unicode text`; save as UTF-8, or convert the "
    "file.",
    wrong="asnforge generate unicode.txt",
    right="iconv -f UTF-16 -t UTF-8 unicode.txt | asnforge generate -",
)

_TABLES = (
    (rb"SIMPLE  =", "fits"),
    (rb"(\xef\xbb\xbf)?# %ECSV ", "ascii.ecsv"),
    (
        rb"(?s)(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(\w+:)?VOTABLE\b",
        "votable",
    ),
    (rb"PAR1", "parquet"),
    (rb"\x89HDF\r\n\x1a\n", "hdf5"),
)
"""Signatures of table formats, with astropy's names. Sources: FITS standard 4.4.1 (a file begins with SIMPLE); APE 6 (an
ECSV file begins with its version, in a comment); VOTable 1.4 section 3 (the root element); the signatures of Apache Parquet
and HDF5."""

_IN_LETTERS = (b"SIMPLE", b"PAR1", b"PK", b"BZh", b"GIF8")
"""The signatures that begin with a letter."""

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

_AS_TEXT = "save the table as tab-delimited text"
_DECOMPRESS = "decompress it first; gzip files are read as they are"
_FOREIGN = (
    (rb"PK\x03\x04", "a zip archive or a spreadsheet", _AS_TEXT),
    (rb"\xd0\xcf\x11\xe0", "a spreadsheet", _AS_TEXT),
    (rb"BZh[1-9]", "compressed with bzip2", _DECOMPRESS),
    (rb"\xfd7zXZ\0", "compressed with xz", _DECOMPRESS),
    (rb"\x28\xb5\x2f\xfd", "compressed with zstd", _DECOMPRESS),
    (rb"\x89PNG|GIF8|\xff\xd8\xff", "an image file", "a pool is a table"),
    (rb"%PDF-", "a PDF document", _AS_TEXT),
    (rb"(\xef\xbb\xbf)?\s*[{\[]", "JSON", "a pool is a text table; for associations use `validate`"),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body)\b", "an HTML page", _AS_TEXT),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "XML, but not a VOTable", f"{_AS_TEXT} or as a VOTable"),
    (rb"(\xef\xbb\xbf)?(%YAML|---\s)", "YAML", "a pool is a text table; for rule files use `--rules`"),
)


def table_format(head: bytes) -> str | None:
    """Astropy's name of the format of a table with a signature; None for anything else."""
    if _begins_like_text(head):
        return None
    return next((name for signature, name in _TABLES if re.match(signature, head)), None)


def refuse_foreign(head: bytes, file: str) -> None:
    """Refuse a file that cannot be a text pool, given its first bytes, decompressed.

    Raises
    ------
    InputError
        With the type of the file, and what to do about it.
    """
    name = table_format(head)
    if name is not None:
        message, hint = "not a text pool: the file has the signature of {format}", "omit --delimiter, or give --format "
        raise InputError(NOT_A_TABLE.finding(message, file, hint=hint + name, format=name))
    if head.startswith(_WIDE_MARKS) or _alternates_with_zeros(head[:32]):
        hint = "save it as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`"
        raise InputError(WIDE_ENCODING.finding("the pool is UTF-16 or UTF-32, not UTF-8", file, hint=hint))
    for signature, kind, hint in () if _begins_like_text(head) else _FOREIGN:
        if re.match(signature, head):
            raise InputError(NOT_A_TABLE.finding("not a table: the file is {kind}", file, hint=hint, kind=kind))
    first_line = re.split(rb"[\r\n]", head, maxsplit=1)[0]
    if re.search(rb"[\0-\x08\x0e-\x1f\x7f]", first_line):
        hint = "a pool is a text table in UTF-8; for a format that astropy reads give --format"
        raise InputError(NOT_A_TABLE.finding("not a table: the file is {kind}", file, hint=hint, kind="binary"))


def _begins_like_text(head: bytes) -> bool:
    """Whether no signature can match, as for most pools, so that none needs to be compiled."""
    return head[:1].isalpha() and not head.startswith(_IN_LETTERS)


def _alternates_with_zeros(first: bytes) -> bool:
    """Whether every second byte is zero, as in UTF-16 without a byte order mark."""
    return len(first) == 32 and (not any(first[0::2]) or not any(first[1::2]))
