"""Archives appear whole or not at all, with the same bytes for the same files."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from asnforge.asnfiles.staging import OutputFile
from asnforge.batch import archive as archive_module
from asnforge.batch.archive import Archive
from asnforge.findings import InputError

CONTENTS = (("a/1", b"one"), ("a/2", b"two"), ("c/1", b"three"))
FILES = tuple(OutputFile(name, len(data), data=data) for name, data in CONTENTS)


def write_archive(path: Path) -> bytes:
    with Archive(path) as archive:
        for file in FILES:
            archive.publish([file])
        archive.complete = True
    return path.read_bytes()


def test_a_tar_has_files_with_fixed_mode_and_time(tmp_path: Path) -> None:
    write_archive(tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        members = [(item.name, tar.extractfile(item), item.mode, item.mtime) for item in tar]
        files = [(name, file.read() if file is not None else b"", mode, time) for name, file, mode, time in members]
    assert files == [(name, data, 0o644, 0) for name, data in CONTENTS]


def test_a_zip_has_files(tmp_path: Path) -> None:
    write_archive(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as file:
        assert [(name, file.read(name)) for name in file.namelist()] == [*CONTENTS]


@pytest.mark.parametrize("extension", ["tar", "zip"])
def test_equal_files_give_equal_bytes(tmp_path: Path, extension: str) -> None:
    assert write_archive(tmp_path / f"first.{extension}") == write_archive(tmp_path / f"second.{extension}")


@pytest.mark.parametrize("extension", ["tar", "zip"])
@pytest.mark.parametrize("before", ["before", None])
def test_an_incomplete_archive_does_not_replace_an_earlier_one(
    tmp_path: Path, extension: str, before: str | None
) -> None:
    path = tmp_path / f"all.{extension}"
    if before is not None:
        path.write_text(before)
    with Archive(path) as archive:
        archive.publish(FILES)
    assert {item.name: item.read_text() for item in tmp_path.iterdir()} == ({path.name: before} if before else {})


def fail_after_the_first_file(archive: Archive) -> None:
    archive.publish(FILES[:1])
    archive.complete = True
    raise KeyError


@pytest.mark.parametrize("extension", ["tar", "zip"])
def test_an_archive_that_failed_does_not_replace_an_earlier_one(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"all.{extension}"
    path.write_text("before")
    with pytest.raises(KeyError), Archive(path) as archive:
        fail_after_the_first_file(archive)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "before"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.tar").symlink_to("sub/all.tar")
    write_archive(tmp_path / "link.tar")
    assert (tmp_path / "link.tar").is_symlink()
    assert [item.name for item in (tmp_path / "sub").iterdir()] == ["all.tar"]


def test_temporary_archives_of_killed_batches_are_removed(tmp_path: Path) -> None:
    code = "from asnforge.atomic import temporary_name; print(temporary_name())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (tmp_path / ran.stdout.strip()).touch()
    (tmp_path / ".other.tar.part").touch()
    write_archive(tmp_path / "all.tar")
    assert {item.name for item in tmp_path.iterdir()} == {".other.tar.part", "all.tar"}


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
def test_a_file_that_cannot_be_written_is_rejected_at_once(
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
def test_later_errors_have_the_name_that_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "all.tar"

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "temporary")

    monkeypatch.setattr(archive_module._Tar if call == "add" else Path, call, refuse)
    with pytest.raises(InputError, match=r"all\.tar: A190 the file cannot be written: no space is left"):
        write_archive(path)
    assert list(tmp_path.iterdir()) == []


def test_another_extension_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "all.rar"
    with pytest.raises(InputError, match=r"all\.rar: G311 unknown archive format; its name must end in \.tar or \.zip"):
        Archive(path)
    assert list(tmp_path.iterdir()) == []
