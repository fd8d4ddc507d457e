"""Write files to a hidden folder, and move them to their names when all of them are complete (docs/decisions/0017).

There can be very many files. Each folder of the output is listed and opened once for all files of it that follow each other,
and a folder that does not exist yet is moved as a whole.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from asnforge.atomic import create_file, has_content, refuse_linked_folders, status_of, write_atomically
from asnforge.findings import FindingCode, InputError
from asnforge.system_errors import cannot_write, writing_reason

NO_FOLDER = FindingCode(
    "G109",
    "a folder cannot be created",
    "The operating system reports an error; the message gives the reason.",
    wrong="asnforge generate night.tsv -o night.tsv",
    right="asnforge generate night.tsv -o out",
)

_FOLDER = os.O_RDONLY | os.O_DIRECTORY


class OutputFile(NamedTuple):
    """An association file; there can be very many, and a named tuple is pickled ten times as fast as a dataclass."""

    name: str  # its path below the output folder, with /
    size: int  # bytes
    time: int = 0  # when it was written, in nanoseconds since 1970
    digest: str = ""  # `content_digest`, if known
    staged: str = ""  # its folder below the staging folder; empty if the output folder has the same bytes already
    data: bytes = b""  # its content, if it goes to an archive and not to a folder


def content_digest(data: bytes) -> str:
    """A short hash of a file's content for the manifest: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def stage(
    contents: Iterable[tuple[str, bytes]], staging: Path, folder: str, output: Path, *, with_digests: bool = False
) -> tuple[OutputFile, ...]:
    """Write files to a new folder, except those that the output folder has already with the same bytes.

    Parameters
    ----------
    contents : iterable of (str, bytes)
        The path of each file below the output folder, and its content.
    staging : Path
        An existing folder, on the file system of the output folder.
    folder : str
        The name of the new folder inside it, which gets a folder for each folder of the output. It is created for the first
        file that has changed, and removed after an error.
    output : Path
        The output folder. It does not have to exist.
    with_digests : bool
        Whether to compute the `content_digest` of each file.

    Raises
    ------
    InputError
        A file cannot be written.
    """
    files: list[OutputFile] = []
    try:
        with _Stager(staging, folder, output) as stager:
            for name, data in contents:
                files.append(stager.add(name, data, content_digest(data) if with_digests else ""))
    except BaseException:  # including an interruption
        shutil.rmtree(staging / folder, ignore_errors=True)
        raise
    return tuple(files)


def publish(files: Iterable[OutputFile], staging: Path, output: Path) -> Iterator[OutputFile]:
    """Move staged files to their names in the output folder, and return each file, also those that have not changed.

    Parameters
    ----------
    files : iterable of OutputFile
        All files of calls of `stage`. They are returned by folder.
    staging, output : Path
        As for `stage`.

    Raises
    ------
    InputError
        A file or folder cannot be created, or a link leads out of the output folder.
    """
    by_folder: dict[str, list[OutputFile]] = {}
    for file in files:
        by_folder.setdefault(file.name.rpartition("/")[0], []).append(file)
    for above, several in by_folder.items():
        if any(file.staged for file in several):
            yield from _publish_folder(above, several, staging, output)
        else:
            yield from several


