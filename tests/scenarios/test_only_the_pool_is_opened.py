"""Nothing is opened but the pool itself, whatever its content and its name."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import pytest
from astropy.table import Table
from support.command import LYNX
from support.observatory import rule, write_ruleset
from support.sandbox import watched


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    write_ruleset(Path("lynx"), rule())
    Path("secret").write_bytes(b"a_raw.f 7b_raw.f 7")


def votable(data: str, before: str = "") -> str:
    return f"""<?xml version="1.0"?>
{before}<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="FILE" datatype="char" arraysize="8"/><FIELD name="PROPOSAL" datatype="char" arraysize="1"/>
<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>
"""


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
"""A column of times, for which astropy may download tables of leap seconds."""


def tables() -> dict[str, tuple[str | None, bytes]]:
    """Pools of every format that can refer to other files, by name, with the format to give."""
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
def test_no_other_file_is_opened(name: str) -> None:
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
def test_an_address_is_read_as_a_file_name(verb: str, name: str) -> None:
    more = {"generate": ["--dry-run"], "explain": ["a_raw.f"], "batch": ["-o", "out"]}[verb]
    ran = watched(verb, name, *more, *LYNX)
    assert (ran.connections, ran.status) == ((), 2)
    opened = {path for path in ran.opened if not path.startswith("out/.asnforge-staging/")}
    assert opened <= {
        os.path.normpath(name),
        "lynx/image.yaml",
        "lynx/ruleset.yaml",
        "out",
        "out/manifest.jsonl",
    }
