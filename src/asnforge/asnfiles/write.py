"""Write associations as JSON files: the same bytes for the same association, validated, and never partly written.

Files are staged in a hidden folder first, and published when all of them are complete (docs/decisions/0017).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from asnforge.asnfiles.output_checks import check_names, check_replaced
from asnforge.associations.conflicts import BREAKS_SCHEMA
from asnforge.associations.member_paths import PathStyle, with_member_paths
from asnforge.associations.model import Association
from asnforge.atomic import (
    create_file,
    has_content,
    refuse_linked_folders,
    remove_abandoned,
    status_of,
    temporary_name,
    write_atomically,
)
from asnforge.findings import Finding, FindingCode, InputError, wrong_argument
from asnforge.findings.log import LOG
from asnforge.json_schema import is_generated
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


@dataclass(frozen=True, slots=True)
class Written:
    """The files of associations after they were written.

    Attributes
    ----------
    paths : tuple of Path
        The files, in the order of the associations.
    unchanged : int
        The number of files that had the same bytes before and were left alone.
    findings : tuple of Finding
        Warnings about other files in the folder.
    """

    paths: tuple[Path, ...]
    unchanged: int
    findings: tuple[Finding, ...] = ()


def encode(association: Association) -> bytes:
    """An association as the bytes of its file (docs/format.md)."""
    import msgspec

    products = [{"name": product.name, "members": product.members} for product in association.products]
    content = {**association.keywords(), "products": products}
    return msgspec.json.format(msgspec.json.encode(content), indent=4) + b"\n"


def encode_all(associations: Iterable[Association], folder: Path) -> Iterator[tuple[Association, bytes]]:
    """Each association with the bytes of its file in a folder; `InputError` if the bytes do not pass the schema."""
    for association in associations:
        data = encode(association)
        if not is_generated(data):
            path = str(folder / association.file_name)
            raise InputError(BREAKS_SCHEMA.finding("the association does not pass the schema", path))
        yield association, data


def content_digest(data: bytes) -> str:
    """A short hash of a file's content for the manifest: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def write_associations(
    associations: Iterable[Association],
    folder: str | os.PathLike[str],
    on_progress: Callable[[int], None] | None = None,
    *,
    paths: PathStyle = "relative",
) -> Written:
    """Write each association to its file in a folder, which is created if it is missing.

    Parameters
    ----------
    associations : iterable of Association
        The associations.
    folder : path
        The folder of their files.
    on_progress : callable or None
        Called after each file with the number of files so far.
    paths : {"relative", "absolute", "bare"}
        How members whose files are known are written: as the path from the folder to the file, as its absolute path, or as
        the file's name alone.

    Raises
    ------
    InputError
        The folder or a file cannot be written, an association does not pass the schema, or the names are refused, as by
        `asnforge.asnfiles.output_checks`. No file is written then, unless the system reports the error when files that are
        complete are moved to their names.
    """
    if not isinstance(folder, str | os.PathLike):
        raise wrong_argument("folder", folder, "the path of a folder")
    folder = Path(folder)
    associations = with_member_paths(associations, folder, paths)
    check_names(associations, folder)
    make_folder(folder)
    check_replaced([association.file_name for association in associations], folder)
    remove_abandoned(str(folder))
    encoded = encode_all(associations, folder)
    contents: Iterable[tuple[str, bytes]] = ((association.file_name, data) for association, data in encoded)
    if on_progress is not None:
        contents = _reporting(contents, on_progress)
    files: tuple[OutputFile, ...] = ()
    try:
        files = stage(contents, folder, _unused_name(folder), folder)
        written = tuple(folder / file.name for file in publish(files, folder, folder))
    finally:
        discard(files, folder)
    unchanged = sum(not file.staged for file in files)
    LOG.info("%s: %d association files, %d of them unchanged", folder, len(written), unchanged)
    for path, file in zip(written, files, strict=True):
        LOG.debug("%s: %s", path, "written" if file.staged else "unchanged")
    return Written(written, unchanged)


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
    try:
        for name, data in contents:
            digest = content_digest(data) if with_digests else ""
            files.append(_stage(name, data, staging, f"{folder}/{len(files)}", output, digest))
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
    folders: set[str] = set()
    for file in files:
        if file.staged:
            folder = file.name.rpartition("/")[0]
            if folder not in folders:
                refuse_linked_folders(output / folder, output)
                make_folder(output / folder)
                folders.add(folder)
            _move(os.path.join(staging, file.staged), os.path.join(output, file.name), file.time)  # noqa: PTH118
        yield file


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


def _reporting(
    contents: Iterable[tuple[str, bytes]], on_progress: Callable[[int], None]
) -> Iterator[tuple[str, bytes]]:
    for count, content in enumerate(contents, start=1):
        yield content
        on_progress(count)


def _unused_name(folder: Path) -> str:
    """A temporary name that no file of a killed process has."""
    while status_of(str(folder / (name := temporary_name()))) is not None:
        pass
    return name


def _stage(name: str, data: bytes, staging: Path, staged: str, output: Path, digest: str) -> OutputFile:
    target, path = os.path.join(output, name), os.path.join(staging, staged)  # noqa: PTH118
    try:
        before = status_of(target)
        if before is not None and before.st_size == len(data) and has_content(target, data):
            return OutputFile(name, before.st_size, before.st_mtime_ns, digest)
        mode = stat.S_IMODE(before.st_mode) if before is not None else 0o666
        try:
            status = create_file(path, data, mode)
        except FileNotFoundError:
            os.mkdir(os.path.dirname(path))  # noqa: PTH102, PTH120
            status = create_file(path, data, mode)
    except OSError as error:
        raise InputError(cannot_write(target, error)) from error
    return OutputFile(name, status.st_size, status.st_mtime_ns, digest, staged)


def _move(source: str, target: str, time: int) -> None:
    try:
        os.replace(source, target)  # noqa: PTH105
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise InputError(cannot_write(target, error)) from error
        write_atomically(target, Path(source).read_bytes())  # the folder is on another file system
        with suppress(OSError):
            os.utime(target, ns=(time, time))  # the time that the manifest records
