"""The options of a batch, and its tasks and their results as values that can be sent to another process or machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asnforge.asnfiles.staging import OutputFile
from asnforge.associations.duplicates import DroppedAssociation
from asnforge.findings import Finding
from asnforge.generation.inputs import GenerateOptions
from asnforge.generation.result import RuleCount
from asnforge.grouping.pool_faults import PoolFaults
from asnforge.pieces.cut_pool import Piece
from asnforge.pieces.partition import DEFAULT_SIZES, CutSizes
from asnforge.pieces.scan import Scan

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
    force : bool
        Also run pools that a previous run completed and that have not changed; without it, they are skipped.
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
    force: bool = False
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
    """Generate the associations of a pool, or of a piece of one."""

    path: str
    stem: str  # the name of the pool's folder in the layout ``pool``
    piece: Piece | None = None  # None for the whole pool
    with_hash: bool = False  # whether to compute the pool's hash as well
    is_small: bool = False  # whether it can be part of a `SmallPoolsTask`


@dataclass(frozen=True, slots=True, eq=False)
class SmallPoolsTask:
    """Generate the associations of several small pools; the result is a `SmallPoolsOutput`."""

    tasks: tuple[PoolTask, ...]

    @property
    def path(self) -> str:
        """The first pool, for problems of the task as a whole."""
        return self.tasks[0].path


@dataclass(frozen=True, slots=True)
class PoolOutput:
    """The result of a `PoolTask`."""

    sha256: str = ""  # if the task requested it
    exposures: int = 0
    orphans: int = 0
    associations: int = 0
    dropped: int = 0  # duplicates
    counts: tuple[RuleCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    # For each rule set, to be joined for all pieces of a pool:
    faults: tuple[PoolFaults, ...] = ()  # of cells and columns
    reported_duplicates: tuple[tuple[DroppedAssociation, ...], ...] = ()
    files: tuple[OutputFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A task without a result."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SmallPoolsOutput:
    """The results of the tasks of a `SmallPoolsTask`."""

    outcomes: tuple[PoolOutput | Failed, ...]


Task = HashTask | ScanTask | PoolTask | SmallPoolsTask
Outcome = PoolHash | Scan | PoolOutput | Failed | SmallPoolsOutput
