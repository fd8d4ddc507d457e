"""Archives: whole or not there, and the same bytes whoever was first."""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from asnforge.batch import archive as archive_module
from asnforge.batch.archive import Archive
from asnforge.batch.filing import Filing
from asnforge.findings import InputError

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


@pytest.mark.parametrize("ending", ["tar", "zip"])
@pytest.mark.parametrize("before", ["before", None])
def test_what_is_not_complete_leaves_what_was_there(tmp_path: Path, ending: str, before: str | None) -> None:
    path = tmp_path / f"all.{ending}"
    if before is not None:
        path.write_text(before)
    with Archive(path) as archive:
        filing = Filing(archive, ["a", "b"])
        filing.add("a", 0, (("a/1", b"one"),))
        filing.close("a")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == ({path.name: before} if before else {})


def filed_in_part(archive: Archive) -> None:
    archive.add("a", b"one")
    archive.complete = True
    raise KeyError


@pytest.mark.parametrize("ending", ["tar", "zip"])
def test_what_went_wrong_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"all.{ending}"
    path.write_text("before")
    with pytest.raises(KeyError), Archive(path) as archive:
        filed_in_part(archive)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "before"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.tar").symlink_to("sub/all.tar")
    filed(tmp_path / "link.tar", (0, 1, 2, 3))
    assert (tmp_path / "link.tar").is_symlink()
    assert [each.name for each in (tmp_path / "sub").iterdir()] == ["all.tar"]


def test_what_a_killed_batch_left_is_removed(tmp_path: Path) -> None:
    code = "from asnforge.atomic import temporary_name; print(temporary_name())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (tmp_path / ran.stdout.strip()).touch()
    (tmp_path / ".other.tar.part").touch()
    filed(tmp_path / "all.tar", (0, 1, 2, 3))
    assert {each.name for each in tmp_path.iterdir()} == {".other.tar.part", "all.tar"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "folder.tar",
            "folder.tar: A190 the file cannot be written: a folder has this name; choose another",
        ),
        ("link.tar", "link.tar: A190 the file cannot be written: its folder does not exist; create the folder first"),
        ("pipe.tar", "pipe.tar: G311 not a file: a device or a pipe; name a regular file or a new one"),
        ("file/all.tar", "file: G109 the folder cannot be created: a file is in the way"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.tar").mkdir()
    Path("link.tar").symlink_to("no/all.tar")
    os.mkfifo("pipe.tar")
    Path("file").touch()
    before = sorted(Path().rglob("*"))
    with pytest.raises(InputError) as caught:
        Archive(Path(name))
    assert str(caught.value).startswith(message)
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("call", ["add", "replace"])
def test_what_the_system_refuses_later_is_said_of_the_name_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "all.tar"

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "temporary")

    monkeypatch.setattr(archive_module._Tar if call == "add" else Path, call, refuse)
    with pytest.raises(InputError, match=r"all\.tar: A190 the file cannot be written: no space is left"):
        filed(path, (0, 1, 2, 3))
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.rar"
    with pytest.raises(InputError, match=r"all\.rar: G311 unknown archive format; its name must end in \.tar or \.zip"):
        Archive(path)
    assert list(tmp_path.iterdir()) == []
