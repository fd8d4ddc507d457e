"""The output folder of a batch: one batch at a time, files that appear whole, and no stale files."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from asnforge.asnfiles.read_text import read_bytes
from asnforge.asnfiles.staging import OutputFile, content_digest, discard, make_folder, publish
from asnforge.atomic import refuse_linked_folders, remove_abandoned
from asnforge.batch.manifest import Record
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.pool.open import pool_name
from asnforge.system_errors import reading_reason

LOCKED = FindingCode(
    "G306",
    "another batch writes to the folder",
    "Two batches at once in one folder would overwrite each other's manifest. Wait until the other one ends, or choose "
    "another folder.",
    wrong="asnforge batch a -o out & asnforge batch b -o out",
    right="asnforge batch a b -o out",
)
KEPT = FindingCode(
    "G313",
    "a file of an earlier run is kept",
    "The pool no longer gives this file, but the file may not be the one that a batch wrote: it has changed, it is not an "
    "association of this pool, it is reached through a link, or the manifest is of an older version and has no digest of it. "
    "The file is not changed.",
    wrong="sed -i s/science/psf/ out/night/p007-o1_stack_01_asn.json; asnforge batch night.tsv -o out --discover",
    right="asnforge batch night.tsv -o out --discover",
)

STAGING = ".asnforge-staging"
"""The hidden folder inside the output folder where workers write files before they are published."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the output folder, which is created if it is missing, and remove temporary files of killed batches.

    Raises
    ------
    InputError
        It cannot be created, or another batch has locked it.
    """
    make_folder(folder)
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InputError(_cannot_lock(folder, error)) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message, hint = "another batch writes to the folder", "wait for it to end, or choose another folder"
            raise InputError(LOCKED.finding(message, str(folder), hint=hint)) from error
        except OSError as error:
            raise InputError(_cannot_lock(folder, error)) from error
        remove_abandoned(str(folder))
        yield
    finally:
        os.close(handle)


def _cannot_lock(folder: Path, error: OSError) -> Finding:
    reason, hint = reading_reason(error)
    return LOCKED.finding("the folder cannot be locked: {reason}", str(folder), hint=hint, reason=reason)


class Staging:
    """The staging folder of a batch, from which files are published to a locked output folder.

    Parameters
    ----------
    output : Path
        The output folder.

    Attributes
    ----------
    path : Path
        The folder for the tasks of this batch. No other batch uses it, so workers of a killed batch cannot interfere.

    Raises
    ------
    InputError
        It cannot be created, or a link has its name.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        self._root = output / STAGING
        refuse_linked_folders(self._root, output)
        shutil.rmtree(self._root, ignore_errors=True)
        self.path = self._root / uuid4().hex
        make_folder(self.path)

    def publish(self, files: Sequence[OutputFile]) -> Iterator[OutputFile]:
        """Move staged files to their names; the files and errors of `asnforge.asnfiles.staging.publish`."""
        yield from publish(files, self.path, self._output)
        discard(files, self.path)

    def discard(self, files: Sequence[OutputFile]) -> None:
        """Remove staged files that are not published."""
        discard(files, self.path)

    def close(self) -> None:
        """Remove the folder. A worker that is still running can no longer write to it."""
        closed = self.path.with_suffix(".closed")
        with suppress(OSError):
            self.path.rename(closed)
        shutil.rmtree(closed, ignore_errors=True)
        with suppress(OSError):
            self._root.rmdir()


def remove_stale(record: Record, names: Collection[str], output: Path) -> tuple[Finding, ...]:
    """Remove files of a record, except those that may have been replaced by something else.

    The manifest is a file like any other, and anybody who can write to the folder may have changed it. So a file is removed
    only if it is an association of the record's pool, has the content that the record has a digest of, and is below the
    output folder without a link in between.

    Parameters
    ----------
    record : Record
        The manifest's record of the earlier run.
    names : collection of str
        The files to remove, which the record lists.
    output : Path
        The output folder.

    Returns
    -------
    tuple of Finding
        A warning if files are kept.
    """
    digests = record.digest_by_name()
    kept = [name for name in sorted(names) if not _remove(name, digests.get(name, ""), record.pool, output)]
    if not kept:
        return ()
    message = "the manifest lists {count:file} of an earlier run that may no longer be the pool's own and " + (
        "are kept, {first} among them" if len(kept) > 1 else "is kept, {first}"
    )
    facts = {"count": len(kept), "first": kept[0]}
    hint = "remove what is not needed"
    return (KEPT.finding(message, record.pool, hint=hint, severity="warning", **facts),)


def _remove(name: str, digest: str, pool: str, output: Path) -> bool:
    """Remove a stale file; False if it is kept."""
    path = output / name
    try:
        refuse_linked_folders(path.parent, output)
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or not digest:
            return False
        data = read_bytes(str(path))
        if content_digest(data) != digest or _asn_pool(data) != pool_name(pool):
            return False
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError, InputError):
        return False
    return True


def _asn_pool(data: bytes) -> object:
    """The pool that an association file names; None if it is not an association file."""
    import msgspec

    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    is_association = isinstance(content, dict) and {"asn_rule", "asn_type", "products"} <= content.keys()
    return content.get("asn_pool") if is_association else None
