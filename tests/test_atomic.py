"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import itertools
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from asnforge import atomic
from asnforge.atomic import (
    ABANDONED_AFTER,
    check_writable,
    refuse_linked_folders,
    remove_abandoned,
    temporary_name,
    write_atomically,
)
from asnforge.findings import InputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert write_atomically(path, b"one")
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize("data", [b"two", b"longer", b""])
def test_an_existing_file_is_replaced_and_keeps_its_mode(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"one")
    path.chmod(0o600)
    assert write_atomically(str(path), data)
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_with_the_same_content_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"one")
    os.utime(path, (1, 1))
    before = path.stat()
    assert not write_atomically(path, b"one")
    assert (path.stat().st_mtime, path.stat().st_ino) == (1, before.st_ino)


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "direct").write_bytes(b"")
    write_atomically(tmp_path / "atomic", b"")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "direct").stat().st_mode


def test_a_link_that_the_user_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("sub/file")
    write_atomically(tmp_path / "link", b"one", follow=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "sub" / "file").read_bytes() == b"one"


def link_to_file(path: Path) -> None:
    (path.parent / "other").write_bytes(b"precious")
    path.symlink_to("other")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("new")


def link_to_folder(path: Path) -> None:
    (path.parent / "folder").mkdir()
    path.symlink_to("folder")


def link_to_device(path: Path) -> None:
    path.symlink_to("/dev/null")


def make_socket(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(path))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (link_to_file, "a symbolic link"),
        (link_to_nothing, "a symbolic link"),
        (link_to_folder, "a symbolic link"),
        (link_to_device, "a symbolic link"),
        (os.mkfifo, "a pipe, a socket or a device"),
        (make_socket, "a pipe, a socket or a device"),
    ],
)
def test_a_link_or_special_file_with_a_name_from_data_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("a.json"))
    before = names(tmp_path)
    expected = f"a.json: A193 the file is {kind}; remove it, or choose another output folder"
    assert refused("a.json", follow=False) == expected
    with pytest.raises(InputError) as caught:
        check_writable(".", ["free.json", "a.json"])
    assert str(caught.value) == expected
    assert names(tmp_path) == before
    assert not Path("other").exists() or Path("other").read_bytes() == b"precious"


def test_a_hard_link_is_replaced_and_its_other_name_keeps_the_content(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"precious")
    (tmp_path / "a.json").hardlink_to(tmp_path / "other")
    write_atomically(tmp_path / "a.json", b"one")
    assert ((tmp_path / "other").read_bytes(), (tmp_path / "a.json").read_bytes()) == (b"precious", b"one")


@pytest.mark.parametrize(
    ("folder", "link"),
    [("out/pool", "out/pool"), ("out/a/b", "out/a"), ("out/a/b", "out/a/b"), ("out/..", None), ("out", None)],
)
def test_a_link_below_the_output_folder_is_refused_but_the_output_folder_may_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, link: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("victim").mkdir()
    Path("real").mkdir()
    Path("out").symlink_to("real")
    if link:
        Path(link).parent.mkdir(parents=True, exist_ok=True)
        Path(link).symlink_to(tmp_path / "victim")
        with pytest.raises(InputError) as caught:
            refuse_linked_folders(folder, "out")
        assert str(caught.value) == (
            f"{link}: A193 the folder is a symbolic link; remove it, or choose another output folder"
        )
    else:
        refuse_linked_folders(folder, "out")


def test_a_pipe_that_the_user_names_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert write_atomically(tmp_path / "pipe", b"x" * 200000, follow=True)
    reader.join()
    assert received == [b"x" * 200000]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_standard_output_that_is_redirected_to_a_file_is_appended_to(tmp_path: Path) -> None:
    code = "; ".join(
        [
            "from asnforge.atomic import write_atomically",
            "print('first', flush=True)",
            "write_atomically('/dev/stdout', b'second ', follow=True)",
            "print('third')",
        ]
    )
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == b"first\nsecond third\n"


def test_a_file_in_the_current_folder_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically("a.json", b"one")
    assert (tmp_path / "a.json").read_bytes() == b"one"


def test_a_temporary_file_of_a_killed_process_is_not_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_counter", itertools.count())
    left = tmp_path / temporary_name()
    monkeypatch.setattr(atomic, "_counter", itertools.count())
    left.write_bytes(b"half")
    write_atomically(tmp_path / "a.json", b"one")
    assert left.read_bytes() == b"half"
    assert (tmp_path / "a.json").read_bytes() == b"one"


