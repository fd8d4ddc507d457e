"""Run a task, in this process, in another one or on another machine."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

from asnforge.asnfiles.portable import UNUSABLE_NAME, why_not_portable, why_unusable
from asnforge.asnfiles.write import check_inputs, check_names, encode_all
from asnforge.associations.model import Association
from asnforge.atomic import check_writable, refuse_linked_folders
from asnforge.batch.partition import find_partition, read_piece
from asnforge.batch.scan import scan_range
from asnforge.batch.tasks import (
    BatchOptions,
    Failed,
    HashTask,
    Outcome,
    OutputFile,
    PoolHash,
    PoolOutput,
    PoolTask,
    ScanTask,
    Task,
    content_digest,
)
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.generation.files import rule_files
from asnforge.generation.inputs import PoolInput, generate_from, read_input
from asnforge.pool.file_state import reject_changes
from asnforge.pool.open import refusing_unreadable
from asnforge.system_errors import cannot_write, no_memory, system_error

TIMED_OUT = FindingCode(
    "G303",
    "a pool took too long",
    "A task took longer than --timeout allows and was stopped: a whole pool, or a piece of a large one.",
    wrong="asnforge batch night.tsv -o out --timeout 0.001",
    right="asnforge batch night.tsv -o out --timeout 600",
)
WORKER_DIED = FindingCode(
    "G304",
    "a worker process crashed",
    "The process that worked on the pool ended unexpectedly at every try. Most often the system was out of memory and killed "
    "it: use fewer processes.",
    wrong="asnforge batch nights -o out -j 64",
    right="asnforge batch nights -o out -j 2",
)
UNEXPECTED = FindingCode(
    "G308",
    "internal error",
    "An error in asnforge itself. Other pools are not affected. Please report it.",
    wrong="asnforge batch night.tsv -o out",
    right="ASNFORGE_DEBUG=1 asnforge generate night.tsv -o out",
)
NAME_NOT_UTF8 = FindingCode(
    "G315",
    "a pool's name cannot be used in an archive",
    "Names in an archive are UTF-8, so that every system can extract it. The folder of a pool has the name of the pool, and "
    "this one has bytes that are not UTF-8. Rename it, or choose another layout, which does not use its name.",
    wrong="asnforge batch $'night\\xff.tsv' --archive all.zip",
    right="asnforge batch night.tsv --archive all.zip",
)

_BUFFER = 1 << 20


def run_task(task: Task, options: BatchOptions, staging: Path | None) -> Outcome:
    """Run a task; every error is an outcome, too.

    Parameters
    ----------
    task : Task
        The task.
    options : BatchOptions
        The options of its batch.
    staging : Path or None
        The existing folder in which a task creates a folder for its files; None for an archive.
    """
    try:
        return _run(task, options, staging)
    except InputError as error:
        return Failed(error.findings)
    except MemoryError:
        return Failed((no_memory(task.path),))
    except OSError as error:
        return Failed((replace(system_error(error), file=error.filename or task.path),))
    except Exception as error:
        return Failed((unexpected(error, task.path),))


def unexpected(error: Exception, path: str) -> Finding:
    """The finding for an error that should not happen."""
    return UNEXPECTED.finding("{type}: {error}", path, type=type(error).__name__, error=" ".join(str(error).split()))


def timed_out(path: str, seconds: float) -> Finding:
    """The finding for a task that was stopped."""
    message, hint = "stopped by --timeout after {seconds} s", "increase it, or leave --timeout out"
    return TIMED_OUT.finding(message, path, hint=hint, seconds=f"{seconds:g}")


def worker_died(path: str, tries: int, hint: str) -> Finding:
    """The finding for a task whose workers crashed each time."""
    return WORKER_DIED.finding("the worker process crashed {tries} times in a row", path, hint=hint, tries=tries)


def _run(task: Task, options: BatchOptions, staging: Path | None) -> Outcome:
    match task:
        case HashTask():
            return PoolHash(_sha256(task.path))
        case ScanTask():
            ruleset = options.generate.ruleset
            partition = find_partition(ruleset)
            if partition is None:
                raise ValueError("a pool that cannot be partitioned is not scanned")
            return scan_range(task.path, task.start, task.stop, partition.column, ruleset, options.generate.delimiter)
        case PoolTask():
            sha256 = _sha256(task.path) if task.with_hash else ""
            try:
                with _without_gc():
                    return replace(_generate(task, options, staging), sha256=sha256)
            except InputError as error:
                return PoolOutput(sha256=sha256, findings=error.findings)


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with refusing_unreadable(path), Path(path).open("rb") as file:
        while data := file.read(_BUFFER):
            digest.update(data)
    return digest.hexdigest()


def _generate(task: PoolTask, options: BatchOptions, staging: Path | None) -> PoolOutput:
    deadline = None if options.timeout is None else monotonic() + options.timeout
    if options.archive is not None and options.layout == "pool":
        _check_encoding(task)
    if task.piece is not None:
        pool = read_piece(task.path, task.piece, options.generate.ruleset, options.generate.delimiter)
        source = PoolInput(task.path, pool)
    else:
        source = read_input(task.path, options.generate)
        pool = source.pool
    _check_time(deadline, task, options)
    with reject_changes(pool.path, pool.state if task.piece is None else None):
        generation = generate_from(source, options.generate, lambda association: _folder(association, task, options))
        check_names(generation.associations, options.output)
        names = [_name(association, task, options) for association in generation.associations]
        if staging is not None:
            check_inputs(names, options.output, (task.path, *rule_files(options.generate)))
            _check_targets(names, options.output)
    output = PoolOutput(
        exposures=generation.exposures,
        orphans=len(generation.orphans),
        associations=len(generation.associations),
        counts=generation.counts,
        findings=generation.notes,
        faults=generation.faults,
        dropped=len(generation.dropped),
    )
    files = zip(names, encode_all(generation.associations, options.output), strict=True)
    if staging is None:
        return replace(output, contents=tuple((name, data) for name, (_, data) in files))
    staged = _TaskFolder(staging, options.output)
    outputs = []
    try:
        for name, (_, data) in files:
            _check_time(deadline, task, options)
            outputs.append(staged.add(name, data))
    except BaseException:
        staged.remove()
        raise
    return replace(output, files=tuple(outputs))


class _TaskFolder:
    """The folder of a task's files inside the staging folder, created for the first file; no other task uses it."""

    def __init__(self, staging: Path, output: Path) -> None:
        self._staging, self._output = staging, output
        self._name = uuid4().hex
        self._count = 0

    def add(self, name: str, data: bytes) -> OutputFile:
        """Stage a file unless the output folder has it already, with the same bytes."""
        target = os.path.join(self._output, name)  # noqa: PTH118
        try:
            before = _status(target)
            if before is not None and before.st_size == len(data) and Path(target).read_bytes() == data:
                return OutputFile(name, before.st_size, before.st_mtime_ns, content_digest(data))
            if not self._count:
                (self._staging / self._name).mkdir()
            staged = f"{self._name}/{self._count}"
            self._count += 1
            mode = stat.S_IMODE(before.st_mode) if before is not None else 0o666
            path = os.path.join(self._staging, staged)  # noqa: PTH118
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
                file.write(data)
                file.flush()
                status = os.fstat(file.fileno())
        except OSError as error:
            raise InputError(cannot_write(target, error)) from error
        return OutputFile(name, status.st_size, status.st_mtime_ns, content_digest(data), staged)

    def remove(self) -> None:
        """Remove the folder and its files."""
        shutil.rmtree(self._staging / self._name, ignore_errors=True)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _check_targets(names: Sequence[str], output: Path) -> None:
    """Reject files if a link, or anything but a regular file, has the name of one of them or of their folder."""
    by_folder: dict[str, list[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        by_folder.setdefault(folder, []).append(file)
    for folder, files in by_folder.items():
        refuse_linked_folders(output / folder, output)
        if (output / folder).is_dir():
            check_writable(output / folder, files)


def _name(association: Association, task: PoolTask, options: BatchOptions) -> str:
    """The path of an association's file below the output folder; `InputError` if a folder cannot have that name."""
    folder = _subfolder(association, task, options)
    return f"{folder}/{association.file_name}" if folder else association.file_name


def _folder(association: Association, task: PoolTask, options: BatchOptions) -> Path:
    """The folder of an association's file; for an archive, the one that extracting it there creates."""
    base = options.output if options.archive is None else options.archive.parent
    return base / _subfolder(association, task, options)


def _subfolder(association: Association, task: PoolTask, options: BatchOptions) -> str:
    match options.layout:
        case "flat":
            return ""
        case "program":
            folder, hint = association.program, "choose another --layout"
            reason = why_not_portable(folder)
        case "pool":
            folder, hint = task.stem, "rename the pool"
            reason = why_not_portable(folder) if options.archive is not None else why_unusable(folder)
    if reason is not None:
        message = "a folder cannot be called {name:quoted}: {reason}"
        raise InputError(UNUSABLE_NAME.finding(message, task.path, hint=hint, name=folder, reason=reason))
    return folder


def _check_encoding(task: PoolTask) -> None:
    try:
        task.stem.encode()
    except UnicodeEncodeError as error:
        message = "the name of the pool is not UTF-8, and names in an archive are"
        hint = "rename the pool, or choose another --layout"
        raise InputError(NAME_NOT_UTF8.finding(message, task.path, hint=hint)) from error


def _check_time(deadline: float | None, task: PoolTask, options: BatchOptions) -> None:
    """Stop a task after its time limit; workers on other machines cannot be stopped from outside."""
    if deadline is not None and options.timeout is not None and monotonic() > deadline:
        raise InputError(timed_out(task.path, options.timeout))


@contextmanager
def _without_gc() -> Iterator[None]:
    """Disable garbage collection, which would visit every association repeatedly and find nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
