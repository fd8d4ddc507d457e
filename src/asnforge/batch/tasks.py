"""The options of a batch, and its tasks and their results as values that can be sent to another process or machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from asnforge.batch.partition import DEFAULT_SIZES, CutSizes, Piece
from asnforge.batch.scan import Scan
from asnforge.findings import Finding
from asnforge.generation.engine import RuleCount
from asnforge.generation.files import GenerateOptions
from asnforge.grouping.pool_faults import PoolFaults

Layout = Literal["flat", "program", "pool"]
"""All files in one folder, in a folder for each program, or in a folder for each pool."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is run.

    Attributes
    ----------
    generate : GenerateOptions
        How associations are generated.
    output : Path
        The output folder.
    layout : {"flat", "program", "pool"}
        The folders of files inside the output folder or the archive.
    archive : Path or None
        The archive that is written instead of the output folder.
    timeout : float or None
        The time limit of a task in seconds.
    processes : int
        The number of worker processes.
    scheduler : str or None
        The address of a Dask scheduler, whose workers are used instead.
    resume : bool
        Skip pools that a previous run completed and that have not changed.
    fail_fast : bool
        Stop at the first failure.
    sizes : CutSizes
        The sizes at which pools are cut.
    """

    generate: GenerateOptions
    output: Path
    layout: Layout = "pool"
    archive: Path | None = None
    timeout: float | None = None
    processes: int = 1
    scheduler: str | None = None
    resume: bool = False
    fail_fast: bool = False
    sizes: CutSizes = DEFAULT_SIZES


@dataclass(frozen=True, slots=True)
class HashTask:
    """Compute the hash of a pool's bytes."""

    path: str


@dataclass(frozen=True, slots=True)
class PoolHash:
    """The SHA-256 of a pool's bytes, in hexadecimal digits."""

    sha256: str


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Scan a range of the bytes of a large pool; the result is a `Scan`."""

    path: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class PoolTask:
    """Generate the associations of a pool, or of a piece of one.

    Attributes
    ----------
    path : str
        The pool.
    stem : str
        The pool's own folder in the layout ``pool``.
    piece : Piece or None
        The rows to read; None for all.
    with_hash : bool
        Whether to compute the pool's hash as well.
    """

    path: str
    stem: str
    piece: Piece | None = None
    with_hash: bool = False


class OutputFile(NamedTuple):
    """An association file. There can be very many, and a named tuple is pickled ten times as fast as a dataclass.

    Attributes
    ----------
    name : str
        Its path below the output folder, with ``/``.
    size, time : int
        Its bytes, and when it was written, in nanoseconds since 1970.
    digest : str
        The `content_digest` of its bytes; empty if unknown.
    staged : str
        Its path below the staging folder; empty if the output folder has it already, with the same bytes.
    """

    name: str
    size: int
    time: int
    digest: str = ""
    staged: str = ""


def content_digest(data: bytes) -> str:
    """A short hash of a file's content, as the manifest has one for each file: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PoolOutput:
    """The result of a `PoolTask`.

    Attributes
    ----------
    sha256 : str
        The hash of the pool if the task requested it.
    exposures, orphans, associations : int
        Their numbers.
    counts : tuple of RuleCount
        The counts of each rule.
    findings : tuple of Finding
        The findings; an error means that there are no files.
    faults : PoolFaults
        The problems of cells and columns, which are merged for all pieces of a pool.
    files : tuple of OutputFile
        The files; none for an archive.
    contents : tuple of (str, bytes)
        For an archive, the names and bytes of files.
    dropped : int
        The number of duplicates that were dropped.
    """

    sha256: str = ""
    exposures: int = 0
    orphans: int = 0
    associations: int = 0
    counts: tuple[RuleCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    faults: PoolFaults = field(default_factory=PoolFaults)
    files: tuple[OutputFile, ...] = ()
    contents: tuple[tuple[str, bytes], ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A task without a result."""

    findings: tuple[Finding, ...]


Task = HashTask | ScanTask | PoolTask
Outcome = PoolHash | Scan | PoolOutput | Failed
