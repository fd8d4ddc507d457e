"""What has become so far of a pool of a batch."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field

from asnforge.batch import codes
from asnforge.batch.scanning import Scan
from asnforge.batch.tasks import Made, Surveyed
from asnforge.findings import Finding, InputError
from asnforge.pool.file_state import FileState, changed, has_changed


@dataclass(slots=True)
class PoolState:
    """What is known so far of a pool.

    Attributes
    ----------
    path, stem : str
        The pool, and the folder of its own where pools have one.
    size : int
        Its bytes.
    began : float
        When it was begun, in seconds of the clock that `perf_counter` reads.
    surveyed : Surveyed or None
        Its hash and what it claims.
    ranges : sequence of (int, int)
        The ranges of a large pool that are to be scanned once its hash is known, if then at all.
    scans : list of Scan or None
        The ranges of a large pool, None for each that is still being scanned; empty for another.
    header_line : int
        The header's line, in a large pool.
    made : list of Made or None
        Its units, None for each that is not done.
    findings : list of Finding
        What is wrong with it so far, units aside.
    faulty : int
        How many lines of a large pool are no rows.
    open : int
        How many of its jobs are not done.
    file : tuple of int or None
        The state of its file when it was begun; None where that is not known.
    known : tuple of str or None
        The files that are there already, where it need not be done.
    """

    path: str
    stem: str
    size: int = 0
    began: float = 0.0
    surveyed: Surveyed | None = None
    ranges: Sequence[tuple[int, int]] = ()
    scans: list[Scan | None] = field(default_factory=list)
    header_line: int = 1
    made: list[Made | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    faulty: int = 0
    open: int = 0
    file: FileState | None = None
    known: tuple[str, ...] | None = None

    @property
    def skipped(self) -> bool:
        """Whether it need not be done."""
        return self.known is not None

    @property
    def failed(self) -> bool:
        """Whether something could not be done, for the pool or for some of its associations."""
        made = (finding for each in self.made if each is not None for finding in each.findings)
        return any(finding.severity == "error" for finding in (*self.findings, *made))


def changes(state: PoolState) -> list[Finding]:
    """An error where the file of a pool has changed since the pool was begun."""
    if state.failed or state.file is None or not has_changed(state.path, state.file):
        return []
    return [changed(state.path)]


def refuse_pipe(path: str, status: os.stat_result) -> None:
    """Refuse what can be read only once, as a batch reads a pool several times; `InputError`."""
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        message, hint = (
            "a batch reads files alone, as it reads them twice",
            "save it to a file, or use asnforge generate",
        )
        raise InputError(Finding(codes.NO_FILE.code, message, path, hint=hint))
