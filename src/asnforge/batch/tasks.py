"""What is to be done, as values that can be sent to another process or machine, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from asnforge.batch.claims import Claim
from asnforge.batch.pieces import Piece
from asnforge.batch.scanning import Scan
from asnforge.findings import Finding
from asnforge.generation.engine import RuleCount
from asnforge.generation.files import GenerateOptions
from asnforge.grouping.pool_faults import PoolFaults

Layout = Literal["flat", "program", "pool"]
"""Where files are: all in one folder, in a folder for each programme, or in a folder for each pool."""


@dataclass(frozen=True, slots=True)
class Order:
    """What holds for all jobs of a batch.

    Attributes
    ----------
    settings : GenerateOptions
        How associations are generated.
    output : Path
        The folder of everything that is written.
    layout : {"flat", "program", "pool"}
        Where in it files are.
    archive : bool
        Files are handed back, to be put into an archive, and not written.
    timeout : float or None
        How many seconds a job may take.
    """

    settings: GenerateOptions
    output: Path
    layout: Layout = "pool"
    archive: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A pool to be looked at: its hash and, where asked for, what it claims.

    Attributes
    ----------
    path : str
        The pool.
    claims : bool
        Whether to tell what it claims.
    """

    path: str
    claims: bool


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a pool is.

    Attributes
    ----------
    sha256 : str
        The hash of the file's bytes.
    claim : Claim or None
        What its files are called; None where that was not asked for.
    """

    sha256: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A range of a large pool's bytes to be scanned."""

    path: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A pool, or a piece of one, to generate from.

    Attributes
    ----------
    path : str
        The pool.
    stem : str
        The folder of its own, where pools have one.
    piece : Piece or None
        Which of its rows; None for all.
    """

    path: str
    stem: str
    piece: Piece | None


class FileMade(NamedTuple):
    """A file that was written. There can be very many, and a named tuple is sent to another process ten times as fast.

    Attributes
    ----------
    name : str
        Its path below the output folder, with ``/``.
    size, time : int
        Its bytes, and when it was written, in nanoseconds since 1970.
    digest : str
        A hash of its content, from `content_digest`; empty where it is not known.
    """

    name: str
    size: int
    time: int
    digest: str = ""


def content_digest(data: bytes) -> str:
    """A hash of a file's content, short as the manifest has one for each file: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a unit.

    Attributes
    ----------
    exposures, orphans, associations : int
        How many there are.
    counts : tuple of RuleCount
        What each rule made.
    findings : tuple of Finding
        What is wrong or doubtful.
    faults : PoolFaults
        What is wrong with cells and columns, which is put together for all parts of a pool.
    files : tuple of FileMade
        The files that were written or already as they should be.
    unchanged : int
        How many of them already were.
    contents : tuple of (str, bytes)
        For an archive, the files themselves.
    dropped : int
        How many associations are not made, as they are duplicates.
    """

    exposures: int = 0
    orphans: int = 0
    associations: int = 0
    counts: tuple[RuleCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    faults: PoolFaults = field(default_factory=PoolFaults)
    files: tuple[FileMade, ...] = ()
    unchanged: int = 0
    contents: tuple[tuple[str, bytes], ...] = ()
    dropped: int = 0


Job = Survey | Look | Unit
Result = Surveyed | Scan | Made
