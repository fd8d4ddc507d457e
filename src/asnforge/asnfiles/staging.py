"""Write files to a hidden folder, and move them to their names when all of them are complete (docs/decisions/0017).

There can be very many files, so each output folder is listed and opened once for all files of it that follow each other.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
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


class OutputFile(NamedTuple):
    """An association file; there can be very many, and a named tuple is pickled ten times as fast as a dataclass."""

    name: str  # its path below the output folder, with /
    size: int  # bytes
    time: int = 0  # when it was written, in nanoseconds since 1970
    digest: str = ""  # `content_digest`, if known
    staged: str = ""  # its path below the staging folder; empty if the output folder has the same bytes already
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
        The name of the new folder inside it. It is created for the first file that has changed, and removed after an error.
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
    existing = _Existing(output)
    try:
        for name, data in contents:
            digest = content_digest(data) if with_digests else ""
            files.append(_stage(name, data, staging, f"{folder}/{len(files)}", existing, digest))
    except BaseException:  # including an interruption
        shutil.rmtree(staging / folder, ignore_errors=True)
        raise
    return tuple(files)


def publish(files: Iterable[OutputFile], staging: Path, output: Path) -> Iterator[OutputFile]:
    """Move staged files to their names in the output folder, and return each file, also those that have not changed.

    Raises
    ------
    InputError
        A file or folder cannot be created, or a link leads out of the output folder.
    """
    folder, descriptor = "", -1
    try:
        for file in files:
            if file.staged:
                above, _, base = file.name.rpartition("/")
                if descriptor < 0 or above != folder:
                    if descriptor >= 0:
                        os.close(descriptor)
                    folder, descriptor = above, _open_folder(output / above, output)
                _move(f"{staging}/{file.staged}", base, descriptor, f"{output}/{file.name}", file.time)
            yield file
    finally:
        if descriptor >= 0:
            os.close(descriptor)


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


class _Existing:
    """The files of an output folder, whose folders are listed one at a time."""

    def __init__(self, output: Path) -> None:
        self.output = os.fspath(output)
        self._folder: str | None = None
        self._names: frozenset[str] | None = None

    def status(self, name: str) -> os.stat_result | None:
        """The status of the file with a path below the folder; None if there is none."""
        folder, _, base = name.rpartition("/")
        if folder != self._folder:
            self._folder, self._names = folder, self._list(folder)
        return status_of(f"{self.output}/{name}") if self._names is None or base in self._names else None

    def _list(self, folder: str) -> frozenset[str] | None:
        """The names in a folder; None if it cannot be listed, though files in it may still be written."""
        try:
            return frozenset(os.listdir(f"{self.output}/{folder}"))  # noqa: PTH208
        except FileNotFoundError:
            return frozenset()
        except OSError:
            return None


def _stage(name: str, data: bytes, staging: Path, staged: str, existing: _Existing, digest: str) -> OutputFile:
    target, path = f"{existing.output}/{name}", f"{staging}/{staged}"
    try:
        before = existing.status(name)
        if before is not None and before.st_size == len(data) and has_content(target, data):
            return OutputFile(name, before.st_size, before.st_mtime_ns, digest)
        mode = stat.S_IMODE(before.st_mode) if before is not None else 0o666
        try:
            status = create_file(path, data, mode)
        except FileNotFoundError:
            os.mkdir(path.rpartition("/")[0])  # noqa: PTH102
            status = create_file(path, data, mode)
    except OSError as error:
        raise InputError(cannot_write(target, error)) from error
    return OutputFile(name, status.st_size, status.st_mtime_ns, digest, staged)


def _open_folder(folder: Path, output: Path) -> int:
    """Open a folder of the output, which is created if it is missing."""
    refuse_linked_folders(folder, output)
    make_folder(folder)
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError(cannot_write(str(folder), error)) from error


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