@pytest.mark.parametrize(
    ("name", "age", "remains"),
    [
        (".{gone}-0-{here}.part", 0, False),
        (".{gone}9999999999-0-{here}.part", 0, False),
        (".{running}-0-{here}.part", 0, True),
        (".{running}-0-{here}.part", 2 * ABANDONED_AFTER, True),
        (".{gone}-0-{elsewhere}.part", 0, True),
        (".{running}-0-{elsewhere}.part", 2 * ABANDONED_AFTER, False),
        (".download.iso.part", 2 * ABANDONED_AFTER, True),
        (".{gone}-0.part", 2 * ABANDONED_AFTER, True),
        (".{gone}-0-{here}.part.part", 2 * ABANDONED_AFTER, True),
        (".0-0-{here}.part", 2 * ABANDONED_AFTER, True),
    ],
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_only_temporary_files_and_folders_of_killed_processes_are_removed(
    tmp_path: Path, name: str, age: float, remains: bool, kind: str
) -> None:
    here = temporary_name().removesuffix(".part").rpartition("-")[2]
    gone = 2**31 - 1  # larger than the number of any process
    name = name.format(gone=gone, running=os.getpid(), here=here, elsewhere="0" * 8)
    path = tmp_path / name
    if kind == "folder":
        path.mkdir()
    (path / "0" if kind == "folder" else path).write_bytes(b"half")
    os.utime(path, (time.time() - age,) * 2)
    remove_abandoned(str(tmp_path))
    assert path.exists() is remains


def test_a_link_with_a_temporary_name_is_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    here = temporary_name().removesuffix(".part").rpartition("-")[2]
    (tmp_path / f".{2**31 - 1}-0-{here}.part").symlink_to("folder")
    remove_abandoned(str(tmp_path))
    remove_abandoned(str(tmp_path / "absent"))
    assert names(tmp_path) == ["folder"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows the state of a process")
def test_the_temporary_file_of_a_zombie_process_is_removed(tmp_path: Path) -> None:
    code = "from asnforge.atomic import temporary_name; print(temporary_name())"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        (tmp_path / name).touch()
        remove_abandoned(str(tmp_path))
        assert names(tmp_path) == []


def refused(path: str | Path, follow: bool = True) -> str:
    with pytest.raises(InputError) as caught:
        write_atomically(path, b"one", follow=follow)
    return str(caught.value)


WAY = "choose another name, or move the folder"


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        ("sub", f"sub: A190 the file cannot be written: a folder has this name; {WAY}"),
        ("no/a", "no/a: A190 the file cannot be written: its folder does not exist; create the folder first"),
        ("file/a", "file/a: A190 the file cannot be written: its folder is a file; choose another folder"),
        ("a\0b", "a\\x00b: A190 the file cannot be written: its name has a NUL character"),
        (
            "loop",
            "loop: A190 the file cannot be written: the symbolic links form a cycle; remove one of the links",
        ),
        (
            "a" * 300,
            "a" * 300
            + ": A190 the file cannot be written: the name is too long for the file system; choose a shorter name",
        ),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, finding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to("loop")
    assert refused(path) == finding
    assert names(tmp_path) == ["file", "loop", "sub"]


@pytest.mark.parametrize("call", ["open", "write", "replace"])
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EACCES, "no permission to write in its folder; choose a folder with write permission"),
        (errno.EROFS, "the file system is read-only; choose another folder"),
        (errno.ENOSPC, "no space is left on the device; free space, or choose another folder"),
        (errno.EDQUOT, "your disk quota is exceeded; free space, or choose another folder"),
        (errno.EIO, "input/output error on the device; check the device, or use a copy on another one"),
        (errno.EPROTO, os.strerror(errno.EPROTO)),
    ],
)
def test_an_error_leaves_the_file_and_its_folder_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, reason: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"before")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"asnforge.atomic.os.{call}", refuse)
    text = refused(path)
    monkeypatch.undo()
    assert text == f"{path}: A190 the file cannot be written: {reason}"
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a.json"]


def test_a_full_device_is_refused() -> None:
    assert refused("/dev/full") == (
        "/dev/full: A190 the file cannot be written: no space is left on the device; free space, or choose another folder"
    )


WRITER = """
import sys
from asnforge.atomic import write_atomically
print("ready", flush=True)
while True:
    for byte in b"ab":
        write_atomically(sys.argv[1], bytes([byte]) * 1_000_000)
"""


def test_the_file_of_a_killed_process_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for run in range(4):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while not path.exists():
                time.sleep(0.001)
            time.sleep(0.003 * run)
            process.kill()
        data = path.read_bytes()
        assert data in (b"a" * 1_000_000, b"b" * 1_000_000)
