"""VOTables that refer to other files, or claim too many rows, are refused."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from astropy.io.registry import get_formats
from astropy.table import Table
from support.reading import refusal

from asnforge.pool import read_pool

FIELDS = """<FIELD name="FILE" datatype="char" arraysize="8"/><FIELD name="PROPOSAL" datatype="char" arraysize="1"/>"""
ROWS = b"a_raw.f 7b_raw.f 7"


def votable(data: str, before: str = "", fields: str = FIELDS, table: str = "") -> str:
    return f"""<?xml version="1.0"?>
{before}<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE {table}>
{fields}
<DATA>
{data}
</DATA></TABLE></RESOURCE></VOTABLE>
"""


SECRET = "the VOTable refers to '{}', but only the pool itself is opened; save the VOTable with its data inside, as TABLEDATA"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret").write_bytes(ROWS)


def refused(text: str | bytes, format_name: str = "votable") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    Path("pool.vot").write_bytes(data)
    return refusal(read_pool, "pool.vot", format=format_name)


@pytest.mark.parametrize("encoding", ["BINARY", "BINARY2", "FITS", "PARQUET"])
@pytest.mark.parametrize(
    "href", ["file:///secret", "file:secret", "http://127.0.0.1:9/x", "ftp://127.0.0.1/x", "secret"]
)
def test_a_reference_to_other_data_is_refused_with_its_line(encoding: str, href: str) -> None:
    text = votable(f'<{encoding}>\n<STREAM href="{href}"/></{encoding}>')
    assert refused(text) == f"pool.vot:6:1: P117 {SECRET.format(href)}"


ATTRIBUTE = '<!DOCTYPE VOTABLE [<!ATTLIST STREAM href CDATA "file:///secret">]>\n'


@pytest.mark.parametrize(
    ("text", "location"),
    [
        pytest.param(
            votable('<BINARY><v:STREAM href="file:///secret"/></BINARY>'), "5:9", id="namespace of the element"
        ),
        pytest.param(
            votable('<BINARY><STREAM v:href="file:///secret"/></BINARY>'), "5:9", id="namespace of the attribute"
        ),
        pytest.param(votable('<BINARY><stream HREF="file:///secret"/></BINARY>'), "5:9", id="another case"),
        pytest.param(votable('<BINARY><STREAM encoding="gzip" href="file:///secret"/></BINARY>'), "5:9", id="gzip"),
        pytest.param(votable('<BINARY><STREAM href="file:///secr&#101;t"/></BINARY>'), "5:9", id="character reference"),
        pytest.param(votable("<BINARY><STREAM/></BINARY>", ATTRIBUTE), "6:9", id="default value of the attribute"),
        pytest.param(votable('<BINARY><STREAM href="file:///secret"></BINARY>')[:-20], "5:9", id="truncated"),
    ],
)
def test_any_spelling_of_a_reference_is_refused(text: str, location: str) -> None:
    assert refused(text) == f"pool.vot:{location}: P117 {SECRET.format('file:///secret')}"


@pytest.mark.parametrize("encode", [gzip.compress, lambda data: data.decode().encode("utf-16")], ids=["gzip", "UTF-16"])
@pytest.mark.parametrize("format_name", ["votable", "votable.parquet"])
def test_a_reference_in_a_compressed_or_utf_16_votable_is_refused(
    encode: Callable[[bytes], bytes], format_name: str
) -> None:
    text = votable('<BINARY><STREAM href="file:///secret"/></BINARY>').replace('<?xml version="1.0"?>\n', "\n")
    if format_name not in get_formats(Table, readwrite="Read")["Format"]:
        pytest.skip(f"this version of astropy does not have the format {format_name}")
    assert refused(encode(text.encode()), format_name) == f"pool.vot:5:9: P117 {SECRET.format('file:///secret')}"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY e SYSTEM "file:///secret">',
        '<!ENTITY e PUBLIC "-" "http://127.0.0.1:9/">',
        '<!ENTITY % e SYSTEM "file:///secret">',
        '<!ENTITY e "eeeeeeeeee">',
    ],
)
def test_an_entity_is_refused(declaration: str) -> None:
    assert refused(votable("<TABLEDATA/>", f"<!DOCTYPE VOTABLE [{declaration}]>\n")).endswith(
        ": P117 the VOTable declares the entity 'e'; replace the entity with its text"
    )


CELLS = "<TR><TD>a</TD></TR>"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(votable(f"<TABLEDATA>{CELLS}</TABLEDATA>", table='nrows="10000000"'), id="rows"),
        pytest.param(
            votable(f"<TABLEDATA>{CELLS}</TABLEDATA>", table='nrows="10_000_000"'), id="rows with underscores"
        ),
        pytest.param(
            votable(CELLS, fields='<FIELD name="A" datatype="char" arraysize="100000000"/>', table='nrows="1"'),
            id="width",
        ),
        pytest.param(votable(CELLS, fields='<FIELD name="A" datatype="int" arraysize="9999x9999*"/>'), id="dimensions"),
        pytest.param(votable(CELLS * 2000, fields='<FIELD name="A" datatype="char" arraysize="50000"/>'), id="padding"),
    ],
)
def test_a_votable_that_claims_far_more_values_than_its_size_is_refused(text: str) -> None:
    finding = refused(text)
    assert "P116 the VOTable declares a table of more than 67108864 values, 200 times its size" in finding
    assert finding.endswith("; check arraysize and nrows")


def test_inline_data_are_read() -> None:
    stream = base64.b64encode(ROWS.replace(b" ", b"\0")).decode()
    Path("pool.vot").write_text(votable(f'<BINARY><STREAM encoding="base64">{stream}</STREAM></BINARY>'))
    pool = read_pool("pool.vot")
    assert pool.columns["file"].values == ("a_raw.f", "b_raw.f")
    external = '<!DOCTYPE VOTABLE SYSTEM "http://127.0.0.1:9/VOTable.dtd">\n'
    Path("old.vot").write_text(votable("<TABLEDATA><TR><TD>a</TD><TD>7</TD></TR></TABLEDATA>", external))
    assert read_pool("old.vot").columns["file"].values == ("a",)
