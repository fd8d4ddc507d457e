"""Archives: whole or not there, and the same bytes whoever was first."""

from __future__ import annotations

import itertools
import tarfile
import zipfile
from pathlib import Path

import pytest

from asnforge.batch.archive import Archive
from asnforge.batch.filing import Filing
from asnforge.findings import CannotContinue

UNITS = [
    ("a", 0, (("a/1", b"one"), ("a/2", b"two"))),
    ("a", 1, (("a/3", b"three"),)),
    ("b", 0, ()),
    ("c", 0, (("c/1", b"four"),)),
]


def filed(path: Path, order: tuple[int, ...]) -> bytes:
    left = {"a": 2, "b": 1, "c": 1}
    with Archive(path) as archive:
        filing = Filing(archive, ["a", "b", "c"])
        for number in order:
            pool, place, contents = UNITS[number]
            filing.add(pool, place, contents)
            left[pool] -= 1
            if not left[pool]:
                filing.close(pool)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["tar", "zip"])
def test_any_order_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"all.{ending}"
    found = {filed(path, order) for order in itertools.permutations(range(4))}
    assert len(found) == 1
    if ending == "tar":
        with tarfile.open(path) as tar:
            contents = [(each.name, tar.extractfile(each).read(), each.mode, each.mtime) for each in tar]
        assert contents == [
            ("a/1", b"one", 0o644, 0),
            ("a/2", b"two", 0o644, 0),
            ("a/3", b"three", 0o644, 0),
            ("c/1", b"four", 0o644, 0),
        ]
    else:
        with zipfile.ZipFile(path) as file:
            assert [(name, file.read(name)) for name in file.namelist()] == [
                ("a/1", b"one"),
                ("a/2", b"two"),
                ("a/3", b"three"),
                ("c/1", b"four"),
            ]


def test_a_unit_that_failed_does_not_keep_the_others_out(tmp_path: Path) -> None:
    path = tmp_path / "all.tar"
    with Archive(path) as archive:
        filing = Filing(archive, ["a", "c"])
        filing.add("a", 1, (("a/3", b"three"),))
        filing.add("c", 0, (("c/1", b"four"),))
        filing.close("c")
        filing.close("a")
    with tarfile.open(path) as tar:
        assert tar.getnames() == ["a/3", "c/1"]


def filed_in_part(archive: Archive) -> None:
    archive.add("a", b"one")
    raise KeyError


@pytest.mark.parametrize("ending", ["tar", "zip"])
def test_what_went_wrong_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"all.{ending}"
    path.write_text("before")
    with pytest.raises(KeyError), Archive(path) as archive:
        filed_in_part(archive)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "before"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.rar"
    with pytest.raises(CannotContinue, match=r"all\.rar: G311 no such archive; end its name in \.tar or \.zip"):
        Archive(path)
    assert list(tmp_path.iterdir()) == []
