"""Run a task, in this process, in another one or on another machine."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TypeVar
from uuid import uuid4

from asnforge.asnfiles.association_text import encode_all
from asnforge.asnfiles.output_checks import check_names, check_replaced
from asnforge.asnfiles.portable import UNUSABLE_NAME, why_not_portable, why_unusable
from asnforge.asnfiles.staging import OutputFile, stage
from asnforge.associations.model import Association
from asnforge.batch.small_pools import Joined, generate_joined
from asnforge.batch.tasks import (
    BatchOptions,
    Failed,
    HashTask,
    Outcome,
    PoolHash,
    PoolOutput,
    PoolTask,
    ScanTask,
    SmallPoolsOutput,
    SmallPoolsTask,
    Task,
)
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.generation.files import rule_files
from asnforge.generation.inputs import PoolInput, columns_needed, read_inputs
from asnforge.generation.result import ordered_findings
from asnforge.generation.rulesets_together import generate_together
from asnforge.generation.run_summary import notes_of_piece, reported_duplicates
from asnforge.pieces.cut_pool import read_piece
from asnforge.pieces.partition import columns_of_parts, find_partitions
from asnforge.pieces.scan import Scan, scan_range
from asnforge.pool.file_state import reject_changes
from asnforge.pool.open import refusing_unreadable
from asnforge.system_errors import no_memory, system_error

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

_Result = TypeVar("_Result", bound=Outcome)


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
    if isinstance(task, SmallPoolsTask):
        return SmallPoolsOutput(tuple(_run_small_pools(task.tasks, options, staging)))
    return _outcome(task, lambda: _run(task, options, staging))


def _outcome(task: Task, run: Callable[[], _Result]) -> _Result | Failed:
    """The result of running a task, or why there is none."""
    try:
        return run()
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


def _run_small_pools(
    tasks: Sequence[PoolTask], options: BatchOptions, staging: Path | None
) -> Iterator[PoolOutput | Failed]:
    """Run tasks of small pools together, and those that cannot be by themselves."""
    with _without_gc():
        try:
            joined = generate_joined(tasks, options.generate)
        except Exception:  # the task by itself shows which pool is the cause, if it is one of them
            joined = {}
        for index, task in enumerate(tasks):
            result = joined.pop(index, None)
            if result is None:
                yield _outcome(task, partial(_run_pool, task, options, staging))
            else:
                yield _outcome(task, partial(_write_joined, result, task, options, staging))


def _write_joined(result: Joined, task: PoolTask, options: BatchOptions, staging: Path | None) -> PoolOutput:
    try:
        return replace(result.output, files=_write(result.associations, task, None, options, staging))
    except InputError as error:
        return PoolOutput(sha256=result.output.sha256, findings=error.findings)


def _run(
    task: HashTask | ScanTask | PoolTask, options: BatchOptions, staging: Path | None
) -> PoolHash | Scan | PoolOutput:
    match task:
        case HashTask():
            if options.generate.is_from_fits(task.path):
                return PoolHash(_fits_digest(read_inputs(task.path, options.generate), options))
            return PoolHash(_sha256(task.path))
        case ScanTask():
            partitions = find_partitions(options.generate.rulesets)
            if partitions is None:
                raise ValueError("a pool that cannot be partitioned is not scanned")
            columns = columns_of_parts(partitions)
            return scan_range(task.path, task.start, task.stop, columns, options.generate.text_delimiter)
        case PoolTask():
            return _run_pool(task, options, staging)


def _run_pool(task: PoolTask, options: BatchOptions, staging: Path | None) -> PoolOutput:
    is_file = not options.generate.is_from_fits(task.path)
    sha256 = _sha256(task.path) if task.with_hash and is_file else ""
    try:
        with _without_gc():
            output = _generate(task, options, staging)
            return replace(output, sha256=sha256 or output.sha256)
    except InputError as error:
        return PoolOutput(sha256=sha256, findings=error.findings)


def _fits_digest(sources: Sequence[PoolInput], options: BatchOptions) -> str:
    """A hash of FITS files as all rule sets read them; empty for a table."""
    from asnforge.batch.fingerprint import digest, fits_digest

    files, pools = options.generate.fits, [source.fits for source in sources if source.fits is not None]
    if files is None or not pools:
        return ""
    digests = [fits_digest(pool, files.paths_of_members, options.output) for pool in pools]
    return digests[0] if len(digests) == 1 else digest(digests)


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with refusing_unreadable(path), Path(path).open("rb") as file:
        while data := file.read(_BUFFER):
            digest.update(data)
    return digest.hexdigest()


def _generate(task: PoolTask, options: BatchOptions, staging: Path | None) -> PoolOutput:
    deadline = None if options.timeout is None else monotonic() + options.timeout
    if task.piece is not None:
        pool = read_piece(task.path, task.piece, columns_needed(options.generate), options.generate.text_delimiter)
        sources = (PoolInput(task.path, pool),) * len(options.generate.rulesets)
    else:
        sources = read_inputs(task.path, options.generate)
        pool = sources[0].pool
    _check_time(deadline, task, options)
    with reject_changes(pool.path, pool.state if task.piece is None else None):
        together = generate_together(sources, options.generate, lambda association: _folder(association, task, options))
    generation = together.whole
    notes = chain.from_iterable(map(notes_of_piece, together.parts))
    return PoolOutput(
        sha256=_fits_digest(sources, options),
        exposures=generation.exposures,
        orphans=len(generation.orphans),
        associations=len(generation.associations),
        counts=generation.counts,
        findings=ordered_findings((*notes, *together.conflicts)),
        faults=tuple(part.faults for part in together.parts),
        reported_duplicates=tuple(map(reported_duplicates, together.parts, options.generate.rulesets)),
        dropped=len(generation.dropped),
        files=_write(generation.associations, task, deadline, options, staging),
    )


def _write(
    associations: Sequence[Association],
    task: PoolTask,
    deadline: float | None,
    options: BatchOptions,
    staging: Path | None,
) -> tuple[OutputFile, ...]:
    """Write the files of a pool to the staging folder; without one, they are in memory."""
    if options.archive is not None and options.layout == "pool":
        _check_encoding(task)
    check_names(associations, options.output)
    names = [_name(association, task, options) for association in associations]
    contents = _encode(associations, names, deadline, task, options)
    if staging is None:
        return tuple(OutputFile(name, len(data), data=data) for name, data in contents)
    check_replaced(names, options.output, (task.path, *_rule_files(options.generate.rule_paths, os.getcwd())))  # noqa: PTH109
    return stage(contents, staging, uuid4().hex, options.output, with_digests=True)


@lru_cache(maxsize=4)
def _rule_files(rule_paths: tuple[str, ...], _here: str) -> tuple[str, ...]:
    """The rule files, which are the same for all pools of a batch."""
    return tuple(map(str, rule_files(rule_paths)))


def _encode(
    associations: Sequence[Association],
    names: Sequence[str],
    deadline: float | None,
    task: PoolTask,
    options: BatchOptions,
) -> Iterator[tuple[str, bytes]]:
    for name, (_, data) in zip(names, encode_all(associations, options.output), strict=True):
        _check_time(deadline, task, options)
        yield name, data


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
