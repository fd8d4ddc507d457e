"""What a batch is about to publish, so that no file of a pool is forgotten if the batch ends before the pool is done.

A line is written before the files of a task are published, and the record of the pool in the manifest after all of them are. If
the batch is killed or interrupted in between, the pool gets a record as failed with these files: the next batch processes it
again, and removes the files that it does not give then.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from asnforge.asnfiles.staging import OutputFile
from asnforge.atomic import refuse_linked_folders
from asnforge.batch.manifest import FAILED, Record, read_records, record_line
from asnforge.findings import InputError
from asnforge.system_errors import cannot_write

JOURNAL = "journal.jsonl"


class Journal:
    """The journal of a batch.

    Parameters
    ----------
    folder : Path
        The staging folder of the batch, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        self._file: BinaryIO | None = None
        self._unfinished: dict[str, list[Record]] = defaultdict(list)

    def add(self, pool: str, files: Sequence[OutputFile]) -> None:
        """Note files of a pool that are about to be published; `InputError` if that is not possible."""
        new = [file for file in files if file.staged]
        if not new:
            return
        names, digests = tuple([file.name for file in new]), tuple([file.digest for file in new])
        record = Record(pool, status=FAILED, files=names, digests=digests)
        self._unfinished[pool].append(record)
        try:
            if self._file is None:
                self._file = self._path.open("xb")
            self._file.write(record_line(record))
            self._file.flush()
        except OSError as error:
            raise InputError(cannot_write(str(self._path), error)) from error

    def forget(self, pool: str) -> None:
        """Forget the files of a pool, which the manifest lists now."""
        self._unfinished.pop(pool, None)

    def unfinished(self) -> Iterator[Record]:
        """The files of the pools that were not done."""
        for records in self._unfinished.values():
            yield from records

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):  # what could not be written was reported
                self._file.close()
            self._file = None


def read_journals(root: Path, output: Path) -> Iterator[Record]:
    """The files that killed batches were about to publish, from what is left of their staging folders in `root`.

    Raises
    ------
    InputError
        `root` is a link.
    """
    refuse_linked_folders(root, output)
    for path in sorted(root.glob(f"*/{JOURNAL}")):
        try:
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
                data = file.read()
        except OSError:
            continue
        yield from read_records(data)
