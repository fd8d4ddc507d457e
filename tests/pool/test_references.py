"""Nothing is opened but the pool itself, whatever is in it and whatever it is called."""

from __future__ import annotations

import base64
import gzip
import io
import os
import struct
from pathlib import Path

import pytest
from astropy.io.registry import get_formats
from astropy.table import Table
from support.command import LYNX
from support.observatory import rule, write_ruleset
from support.sandbox import watched

from asnforge.findings import InputError
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
    write_ruleset(Path("lynx"), rule())
    Path("secret").write_bytes(ROWS)


def refused(text: str | bytes, format_name: str = "votable") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    Path("pool.vot").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_pool("pool.vot", format=format_name)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["BINARY", "BINARY2", "FITS", "PARQUET"])
@pytest.mark.parametrize(
    "href", ["file:///secret", "file:secret", "http://127.0.0.1:9/x", "ftp://127.0.0.1/x", "secret"]
)
def test_a_votable_whose_data_are_elsewhere_is_refused_with_its_line(encoding: str, href: str) -> None:
    text = votable(f'<{encoding}>\n<STREAM href="{href}"/></{encoding}>')
    assert refused(text) == f"pool.vot:6:1: P117 {SECRET.format(href)}"


ATTRIBUTE = '<!DOCTYPE VOTABLE [<!ATTLIST STREAM href CDATA "file:///secret">]>\n'


@pytest.mark.parametrize(
    ("text", "place"),
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
        pytest.param(votable('<BINARY><STREAM href="file:///secret"></BINARY>')[:-20], "5:9", id="cut short"),
    ],
)
def test_no_spelling_of_a_reference_is_missed(text: str, place: str) -> None:
    assert refused(text) == f"pool.vot:{place}: P117 {SECRET.format('file:///secret')}"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data.decode().encode("utf-16")], ids=["gzip", "UTF-16"])
@pytest.mark.parametrize("format_name", ["votable", "votable.parquet"])
def test_a_reference_in_a_compressed_or_wide_votable_is_refused(pack, format_name: str) -> None:
    text = votable('<BINARY><STREAM href="file:///secret"/></BINARY>').replace('<?xml version="1.0"?>\n', "\n")
    if format_name not in get_formats(Table, readwrite="Read")["Format"]:
        pytest.skip(f"this version of astropy does not have the format {format_name}")
    assert refused(pack(text.encode()), format_name) == f"pool.vot:5:9: P117 {SECRET.format('file:///secret')}"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY e SYSTEM "file:///secret">',
        '<!ENTITY e PUBLIC "-" "http://127.0.0.1:9/">',
        '<!ENTITY % e SYSTEM "file:///secret">',
        '<!ENTITY e "eeeeeeeeee">',
    ],
)
def test_entities_are_refused(declaration: str) -> None:
    assert refused(votable("<TABLEDATA/>", f"<!DOCTYPE VOTABLE [{declaration}]>\n")).endswith(
        ": P117 the VOTable declares the entity 'e'; replace the entity by its text"
    )


CELLS = "<TR><TD>a</TD></TR>"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(votable(f"<TABLEDATA>{CELLS}</TABLEDATA>", table='nrows="10000000"'), id="rows"),
        pytest.param(votable(f"<TABLEDATA>{CELLS}</TABLEDATA>", table='nrows="10_000_000"'), id="rows with a mark"),
        pytest.param(
            votable(CELLS, fields='<FIELD name="A" datatype="char" arraysize="100000000"/>', table='nrows="1"'),
            id="width",
        ),
        pytest.param(votable(CELLS, fields='<FIELD name="A" datatype="int" arraysize="9999x9999*"/>'), id="dimensions"),
        pytest.param(votable(CELLS * 2000, fields='<FIELD name="A" datatype="char" arraysize="50000"/>'), id="padding"),
    ],
)
def test_a_votable_that_would_take_far_more_memory_than_it_has_bytes_is_refused(text: str) -> None:
    found = refused(text)
    assert "P116 the VOTable declares a table of more than 67108864 values, 200 times its size" in found
    assert found.endswith("; check arraysize and nrows")


def test_data_inside_a_votable_are_read() -> None:
    stream = base64.b64encode(ROWS.replace(b" ", b"\0")).decode()
    fields = FIELDS.replace('arraysize="8"', 'arraysize="8"')
    Path("pool.vot").write_text(votable(f'<BINARY><STREAM encoding="base64">{stream}</STREAM></BINARY>', fields=fields))
    pool = read_pool("pool.vot")
    assert pool.columns["file"].values == ("a_raw.f", "b_raw.f")
    external = '<!DOCTYPE VOTABLE SYSTEM "http://127.0.0.1:9/VOTable.dtd">\n'
    Path("old.vot").write_text(votable("<TABLEDATA><TR><TD>a</TD><TD>7</TD></TR></TABLEDATA>", external))
    assert read_pool("old.vot").columns["file"].values == ("a",)


