"""The runner of a batch, which decides which task is next and when files are published."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Literal, Protocol

from asnforge.asnfiles.staging import OutputFile
from asnforge.batch.executors import MOST_JOINED, Executor
from asnforge.batch.file_owners import FileOwners
from asnforge.batch.small_pools import SMALL
from asnforge.batch.tasks import (
    BatchOptions,
    Failed,
    HashTask,
    Outcome,
    PoolHash,
    PoolOutput,
    PoolTask,
    ScanTask,
    Task,
)
from asnforge.findings import Finding, InputError
from asnforge.generation.files import pool_stem
from asnforge.pieces.cut_file import find_ranges
from asnforge.pieces.cut_pool import Cut, Piece, cut_pool
from asnforge.pieces.partition import find_partitions
from asnforge.pieces.scan import Scan
from asnforge.pool.file_state import FileState, changed_finding, file_state, has_changed
from asnforge.pool.open import pool_name, refuse_special_file

ProgressCallback = Callable[[str, int, int], None]
"""Called with a pool and the numbers of exposures and bytes that were completed since the last call."""


@dataclass(slots=True)
class PoolState:
    """The progress of a pool; `stem` is the name of its folder in the layout ``pool``."""

    path: str
    stem: str
    size: int = 0  # bytes
    started: float = 0.0  # seconds of `perf_counter`
    file: FileState | None = None  # the state of the file when the pool was started
    stage: Literal["hash", "scan", "generate", "done"] = "hash"  # the kind of its tasks
    open: int = 0  # the number of tasks that are not done
    sha256: str = ""
    skipped_files: tuple[str, ...] | None = None  # the existing files if a previous run has processed it
    header_line: int = 1
    scans: list[Scan | None] = field(default_factory=list)  # the ranges of a large pool, None until done
    malformed: int = 0  # malformed lines of a large pool
    outputs: list[PoolOutput | None] = field(
        default_factory=list
    )  # its pieces, None until done; emptied when published
    published: int = 0  # outputs published in order
    files: list[OutputFile] = field(default_factory=list)  # the published files
    findings: list[Finding] = field(default_factory=list)  # except those of outputs

    @property
    def skipped(self) -> bool:
        """Whether the pool is skipped, because a previous run has processed it."""
        return self.skipped_files is not None

    @property
    def failed(self) -> bool:
        """Whether something could not be done, for the pool or for some of its associations."""
        outputs = (finding for output in self.outputs if output is not None for finding in output.findings)
        return any(finding.severity == "error" for finding in (*self.findings, *outputs))


class History(Protocol):
    """The results of previous runs."""

    def may_be_done(self, path: str) -> bool:
        """Whether a previous run may have processed a pool; its hash shows whether it has."""

    def files_if_done(self, path: str, sha256: str) -> tuple[str, ...] | None:
        """The files of a pool with this hash if a previous run has processed it and nothing has changed; else None."""

    def other_files(self) -> Mapping[str, Sequence[str]]:
        """The files of existing pools that are not in this batch, by pool."""

    def publishing(self, path: str, files: Sequence[OutputFile]) -> None:
        """Note files of a pool that are about to be published."""


class Target(Protocol):
    """The place where files are published."""

    def publish(self, files: Sequence[OutputFile]) -> Iterable[OutputFile]:
        """Publish files, and return each of them."""

    def discard(self, files: Sequence[OutputFile]) -> None:
        """Remove files that are not published."""


class BatchRunner:
    """Gives tasks to an executor and publishes their outputs.

    Files are published as soon as they are ready if no other pool can have files of the same names; else in the order of the
    pools, so that the first pool gets a name with any number of workers.

    Parameters
    ----------
    pools : sequence of str
        The pools, in order.
    options, executor, history
        The options of the batch, what runs its tasks, and the results of previous runs.
    target : Target
        The place where files are published.
    on_progress : callable or None
        Called after each piece and pool.
    """

    def __init__(
        self,
        pools: Sequence[str],
        options: BatchOptions,
        executor: Executor,
        history: History,
        target: Target,
        on_progress: ProgressCallback | None,
    ) -> None:
        self._options, self._executor, self._history = options, executor, history
        self._target, self._on_progress = target, on_progress
        generate = options.generate
        # Whether a chosen id or a value of a condition is in the pool is known too late if some pieces are published already.
        as_a_whole = generate.choice.ids or generate.where or generate.merge
        self._partitions = None if as_a_whole else find_partitions(generate.rulesets)
        self._queue = deque(PoolState(path, self._stem(path)) for path in pools)
        self._active: deque[PoolState] = deque()
        self._tasks: dict[int, tuple[PoolState, int, bool]] = {}  # with whether it is that of a small pool
        self._small = 0
        self._next_id = 0
        others = history.other_files()
        self._owners = FileOwners(options.layout, others)
        self._may_collide = options.layout != "pool" and (len(pools) > 1 or bool(others))
        self._in_order = self._may_collide or options.archive is not None

    def run(self) -> Iterator[PoolState]:
        """Each pool when it is done and published."""
        while self._queue or self._active or self._tasks:
            while self._queue and len(self._tasks) - self._small + self._small / MOST_JOINED < 2 * self._executor.slots:
                self._start(self._queue.popleft())
            for task_id, outcome in self._executor.wait():
                state, index, is_small = self._tasks.pop(task_id)
                self._small -= is_small
                state.open -= 1
                self._receive(state, index, outcome)
                if not state.open:
                    self._advance(state)
            yield from self._publish()

    def _stem(self, pool: str) -> str:
        """The name of a pool's folder; the folder of FITS files has it already."""
        return pool_name(pool) if self._options.generate.is_from_fits(pool) else pool_stem(pool)

    def _submit(self, state: PoolState, index: int, task: Task) -> None:
        is_small = isinstance(task, PoolTask) and task.is_small
        self._tasks[self._next_id] = state, index, is_small
        self._small += is_small
        state.open += 1
        self._executor.submit(self._next_id, task)
        self._next_id += 1

    def _start(self, state: PoolState) -> None:
        generate = self._options.generate
        state.started = perf_counter()
        self._active.append(state)
        try:
            if self._options.layout == "pool":
                self._owners.claim(state.path, [state.stem])
            if not generate.is_from_fits(state.path):
                refuse_special_file(state.path)
                status = os.stat(state.path)  # noqa: PTH116
                state.size, state.file = status.st_size, file_state(status)
        except InputError as error:
            self._fail(state, error.findings)
        except (OSError, ValueError):
            self._generate(state)  # the task reports why it cannot be read
        else:
            if self._history.may_be_done(state.path):
                self._submit(state, 0, HashTask(state.path))
            else:
                self._scan_or_generate(state)

    def _fail(self, state: PoolState, findings: Iterable[Finding]) -> None:
        state.findings += findings
        state.stage = "done"

    def _scan_or_generate(self, state: PoolState) -> None:
        try:
            ranges = self._ranges(state)
        except InputError as error:
            self._fail(state, error.findings)
            return
        if not ranges:
            self._generate(state)
            return
        state.stage = "scan"
        state.scans = [None] * len(ranges)
        for index, (start, stop) in enumerate(ranges):
            self._submit(state, index, ScanTask(state.path, start, stop))
            if not index and not state.sha256:
                self._submit(state, 0, HashTask(state.path))

    def _ranges(self, state: PoolState) -> tuple[tuple[int, int], ...]:
        """The ranges of a large pool that can be cut; none of any other."""
        generate = self._options.generate
        if generate.is_from_fits(state.path) or self._partitions is None or not generate.is_text:
            return ()
        found = find_ranges(state.path, state.size, self._partitions, generate.text_delimiter, self._options.sizes)
        if found is None:
            return ()
        state.header_line = found.header_line
        return found.ranges

    def _generate(self, state: PoolState, pieces: Sequence[Piece | None] = (None,)) -> None:
        state.stage = "generate"
        state.outputs = [None] * len(pieces)
        # The time limit is that of one pool, and so is the failure that a batch may stop at.
        is_alone = self._options.timeout is not None or self._options.fail_fast
        is_small = not is_alone and state.file is not None and state.size <= SMALL
        for index, piece in enumerate(pieces):
            with_hash = piece is None and not state.sha256
            self._submit(state, index, PoolTask(state.path, state.stem, piece, with_hash, is_small and piece is None))

    def _receive(self, state: PoolState, index: int, outcome: Outcome) -> None:
        match outcome:
            case Failed():
                state.findings += outcome.findings
            case PoolHash():
                state.sha256 = outcome.sha256
            case Scan():
                state.scans[index] = outcome
            case PoolOutput():
                state.sha256 = state.sha256 or outcome.sha256
                state.outputs[index] = outcome
                if self._on_progress is not None:
                    self._on_progress(state.path, outcome.exposures, state.size // len(state.outputs))

    def _advance(self, state: PoolState) -> None:
        """Continue with a pool whose tasks are done."""
        if state.stage == "hash" and not state.failed:
            state.skipped_files = self._history.files_if_done(state.path, state.sha256)
            if not state.skipped:
                self._scan_or_generate(state)
                return
        elif state.stage == "scan" and not state.failed:
            cut = self._cut(state)
            if cut is not None and cut.pieces:
                state.findings += cut.findings
                state.malformed = len(cut.findings)
                self._generate(state, cut.pieces)
            else:
                self._generate(state)
            return
        elif state.stage == "generate" and not state.failed and state.file is not None:
            state.findings += [changed_finding(state.path)] if has_changed(state.path, state.file) else []
        state.stage = "done"

    def _cut(self, state: PoolState) -> Cut | None:
        scans = [scan for scan in state.scans if scan is not None]
        state.scans = []
        if self._partitions is None:
            return None
        return cut_pool(scans, self._partitions, header_line=state.header_line, rows=self._options.sizes.rows)

    def _publish(self) -> Iterator[PoolState]:
        """Publish the outputs that are ready, and yield the pools that are done."""
        while self._active:
            ready = [self._active[0]] if self._in_order else [*self._active]
            for state in ready:
                self._publish_pool(state)
            done = [state for state in ready if state.stage == "done"]
            for state in done:
                self._active.remove(state)
                if self._on_progress is not None and not any(state.outputs):
                    self._on_progress(state.path, 0, state.size)
                yield state
            if not done or not self._in_order:
                return

    def _publish_pool(self, state: PoolState) -> None:
        """Publish outputs of a pool: all at once if names may collide, else as they are ready; in an archive, in order."""
        if self._may_collide:
            if state.stage != "done":
                return
            names = (file.name for output in state.outputs if output is not None for file in output.files)
            try:
                self._owners.claim(state.path, state.skipped_files or names)
            except InputError as error:
                for refused in state.outputs:
                    if refused is not None:
                        self._target.discard(refused.files)
                state.outputs, state.skipped_files = [], None
                state.findings = [*error.findings]
                return
        for index in range(state.published, len(state.outputs)):
            output = state.outputs[index]
            if output is not None and output.files:
                self._publish_one(state, index, output)
            elif output is None and state.stage != "done" and self._in_order:
                return
            if index == state.published and output is not None:
                state.published += 1

    def _publish_one(self, state: PoolState, index: int, output: PoolOutput) -> None:
        state.outputs[index] = replace(output, files=())
        try:
            self._history.publishing(state.path, output.files)
            state.files.extend(self._target.publish(output.files))  # also those before an error
        except InputError as error:
            if self._options.archive is not None:
                raise
            self._target.discard(output.files)
            state.findings += error.findings
            state.outputs[index] = None
