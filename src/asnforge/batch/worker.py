"""Doing a job: the same in this process, in another one, and on another machine."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

from asnforge.asnfiles.portable import UNUSABLE_NAME, not_portable, unusable
from asnforge.asnfiles.write import check_inputs, check_names, encode, make_folder_below
from asnforge.associations.conflicts import BREAKS_SCHEMA
from asnforge.associations.model import Association
from asnforge.atomic import check_writable, write_atomically
from asnforge.batch.claims import Claim
from asnforge.batch.codes import NAME_NOT_UTF8, TOO_LONG
from asnforge.batch.dividing import find_division
from asnforge.batch.pieces import read_piece
from asnforge.batch.scanning import Scan, scan_range
from asnforge.batch.stopping import check_wanted
from asnforge.batch.tasks import FileMade, Job, Look, Made, Order, Result, Survey, Surveyed, Unit, content_digest
from asnforge.findings import Finding, InputError, quoted
from asnforge.generation.files import generate_with, read_with, rule_files
from asnforge.json_schema import is_generated
from asnforge.pool import Pool, read_pool
from asnforge.pool.open import refusing_unreadable

_HASHED_AT_ONCE = 1 << 20


def do(job: Job, order: Order) -> Result:
    """Do a job.

    Raises
    ------
    InputError
        What is wrong with the pool, or why files cannot be written.
    """
    match job:
        case Survey():
            return _survey(job, order)
        case Look():
            return _look(job, order)
        case Unit():
            with _undisturbed():
                return _make(job, order)


def took_too_long(path: str, seconds: float) -> Finding:
    """The finding of a job that was stopped."""
    message, hint = f"stopped after {seconds:g} s, as --timeout asks", "give it more time, or leave --timeout out"
    return Finding(TOO_LONG.code, message, path, hint=hint)


def _survey(job: Survey, order: Order) -> Surveyed:
    digest = hashlib.sha256()
    with refusing_unreadable(job.path), Path(job.path).open("rb") as file:
        while data := file.read(_HASHED_AT_ONCE):
            digest.update(data)
    return Surveyed(digest.hexdigest(), _claim(job.path, order) if job.claims else None)


def _claim(path: str, order: Order) -> Claim:
    """What the files of a pool are called: by their first part or, where that does not tell them apart, by their names."""
    settings = order.settings
    division = find_division(settings.ruleset)
    if division is not None:
        names = settings.ruleset.names_of(division.column)
        pool = read_pool(path, columns=names, delimiter=settings.delimiter, format=settings.pool_format)
        found = settings.ruleset.find_column(division.column, pool.columns)
        column = None if found is None else pool.columns[found]
        parts = [division.of(cell) for cell in column.values] if column is not None else []
        if None not in parts:
            return Claim(starts=frozenset(part for part in parts if part))
    generation = generate_with(settings, read_with(settings, path))
    return Claim(names=frozenset(association.file_name.casefold() for association in generation.associations))


def _look(job: Look, order: Order) -> Scan:
    ruleset = order.settings.ruleset
    division = find_division(ruleset)
    if division is None:
        raise ValueError("a pool that cannot be divided needs no look")
    return scan_range(job.path, job.start, job.stop, division, ruleset, order.settings.delimiter)


def _make(job: Unit, order: Order) -> Made:
    if order.archive and order.layout == "pool":
        _check_folder_name(job)
    deadline = _Deadline(order.timeout)
    settings = order.settings
    pool = _read(job, order)
    deadline.check(job.path)
    generation = generate_with(settings, pool)
    made = Made(
        exposures=generation.exposures,
        orphans=len(generation.orphans),
        associations=len(generation.associations),
        counts=generation.counts,
        findings=generation.notes,
        faults=generation.faults,
        dropped=len(generation.dropped),
    )
    check_names(generation.associations, order.output)
    names = [_place(association, job, order) for association in generation.associations]
    if not order.archive:
        check_inputs(names, order.output, (job.path, *rule_files(settings)))
        _check_places(names, order)
    files: list[FileMade] = []
    contents: list[tuple[str, bytes]] = []
    unchanged = 0
    for name, association in zip(names, generation.associations, strict=True):
        check_wanted()
        deadline.check(job.path)
        data = _encoded(association)
        if order.archive:
            contents.append((name, data))
        else:
            path = os.path.join(order.output, name)  # noqa: PTH118
            unchanged += not write_atomically(path, data)
            status = os.stat(path)  # noqa: PTH116
            files.append(FileMade(name, status.st_size, status.st_mtime_ns, content_digest(data)))
    return replace(made, files=tuple(files), unchanged=unchanged, contents=tuple(contents))


def _check_places(names: Sequence[str], order: Order) -> None:
    """Make the folders of files; `InputError` where something else is in the place of a folder or file."""
    by_folder: dict[str, list[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        by_folder.setdefault(folder, []).append(file)
    for folder, files in by_folder.items():
        make_folder_below(order.output / folder, order.output)
        check_writable(order.output / folder, files)


def _read(job: Unit, order: Order) -> Pool:
    settings = order.settings
    if job.piece is not None:
        return read_piece(job.path, job.piece, settings.ruleset, settings.delimiter)
    return read_with(settings, job.path)


def _encoded(association: Association) -> bytes:
    data = encode(association)
    if not is_generated(data):
        message = f"the association {association.file_name} does not pass the schema"
        raise InputError(Finding(BREAKS_SCHEMA.code, message, association.asn_pool))
    return data


def _place(association: Association, job: Unit, order: Order) -> str:
    """Where below the output folder the file of an association is.

    Raises
    ------
    InputError
        A folder or, in an archive, the file cannot have that name.
    """
    match order.layout:
        case "flat":
            folder = ""
        case "program":
            folder = association.program
            _check_folder(folder, not_portable(folder), job.path, "choose another --layout")
        case "pool":
            folder = job.stem
            reason = not_portable(folder) if order.archive else unusable(folder)
            _check_folder(folder, reason, job.path, "rename the pool")
    return f"{folder}/{association.file_name}" if folder else association.file_name


def _check_folder(folder: str, reason: str | None, pool: str, hint: str) -> None:
    if reason is not None:
        message = f"a folder cannot be called {quoted(folder)}: {reason}"
        raise InputError(Finding(UNUSABLE_NAME.code, message, pool, hint=hint))


def _check_folder_name(job: Unit) -> None:
    """Reject a pool whose folder can have no name in an archive."""
    try:
        job.stem.encode()
    except UnicodeEncodeError as error:
        message = "the name of the pool is not UTF-8, and names in an archive are"
        hint = "rename the pool, or choose another --layout"
        raise InputError(Finding(NAME_NOT_UTF8.code, message, job.path, hint=hint)) from error


class _Deadline:
    """When a job has taken too long. Workers on other machines cannot be stopped from here: they look at the clock."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._began = monotonic()

    def check(self, path: str) -> None:
        """Stop the job where its time is over."""
        if self._seconds is not None and monotonic() - self._began > self._seconds:
            raise InputError(took_too_long(path, self._seconds))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the search for cycles of objects, which finds none and looks at every association again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
