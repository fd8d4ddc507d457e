"""The manifest: the inputs and the result of each pool, so that a later run can skip it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from asnforge.asnfiles.portable import MANIFEST
from asnforge.asnfiles.staging import OutputFile
from asnforge.atomic import check_writable, write_atomically
from asnforge.findings import Finding, FindingCode, InputError, SourceLocation
from asnforge.system_errors import cannot_write, reading_reason

BROKEN_MANIFEST = FindingCode(
    "G307",
    "the manifest cannot be read",
    "The file, or a line of it, is not in the form that a batch writes. Pools whose lines are lost are processed again.",
    wrong="night.tsv done",
    right='{"pool":"night.tsv","status":"done"}',
)

LARGEST = 1024**3
"""The largest size of a manifest in bytes; a batch of a million pools needs half of it."""

_SHOWN = 20
"""The number of unreadable lines that each have a warning of their own."""

_FIRST_BYTES = b'{"pool":'
"""The first bytes of a manifest, even if the batch was killed while it wrote the first line."""

DONE, FAILED, NOT_RUN = "done", "failed", "not run"


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the manifest: a pool, its inputs and its result.

    Attributes
    ----------
    pool : str
        The pool as the user named it.
    sha256 : str
        The hash of its bytes; empty if it could not be read.
    ruleset, ruleset_sha256 : str
        The rule set's name and hash.
    options : str
        A hash of everything else that determines the output: scopes, version id, layout, and so on.
    version : str
        The version of asnforge.
    status : {"done", "failed", "not run"}
        The result.
    exposures, orphans, associations, dropped, warnings, unchanged : int
        Counts; `dropped` associations are duplicates, `unchanged` files had the same bytes already.
    seconds : float
        The elapsed time.
    rules : mapping of str to int
        The number of associations of each rule.
    errors : tuple of str
        Why the pool failed.
    files : tuple of str
        The files, below the output folder.
    state : str
        A hash of their names, sizes and times, to detect changes.
    digests : tuple of str
        The digest of each file's content, in the order of `files`; an empty string if unknown. Manifests of older versions
        have no digests.
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
        """The digest of each file; empty unless the record has one for each."""
        return dict(zip(self.files, self.digests, strict=True)) if len(self.files) == len(self.digests) else {}

    def same_inputs(self, other: Record) -> bool:
        """Whether two records have the same pool, rules, options and version."""
        return all(getattr(self, name) == getattr(other, name) for name in _INPUTS)


_INPUTS = ("sha256", "ruleset_sha256", "options", "version")


def outputs_fingerprint(files: Iterable[OutputFile]) -> str:
    """A hash of files, to detect changes."""
    return _fingerprint(sorted((file.name, file.size, file.time) for file in files))


def outputs_unchanged(record: Record, output: Path) -> bool:
    """Whether the files of a record have not changed since it was written."""
    facts = []
    prefix = os.path.join(output, "")  # noqa: PTH118
    for name in sorted(record.files):
        try:
            status = os.stat(prefix + name)  # noqa: PTH116
        except (OSError, ValueError):
            return False
        facts.append((name, status.st_size, status.st_mtime_ns))
    return _fingerprint(facts) == record.state


def _fingerprint(facts: Iterable[tuple[str, int, int]]) -> str:
    """A hash of the name, size and time of files that are sorted by name."""
    lines = "".join([f"{name}\0{size}\0{time}\n" for name, size, time in facts])
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


class Manifest:
    """The manifest of an output folder.

    Parameters
    ----------
    output : Path
        The folder, which exists.

    Attributes
    ----------
    records : dict of str to Record
        The record of each pool.
    findings : tuple of Finding
        A warning for each line that cannot be read.

    Raises
    ------
    InputError
        The file has no record, is larger than `LARGEST` or cannot be read, or it is a link or a special file.
    """

    def __init__(self, output: Path) -> None:
        self.path = output / MANIFEST
        check_writable(output, [MANIFEST])
        data = self._data()
        self.records, self.findings = _read(data, str(self.path))
        if data and not self.records and not data.startswith(_FIRST_BYTES):
            message, hint = "the file is not a manifest of batches", "choose another folder, or move the file"
            raise InputError(BROKEN_MANIFEST.finding(message, str(self.path), hint=hint))
        self._is_tidy = _is_tidy(data, self.records)
        self.rewrite()

    def _data(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return b""
        except OSError as error:
            reason, hint = reading_reason(error)
            message = "the manifest cannot be read: {reason}"
            raise InputError(BROKEN_MANIFEST.finding(message, str(self.path), hint=hint, reason=reason)) from error
        if len(data) > LARGEST:
            message, hint = "the manifest is larger than {limit} MiB", "choose another folder, or remove it"
            raise InputError(BROKEN_MANIFEST.finding(message, str(self.path), hint=hint, limit=LARGEST >> 20))
        return data

    def add(self, record: Record) -> None:
        """Append a record to the file, in one step."""
        self.records[record.pool] = record
        self._is_tidy = False
        try:
            # A link that has replaced the file in the meantime is not followed.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
            with open(os.open(self.path, flags, 0o666), "ab", buffering=0) as file:  # noqa: PTH123
                file.write(record_line(record))
        except OSError as error:
            raise InputError(cannot_write(str(self.path), error)) from error

    def mark_unfinished(self, published: Iterable[Record]) -> None:
        """Mark pools as failed whose files were perhaps published, but not all of them, by a batch that did not end.

        Their records list these files as well. A pool whose record has the same files was done before the batch ended.
        """
        for unfinished in published:
            before = self.records.get(unfinished.pool, Record(unfinished.pool))
            digests, new = before.digest_by_name() or dict.fromkeys(before.files, ""), unfinished.digest_by_name()
            if new.items() <= digests.items():
                continue
            digests |= new
            files = tuple(sorted(digests))
            self.add(
                replace(
                    before,
                    status=FAILED,
                    errors=("the batch ended while the files of the pool were being published",),
                    files=files,
                    digests=tuple(map(digests.__getitem__, files)),
                )
            )

    def rewrite(self) -> None:
        """Rewrite the file with one line for each pool, sorted, unless it is like this already."""
        if self._is_tidy:
            return
        self._is_tidy = True
        write_atomically(self.path, b"".join(record_line(self.records[pool]) for pool in sorted(self.records)))


def record_line(record: Record) -> bytes:
    """A record as a line of a manifest."""
    import msgspec

    try:
        return msgspec.json.encode(record) + b"\n"
    except UnicodeEncodeError:  # a pool's name that is not UTF-8: only the standard library escapes it
        return json.dumps(msgspec.to_builtins(record)).encode() + b"\n"


def read_records(data: bytes) -> Iterator[Record]:
    """The records of lines, without the lines that are not records."""
    for line in data.split(b"\n"):
        if line and (record := _record(line)) is not None:
            yield record


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
                message, hint = "the line is not a record of a batch", "its pool is processed again"
                at = SourceLocation(path, number)
                findings.append(BROKEN_MANIFEST.finding(message, at, hint=hint, severity="warning"))
    if unread > _SHOWN:
        message = "{count} other lines are not records of a batch either"
        findings.append(BROKEN_MANIFEST.finding(message, path, severity="warning", count=unread - _SHOWN))
    return records, tuple(findings)


def _record(line: bytes) -> Record | None:
    """A line as a record; None if it is not a record, as is possible for the last line of a killed batch."""
    import msgspec

    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            record = msgspec.convert(json.loads(line), Record)
        except (ValueError, msgspec.MsgspecError, RecursionError):
            return None
    return record if _are_inside(record.files) else None


def _are_inside(names: tuple[str, ...]) -> bool:
    """Whether all names lead to somewhere below their folder: no part of their paths is empty, ``.`` or ``..``."""
    paths = f"/{'/'.join(names)}/"
    return not names or not any(part in paths for part in ("//", "/./", "/../"))


def _is_tidy(data: bytes, records: Mapping[str, Record]) -> bool:
    """Whether a manifest has one line for each record, sorted; some lines may be longer than necessary."""
    pools = [*records]
    return data.count(b"\n") == len(pools) and data[-1:] in (b"", b"\n") and pools == sorted(pools)
