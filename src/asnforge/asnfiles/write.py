"""Write associations as JSON files: the same bytes for the same association, validated, and never partly written.

Files are staged in a hidden folder first, and published when all of them are complete (docs/decisions/0017).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asnforge.asnfiles.association_text import encode_all
from asnforge.asnfiles.output_checks import check_names, check_replaced
from asnforge.asnfiles.staging import OutputFile, discard, make_folder, publish, stage
from asnforge.associations.member_paths import PathStyle, with_member_paths
from asnforge.associations.model import Association
from asnforge.atomic import remove_abandoned, status_of, temporary_name
from asnforge.findings import Finding, wrong_argument
from asnforge.findings.log import LOG


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

    Returns
    -------
    Written
        The paths of the files, in the order of the associations.

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
    with FolderWriter(folder) as writer:
        check_replaced([association.file_name for association in associations], folder)
        return writer.publish(writer.stage(associations, on_progress))


class FolderWriter:
    """Writes the files of a folder, which is created if it is missing: all of them appear at the end, or none.

    Parameters
    ----------
    folder : Path
        The folder.

    Raises
    ------
    InputError
        It cannot be created.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staged: list[OutputFile] = []
        make_folder(folder)
        remove_abandoned(str(folder))

    def __enter__(self) -> FolderWriter:
        return self

    def __exit__(self, *_: object) -> None:
        discard(self._staged, self._folder)

    def stage(
        self, associations: Iterable[Association], on_progress: Callable[[int], None] | None = None
    ) -> tuple[OutputFile, ...]:
        """Write files that are not published yet; errors as for `write_associations`."""
        encoded = encode_all(associations, self._folder)
        contents: Iterable[tuple[str, bytes]] = ((association.file_name, data) for association, data in encoded)
        if on_progress is not None:
            contents = _reporting(contents, on_progress)
        files = stage(contents, self._folder, _unused_name(self._folder), self._folder)
        self._staged += [file for file in files if file.staged][:1]  # one for each staging folder
        return files

    def publish(self, files: Sequence[OutputFile]) -> Written:
        """Move files to their names, in this order."""
        folder = self._folder
        written = tuple(folder / file.name for file in publish(files, folder, folder))
        unchanged = sum(not file.staged for file in files)
        LOG.info("%s: %d association files, %d of them unchanged", folder, len(written), unchanged)
        if LOG.isEnabledFor(logging.DEBUG):
            for path, file in zip(written, files, strict=True):
                LOG.debug("%s: %s", path, "written" if file.staged else "unchanged")
        return Written(written, unchanged)


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
