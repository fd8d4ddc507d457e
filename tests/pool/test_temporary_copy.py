"""Compressed pools and standard input are copied to a temporary file if they are large."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from asnforge.findings import InputError
from asnforge.pool import temporary_copy
from asnforge.pool.temporary_copy import seekable_pool

DATA = b"A\tB\n" + b"".join(b"%d\t%d\n" % (number, number * number) for number in range(500))


def _written(folder: Path, name: str) -> str:
    """The pool in a file or on standard input, compressed if its name ends in ``.gz``."""
    data = gzip.compress(DATA) if name.endswith(".gz") else DATA
    if not name.startswith("-"):
        (folder / name).write_bytes(data)
        return str(folder / name)
    return "-"


@pytest.mark.parametrize(
    ("name", "smallest", "is_copied"),
    [
        ("night.tsv", 1, False),
        ("night.tsv.gz", len(DATA) + 1, False),
        ("night.tsv.gz", len(DATA), True),
        ("night.tsv.gz", 1, True),
        ("-", len(DATA) + 1, False),
        ("-", len(DATA), True),
        ("-.gz", len(DATA) + 1, False),
        ("-.gz", len(DATA), True),
    ],
)
def test_large_pools_that_cannot_be_read_at_any_place_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, smallest: int, is_copied: bool
) -> None:
    data = gzip.compress(DATA) if name.endswith(".gz") else DATA
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    with seekable_pool(_written(tmp_path, name), smallest) as source:
        assert (source.copy is not None, source.read()) == (is_copied, DATA)
        copy = source.copy
        if copy is not None:
            assert (Path(copy).read_bytes(), source.compressed) == (DATA, False)
    assert copy is None or not Path(copy).exists()


@pytest.mark.parametrize("name", ["night.tsv.gz", "-"])
@pytest.mark.parametrize("space", [0, 100, None], ids=["no bytes", "some bytes", "no file"])
def test_without_space_for_a_copy_the_pool_is_read_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, space: int | None
) -> None:
    file = tmp_path / "copy"

    class Full:
        """A file of a full disk."""

        def __init__(self, **_: Any) -> None:
            if space is None:
                raise OSError
            self.name = str(file)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, data: bytes) -> int:
            return file.write_bytes(data[:space])

    monkeypatch.setattr(temporary_copy, "NamedTemporaryFile", Full)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(DATA)))
    with seekable_pool(_written(tmp_path, name), 1) as source:
        assert (source.copy, source.read()) == (None, DATA)


def test_a_damaged_compressed_pool_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "night.tsv.gz"
    path.write_bytes(gzip.compress(DATA)[:-20])
    with pytest.raises(InputError, match="P108"), seekable_pool(str(path), 1):
        pass