def votable_with_include() -> str:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret" parse="text"/>'
    text = votable(
        f"<TABLEDATA><TR><TD>a{include}</TD><TD>7</TD></TR></TABLEDATA>", '<?xml-stylesheet href="secret"?>\n'
    )
    return text.replace("<RESOURCE>", '<RESOURCE xml:base="file:///"><LINK href="file:secret"/>')


def ecsv(column: str, text: str) -> str:
    return f"# %ECSV 1.0\n# ---\n# datatype:\n# - {{name: FILE, datatype: string}}\n# {column}\n# schema: astropy-2.0\n{text}"


TIMES = """- {name: t.jd1, datatype: float64}
# - {name: t.jd2, datatype: float64}
# meta: !!omap
# - __serialized_columns__:
#     t:
#       __class__: astropy.time.core.Time
#       format: gps
#       in_subfmt: '*'
#       out_subfmt: '*'
#       precision: 3
#       scale: utc
#       jd1: !astropy.table.SerializedColumn {name: t.jd1}
#       jd2: !astropy.table.SerializedColumn {name: t.jd2}"""
"""A column of times, for which astropy may look for tables of leap seconds."""


def tables() -> dict[str, tuple[str | None, bytes]]:
    """Pools of every kind that could make a reader look elsewhere, by name, with the format to name."""
    fits = io.BytesIO()
    Table({"FILE": ["a"], "PROPOSAL": ["7"]}, meta={"GRPLC1": "file:secret"}).write(fits, format="fits")
    return {
        "include.vot": (None, votable_with_include().encode()),
        "stream.vot": (None, votable('<BINARY><STREAM href="file:secret"/></BINARY>').encode()),
        "include.ecsv": (None, ecsv("- !include {name: PROPOSAL, datatype: string}", "FILE PROPOSAL\na 7\n").encode()),
        "object.ecsv": (None, ecsv("- !!python/object/apply:os.system ['touch hit']", "FILE PROPOSAL\na 7\n").encode()),
        "time.ecsv": (None, ecsv(TIMES, "FILE t.jd1 t.jd2\na 2460000.5 0.1\n").encode()),
        "group.fits": (None, fits.getvalue()),
        "pool.tex": ("ascii.latex", b"\\begin{table}\\input{secret}\nFILE & PROPOSAL \\\\\na & 7 \\\\\n\\end{table}\n"),
        "pool.html": ("ascii.html", b"<table><tr><th>FILE</th><th>PROPOSAL</th></tr><img src='file:secret'></table>"),
        "pool.qdp": ("ascii.qdp", b"READ SERR 1 @secret\n1 2\n"),
        "one_line.txt": ("ascii.basic", b"http://127.0.0.1:9/pool"),
        "one_name.txt": ("ascii", b"secret"),
        "address.txt": ("ascii", b"http://127.0.0.1:9/pool PROPOSAL\na 7\n"),
        "pool.h5": ("hdf5", b"\x89HDF\r\n\x1a\n" + struct.pack("<q", 0) * 20),
        "pool.parquet": ("parquet.votable", b"PAR1"),
    }


@pytest.mark.parametrize("name", tables())
def test_nothing_is_opened_but_the_pool(name: str) -> None:
    format_name, data = tables()[name]
    Path(name).write_bytes(data)
    options = () if format_name is None else ("--format", format_name)
    ran = watched("generate", name, *options, *LYNX, "--dry-run")
    assert (ran.connections, ran.opened) == ((), tuple(sorted(("lynx/image.yaml", "lynx/ruleset.yaml", name))))
    assert ran.status in (0, 2)
    assert not Path("hit").exists()


@pytest.mark.parametrize("verb", ["generate", "explain", "batch"])
@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/pool.tsv", "file:///etc/hostname", "s3://bucket/pool.tsv", "~/pool.tsv"]
)
def test_a_pool_named_like_an_address_is_the_name_of_a_file(verb: str, name: str) -> None:
    more = {"generate": ["--dry-run"], "explain": ["a_raw.f"], "batch": ["-o", "out"]}[verb]
    ran = watched(verb, name, *more, *LYNX)
    assert (ran.connections, ran.status) == ((), 2)
    assert set(ran.opened) <= {
        os.path.normpath(name),
        "lynx/image.yaml",
        "lynx/ruleset.yaml",
        "out",
        "out/manifest.jsonl",
    }
