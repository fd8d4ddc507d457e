"""Files streamed into one archive instead of a folder: the same bytes for the same files."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Protocol

from asnforge.atomic import TEMPORARY_SUFFIX, cannot_write
from asnforge.batch import codes
from asnforge.files.write import make_folder
from asnforge.findings import CannotContinue, Finding

_MODE = 0o644
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Form(Protocol):
    def add(self, name: str, data: bytes) -> None: ...
    def close(self) -> None: ...


class _Tar:
    def __init__(self, path: Path) -> None:
        self._file = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), _MODE
        self._file.addfile(entry, io.BytesIO(data))
        self._file.members = []  # type: ignore[attr-defined]  # of no use here, and it grows

    def close(self) -> None:
        self._file.close()


class _Zip:
    def __init__(self, path: Path) -> None:
        self._file = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, _EARLIEST)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE << 16
        self._file.writestr(entry, data)

    def close(self) -> None:
        self._file.close()


_FORMS: dict[str, type[_Tar] | type[_Zip]] = {".tar": _Tar, ".zip": _Zip}


class Archive:
    """An archive that appears whole or not at all.

    Parameters
    ----------
    path : Path
        A file whose name ends in ``.tar`` or ``.zip``.

    Raises
    ------
    CannotContinue
        It ends in something else, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        form = _FORMS.get(path.suffix.lower())
        if form is None:
            raise CannotContinue(
                Finding(codes.WRONG_ARCHIVE.code, "no such archive", str(path), hint="end its name in .tar or .zip")
            )
        self.path = path
        self._temporary = path.with_name(f".{os.getpid()}-{path.name}{TEMPORARY_SUFFIX}")
        make_folder(path.parent)
        try:
            self._form: _Form = form(self._temporary)
        except OSError as error:
            raise CannotContinue(cannot_write(str(path), error)) from error

    def add(self, name: str, data: bytes) -> None:
        """Put a file at the end."""
        self._form.add(name, data)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give the archive its name, or where something went wrong, remove what there is."""
        try:
            self._form.close()
            if kind is None:
                self._temporary.replace(self.path)
        finally:
            self._temporary.unlink(missing_ok=True)
