"""The manifest: what was done for each pool, and of what, so that it need not be done again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asnforge.asnfiles.portable import MANIFEST
from asnforge.atomic import check_writable, write_atomically
from asnforge.batch import codes
from asnforge.batch.tasks import FileMade
from asnforge.findings import Finding, InputError
from asnforge.system_errors import cannot_write, reading_reason

LARGEST = 1024**3
"""Bytes of a manifest; that of a batch of a million pools has half of it."""

_SHOWN = 20

_BEGIN = b'{"pool":'
"""How a manifest begins, also one of a batch that was killed at its first line."""

DONE, FAILED, NOT_RUN = "done", "failed", "not run"


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the manifest: a pool, what it was made with and what came of it.

    Attributes
    ----------
    pool : str
        The pool as the user named it.
    sha256 : str
        The hash of its bytes; empty where it could not be read.
    ruleset, ruleset_sha256 : str
        The rule set's name and hash.
    options : str
        A hash of everything else that decides what is written: scopes, version id, layout, and so on.
    version : str
        The version of asnforge.
    status : {"done", "failed", "not run"}
        What came of it.
    exposures, orphans, associations, dropped, warnings, unchanged : int
        Counts; `dropped` associations are duplicates that are not made, `unchanged` files were already as they should be.
    seconds : float
        How long it was worked on, all workers together.
    rules : mapping of str to int
        How many associations each rule made.
    errors : tuple of str
        Why it failed.
    files : tuple of str
        The files that were made, below the output folder.
    state : str
        A hash of their names, sizes and times, to tell whether they are still the same.
    digests : tuple of str
        The digest of each file's content, in the order of `files`, empty for one that is not known; none at all in manifests
        of older versions.
    """

    pool: str
    sha256: str = ""
    ruleset: str = ""
    ruleset_sha256: str = ""
    options: str = ""
    version: str = ""
    status: str = DONE
    exposures: int = 0
    orphans: int = 0
    associations: int = 0
    dropped: int = 0
    warnings: int = 0
    unchanged: int = 0
    seconds: float = 0.0
    rules: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    state: str = ""
    digests: tuple[str, ...] = ()

    def digest_by_name(self) -> dict[str, str]:
        """The digest of each file; nothing where the record has not one for each."""
        return dict(zip(self.files, self.digests, strict=True)) if len(self.files) == len(self.digests) else {}

    def same_origin(self, other: Record) -> bool:
        """Whether two records are of the same pool, rules, options and version."""
        return all(getattr(self, name) == getattr(other, name) for name in _ORIGIN)


_ORIGIN = ("sha256", "ruleset_sha256", "options", "version")


def state_of(files: Iterable[FileMade]) -> str:
    """A hash of files, to tell whether they are still the same."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        digest.update(os.fsencode(f"{file.name}\0{file.size}\0{file.time}\n"))
    return digest.hexdigest()


def still_there(record: Record, output: Path) -> bool:
    """Whether the files of a record are as they were when it was written."""
    found = []
    for name in record.files:
        try:
            status = os.stat(output / name)  # noqa: PTH116
        except (OSError, ValueError):
            return False
        found.append(FileMade(name, status.st_size, status.st_mtime_ns))
    return state_of(found) == record.state


class Manifest:
    """The manifest of an output folder.

    Parameters
    ----------
    output : Path
        The folder, which is there.

    Attributes
    ----------
    records : dict of str to Record
        What is known of each pool.
    findings : tuple of Finding
        A warning for each line that cannot be read.

    Raises
    ------
    InputError
        There is a file of that name in which no line is a record, that is larger than `LARGEST` or cannot be read, or a link
        or a special file has its name.
    """

    def __init__(self, output: Path) -> None:
        self.path = output / MANIFEST
        check_writable(output, [MANIFEST])
        data = self._data()
        self.records, self.findings = _read(data, str(self.path))
        if data and not self.records and not data.startswith(_BEGIN):
            message, hint = "the file is no manifest of batches", "choose another folder, or move the file"
            raise InputError(Finding(codes.BROKEN_MANIFEST.code, message, str(self.path), hint=hint))
        if data:
            self.tidy()

    def _data(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return b""
        except OSError as error:
            reason, hint = reading_reason(error)
            message = f"the manifest cannot be read: {reason}"
            raise InputError(Finding(codes.BROKEN_MANIFEST.code, message, str(self.path), hint=hint)) from error
        if len(data) > LARGEST:
            message, hint = f"the manifest is larger than {LARGEST >> 20} MiB", "choose another folder, or remove it"
            raise InputError(Finding(codes.BROKEN_MANIFEST.code, message, str(self.path), hint=hint))
        return data

    def add(self, record: Record) -> None:
        """Put a record at the end of the file, in one step."""
        self.records[record.pool] = record
        try:
            # A link that was put there in the meantime is not followed.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
            with open(os.open(self.path, flags, 0o666), "ab", buffering=0) as file:  # noqa: PTH123
                file.write(_line(record))
        except OSError as error:
            raise InputError(cannot_write(str(self.path), error)) from error

    def tidy(self) -> None:
        """Write the file anew, one line a pool, sorted."""
        write_atomically(self.path, b"".join(_line(self.records[pool]) for pool in sorted(self.records)))


def _line(record: Record) -> bytes:
    import msgspec

    try:
        return msgspec.json.encode(record) + b"\n"
    except UnicodeEncodeError:  # a pool's name that is not UTF-8: only the standard library escapes it
        return json.dumps(msgspec.to_builtins(record)).encode() + b"\n"


def _read(data: bytes, path: str) -> tuple[dict[str, Record], tuple[Finding, ...]]:
    records: dict[str, Record] = {}
    findings: list[Finding] = []
    unread = 0
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        record = _record(line) if line else None
        if record is not None:
            records[record.pool] = record
        elif line and number < len(lines):
            unread += 1
            if unread <= _SHOWN:
                message, hint = "the line is not a record of a batch", "its pool is done again"
                finding = Finding(codes.BROKEN_MANIFEST.code, message, path, number, hint=hint, severity="warning")
                findings.append(finding)
    if unread > _SHOWN:
        message = f"{unread - _SHOWN} other lines are not records of a batch either"
        findings.append(Finding(codes.BROKEN_MANIFEST.code, message, path, severity="warning"))
    return records, tuple(findings)


def _record(line: bytes) -> Record | None:
    """A line as a record; None where it is none, as the last one of a killed batch may be."""
    import msgspec

    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            record = msgspec.convert(json.loads(line), Record)
        except (ValueError, msgspec.MsgspecError, RecursionError):
            return None
    return record if all(map(_inside, record.files)) else None


def _inside(name: str) -> bool:
    """Whether a name leads to somewhere below its folder."""
    parts = name.split("/")
    return not name.startswith("/") and all(part not in ("", ".", "..") for part in parts)