def discard(files: Iterable[OutputFile], staging: Path) -> None:
    """Remove the folders of staged files, with those files that were not published."""
    for folder in {file.staged.partition("/")[0] for file in files if file.staged}:
        shutil.rmtree(staging / folder, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it; `InputError` if that is not possible."""
    reason, hint = "a file is in the way", "choose another folder, or move the file"
    try:
        if "\0" in str(folder):  # the error of mkdir differs between versions of Python
            raise OSError(errno.EINVAL, "its name has a NUL character")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if not isinstance(error, FileExistsError | NotADirectoryError):
            reason, hint = writing_reason(error)
        message = "the folder cannot be created: {reason}"
        raise InputError(NO_FOLDER.finding(message, str(folder), hint=hint, reason=reason)) from error


class _Stager:
    """Writes files to a new folder, one folder of the output at a time, which is listed once."""

    def __init__(self, staging: Path, folder: str, output: Path) -> None:
        self._staging, self._folder, self._output = staging, folder, os.fspath(output)
        self._numbers: dict[str, int] = {}  # of the folders of the output
        self._above: str | None = None
        self._existing: frozenset[str] | None = None  # the names in the folder of the output, if it can be listed
        self._staged = ""
        self._descriptor = -1  # of the staged folder

    def __enter__(self) -> _Stager:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def add(self, name: str, data: bytes, digest: str) -> OutputFile:
        """Write a file, unless the output folder has it with the same bytes."""
        above, _, base = name.rpartition("/")
        try:
            if above != self._above:
                self._enter(above)
            mode = 0o666
            if self._existing is None or base in self._existing:
                target = f"{self._output}/{name}"
                before = status_of(target)
                if before is not None:
                    if before.st_size == len(data) and has_content(target, data):
                        return OutputFile(name, before.st_size, before.st_mtime_ns, digest)
                    mode = stat.S_IMODE(before.st_mode)
            if self._descriptor < 0:
                self._open()
            status = create_file(base, data, mode, self._descriptor)
        except OSError as error:
            raise InputError(cannot_write(f"{self._output}/{name}", error)) from error
        return OutputFile(name, status.st_size, status.st_mtime_ns, digest, self._staged)

    def _enter(self, above: str) -> None:
        """Continue with a folder of the output."""
        self._close()
        self._existing = _names_in(f"{self._output}/{above}")
        self._staged = f"{self._folder}/{self._numbers.setdefault(above, len(self._numbers))}"
        self._above = above

    def _open(self) -> None:
        path = f"{self._staging}/{self._staged}"
        try:
            os.mkdir(path)  # noqa: PTH102
        except FileExistsError:  # there were other folders in between
            pass
        except FileNotFoundError:
            os.mkdir(f"{self._staging}/{self._folder}")  # noqa: PTH102
            os.mkdir(path)  # noqa: PTH102
        self._descriptor = os.open(path, _FOLDER)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _names_in(folder: str) -> frozenset[str] | None:
    """The names in a folder; None if it cannot be listed, though files in it may still be written."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208
    except FileNotFoundError:
        return frozenset()
    except OSError:
        return None


def _publish_folder(above: str, files: Sequence[OutputFile], staging: Path, output: Path) -> Iterator[OutputFile]:
    """Publish the files of one folder of the output, all at once if the folder does not exist."""
    folder = output / above
    refuse_linked_folders(folder, output)
    if _move_folder(files, staging, folder):
        yield from files
        return
    make_folder(folder)
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError as error:
        raise InputError(cannot_write(str(folder), error)) from error
    try:
        for file in files:
            if file.staged:
                base = file.name.rpartition("/")[2]
                _move(f"{staging}/{file.staged}/{base}", base, descriptor, f"{output}/{file.name}", file.time)
            yield file
    finally:
        os.close(descriptor)


def _move_folder(files: Sequence[OutputFile], staging: Path, folder: Path) -> bool:
    """Give a staged folder its name; False if its files have to be moved one by one, as into a folder that exists."""
    staged = files[0].staged
    if os.path.lexists(folder) or any(file.staged != staged for file in files):
        return False
    try:
        os.rename(staging / staged, folder)  # noqa: PTH104
    except OSError:  # moving the files shows whether there is a reason that the user should know
        return False
    return True


def _move(source: str, name: str, folder: int, target: str, time: int) -> None:
    """Move a file to its name in an open folder; `target` is its path."""
    try:
        os.replace(source, name, dst_dir_fd=folder)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise InputError(cannot_write(target, error)) from error
        write_atomically(target, Path(source).read_bytes())  # the folder is on another file system
        with suppress(OSError):
            os.utime(target, ns=(time, time))  # the time that the manifest records
