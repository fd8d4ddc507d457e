"""Archives that files are streamed into instead of a folder; the same files give the same bytes."""

from __future__ import annotations

import contextlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol

from asnforge.asnfiles.staging import OutputFile, make_folder
from asnforge.atomic import remove_abandoned, resolve_target, temporary_name
from asnforge.findings import FindingCode, InputError
from asnforge.system_errors import cannot_write

WRONG_ARCHIVE = FindingCode(
    "G311",
    "not an archive",
    "The file of --archive must have a name that ends in .tar or .zip.",
    wrong="asnforge batch nights --archive all.rar",
    right="asnforge batch nights --archive all.zip",
)

_MODE = 0o644
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Format(Protocol):
    def add(self, name: str, data: bytes) -> None: ...
    def close(self) -> None: ...


class _Tar:
    def __init__(self, path: Path) -> None:
        self._file = tarfile.open(path, "x", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), _MODE
        self._file.addfile(entry, io.BytesIO(data))
        self._file.members = []  # type: ignore[attr-defined]  # not needed, and it would grow

    def close(self) -> None:
        self._file.close()


class _Zip:
    def __init__(self, path: Path) -> None:
        self._file = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)

    def add(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, _EARLIEST)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE << 16
        self._file.writestr(entry, data)

    def close(self) -> None:
        self._file.close()


_FORMATS: dict[str, type[_Tar] | type[_Zip]] = {".tar": _Tar, ".zip": _Zip}


class Archive:
    """An archive that appears whole or not at all: it gets its name if it is `complete` and there was no error.

    Parameters
    ----------
    path : Path
        A file whose name ends in ``.tar`` or ``.zip``; a link is followed.

    Attributes
    ----------
    complete : bool
        Whether it has all files, set by the caller; an incomplete archive does not replace an earlier one.

    Raises
    ------
    InputError
        The name ends in something else, or the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        archive_format = _FORMATS.get(path.suffix.lower())
        if archive_format is None:
            hint = "its name must end in .tar or .zip"
            raise InputError(WRONG_ARCHIVE.finding("unknown archive format", str(path), hint=hint))
        self.path = path
        self.complete = False
        make_folder(path.parent)
        with self._reporting():
            target, status = resolve_target(str(path))
            if status is not None and not stat.S_ISREG(status.st_mode):
                message, hint = "not a file: a device or a pipe", "name a regular file or a new one"
                raise InputError(WRONG_ARCHIVE.finding(message, str(path), hint=hint))
            self._target = Path(target)
            remove_abandoned(str(self._target.parent))
            self._format: _Format = self._create(archive_format)

    def _create(self, archive_format: type[_Tar] | type[_Zip]) -> _Format:
        """Create the archive under a new temporary name, so that no existing file is written to."""
        while True:
            self._temporary = self._target.with_name(temporary_name())
            with contextlib.suppress(FileExistsError):
                return archive_format(self._temporary)

    def publish(self, files: Iterable[OutputFile]) -> tuple[OutputFile, ...]:
        """Append files with their `data`."""
        with self._reporting():
            for file in files:
                self._format.add(file.name, file.data)
        return ()

    def discard(self, files: Iterable[OutputFile]) -> None:
        """Do nothing: files that are not published are in memory only."""

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give the archive its name; after an error, or if it is not complete, remove it."""
        try:
            if kind is None and self.complete:
                with self._reporting():
                    self._format.close()
                    self._temporary.replace(self._target)
            else:
                with contextlib.suppress(OSError, ValueError):
                    self._format.close()
        finally:
            self._temporary.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        """Turn an error of the system into a finding with the name that the user knows."""
        try:
            yield
        except OSError as error:
            raise InputError(cannot_write(str(self.path), error)) from error
