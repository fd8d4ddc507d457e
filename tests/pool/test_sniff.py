"""Files that are not text pools are refused with their format."""

from __future__ import annotations

import random

import pytest
from support.reading import Read, refusal

HEADER = "A\tB\tC\n"
AS_TEXT = "save the table as tab-delimited text"
DECOMPRESS = "decompress it first; gzip files are read as they are"
UTF8 = "a pool is a text table in UTF-8; for a format that astropy reads give --format"
JSON = "a pool is a text table; for associations use `validate`"
YAML = "a pool is a text table; for rule files use `--rules`"


@pytest.mark.parametrize(
    ("data", "kind", "hint"),
    [
        pytest.param(random.Random(0).randbytes(5000), "binary", UTF8, id="random bytes"),
        pytest.param(b"\x7fELF\2\1\1\0", "binary", UTF8, id="program"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "an image file", "a pool is a table", id="PNG"),
        pytest.param(b"%PDF-1.7\n", "a PDF document", AS_TEXT, id="PDF"),
        pytest.param(b"PK\3\4", "a zip archive or a spreadsheet", AS_TEXT, id="zip"),
        pytest.param(b"\xd0\xcf\x11\xe0", "a spreadsheet", AS_TEXT, id="old spreadsheet"),
        pytest.param(b"BZh91AY", "compressed with bzip2", DECOMPRESS, id="bzip2"),
        pytest.param(b"\xfd7zXZ\0", "compressed with xz", DECOMPRESS, id="xz"),
        pytest.param(b"\x28\xb5\x2f\xfd", "compressed with zstd", DECOMPRESS, id="zstd"),
        pytest.param(b'\n{"asn_pool":\t1}\n', "JSON", JSON, id="JSON object"),
        pytest.param(b"[1, 2]", "JSON", JSON, id="JSON list"),
        pytest.param(b"<!DOCTYPE html>\n", "an HTML page", AS_TEXT, id="HTML with doctype"),
        pytest.param(b"\n<HTML>", "an HTML page", AS_TEXT, id="HTML"),
        pytest.param(b"<?xml version='1.0'?><a/>", "XML, but not a VOTable", f"{AS_TEXT} or as a VOTable", id="XML"),
        pytest.param(b"---\na: b\n", "YAML", YAML, id="YAML"),
    ],
)
def test_another_type_of_file_is_refused(read: Read, data: bytes, kind: str, hint: str) -> None:
    assert refusal(read, data) == f"pool: P106 not a table: the file is {kind}; {hint}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_wide_encoding_is_refused(read: Read, encoding: str) -> None:
    assert refusal(read, (HEADER * 9).encode(encoding)) == (
        "pool: P107 the pool is UTF-16 or UTF-32, not UTF-8; save it as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`"
    )


def test_a_table_of_another_format_is_not_read_with_a_delimiter(read: Read) -> None:
    assert refusal(read, b"SIMPLE  =", delimiter="|") == (
        "pool: P106 not a text pool: the file has the signature of fits; omit --delimiter, or give --format fits"
    )
