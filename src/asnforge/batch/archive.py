"""Files streamed into one archive instead of a folder: the same bytes for the same files."""

from __future__ import annotations

import contextlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol

from asnforge.asnfiles.write import make_folder
from asnforge.atomic import remove_abandoned, resolve_target, temporary_name
from asnforge.batch import codes
from asnforge.findings import Finding, InputError
from asnforge.system_errors import cannot_write

_MODE = 0o644
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Form(Protocol):
    def add(self, name: str, data: bytes) -> None: ...
    def close(self) -> None: ...


class _Tar:
    def __init__(self, path: Path) -> None:
        self._file = tarfile.open(path, "x", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), _MODE
        self._file.addfile(entry, io.BytesIO(data))
        self._file.members = []  # type: ignore[attr-defined]  # of no use here, and it grows

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


_FORMS: dict[str, type[_Tar] | type[_Zip]] = {".tar": _Tar, ".zip": _Zip}


class Archive:
    """An archive that appears whole or not at all: it has its name when it is `complete` and nothing went wrong.

    Parameters
    ----------
    path : Path
        A file whose name ends in ``.tar`` or ``.zip``; a link is followed.

    Attributes
    ----------
    complete : bool
        Whether everything is in it, which whoever puts files into it says; one that is not takes no other's place.

    Raises
    ------
    InputError
        It ends in something else, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        form = _FORMS.get(path.suffix.lower())
        if form is None:
            raise InputError(
                Finding(codes.WRONG_ARCHIVE.code, "no such archive", str(path), hint="end its name in .tar or .zip")
            )
        self.path = path
        self.complete = False
        make_folder(path.parent)
        with self._refusing():
            target, status = resolve_target(str(path))
            if status is not None and not stat.S_ISREG(status.st_mode):
                message, hint = "not a file: a device or a pipe", "name a file, or one that is not there yet"
                raise InputError(Finding(codes.WRONG_ARCHIVE.code, message, str(path), hint=hint))
            self._target = Path(target)
            self._tidy()
            self._form: _Form = self._begin(form)

    def _begin(self, form: type[_Tar] | type[_Zip]) -> _Form:
        """Begin the archive under a temporary name that is free, so that nothing else is written to."""
        while True:
            self._temporary = self._target.with_name(temporary_name())
            with contextlib.suppress(FileExistsError):
                return form(self._temporary)

    def add(self, name: str, data: bytes) -> None:
        """Put a file at the end."""
        with self._refusing():
            self._form.add(name, data)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give the archive its name, or where something went wrong or is missing, remove what there is."""
        try:
            if kind is None and self.complete:
                with self._refusing():
                    self._form.close()
                    self._temporary.replace(self._target)
            else:
                with contextlib.suppress(OSError, ValueError):
                    self._form.close()
        finally:
            self._temporary.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Remove what is left of an archive whose batch was killed."""
        with contextlib.suppress(OSError):
            folder = self._target.parent
            remove_abandoned(str(folder), [each.name for each in folder.iterdir()])

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """Turn what the system says into a finding with the name that the user knows."""
        try:
            yield
        except OSError as error:
            raise InputError(cannot_write(str(self.path), error)) from error
