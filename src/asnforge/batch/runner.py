"""One batch from the first pool to the last: what to do next, and what has become of each pool."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter

from asnforge.asnfiles.portable import MANIFEST
from asnforge.batch import codes
from asnforge.batch.claims import Claim, Claims
from asnforge.batch.cutting import Cut, cut
from asnforge.batch.dividing import Division, find_division
from asnforge.batch.executors import Crew, Failed, Outcome
from asnforge.batch.pool_state import PoolState, changes, refuse_pipe
from asnforge.batch.scanning import Scan
from asnforge.batch.starting import LARGE
from asnforge.batch.tasks import Job, Look, Made, Order, Survey, Surveyed, Unit
from asnforge.findings import Finding, InputError
from asnforge.generation.files import pool_stem
from asnforge.pool import cut_ranges
from asnforge.pool.file_state import file_state
from asnforge.pool.header import read_header
from asnforge.pool.open import find_source
from asnforge.rules.templates import file_name_key

_LOOK = 32 << 20
"""How many bytes of a large pool are scanned in one job."""


class Conductor:
    """Hands jobs to a crew and puts their outcomes together.

    Parameters
    ----------
    pools : sequence of str
        The pools, in order.
    order : Order
        What holds for all jobs.
    crew : Crew
        Who does them.
    may_be_done : callable
        Given a pool's name, whether its hash may show that it need not be done: until then it is not looked into.
    is_done : callable
        Given a pool with its hash, its files where it need not be done.
    others : mapping of str to sequence of str
        The files of pools of earlier batches into the same folder.
    told : callable
        Told of each unit that is done: its pool, its number there and what came of it; answers with what to keep of that.
    """

    def __init__(
        self,
        pools: Sequence[str],
        order: Order,
        crew: Crew,
        may_be_done: Callable[[str], bool],
        is_done: Callable[[PoolState], tuple[str, ...] | None],
        others: Mapping[str, Sequence[str]],
        told: Callable[[PoolState, int, Made], Made],
    ) -> None:
        self._order = order
        self._crew = crew
        self._may_be_done = may_be_done
        self._is_done = is_done
        self._told = told
        self._division = _division(order)
        self._waiting = deque(PoolState(path, pool_stem(path)) for path in pools)
        self._has_claims = order.layout != "pool" and (len(pools) > 1 or bool(others))
        self._begun: deque[PoolState] = deque()
        self._tickets: dict[int, tuple[PoolState, int]] = {}
        self._next = 0
        self._claims = Claims()
        self._claims.add(Claim(starts=frozenset((MANIFEST,))), "the manifest")
        self._earlier = frozenset(others)
        for pool, files in others.items():
            self._claims.add(self._claim_of_files(files), pool)

    def run(self) -> Iterator[PoolState]:
        """Each pool when it is done, in no certain order but for skipped ones; its `made` is empty where it was skipped."""
        while self._waiting or self._begun or self._tickets:
            while self._waiting and len(self._tickets) < 2 * self._crew.width:
                self._begin(self._waiting.popleft())
            yield from self._clear()
            for ticket, outcome in self._crew.wait():
                state, place = self._tickets.pop(ticket)
                state.open -= 1
                self._take(state, place, outcome)
                if state.made and not state.open:
                    state.findings += changes(state)
                    yield state

    def _submit(self, state: PoolState, place: int, job: Job) -> None:
        self._tickets[self._next] = state, place
        state.open += 1
        self._crew.submit(self._next, job)
        self._next += 1

    def _begin(self, state: PoolState) -> None:
        """Have a pool looked at."""
        state.began = perf_counter()
        self._begun.append(state)
        try:
            status = os.stat(state.path)  # noqa: PTH116
            refuse_pipe(state.path, status)
            state.size, state.file = status.st_size, file_state(status)
            ranges = self._ranges(state)
            state.ranges = ranges if self._may_be_done(state.path) else ()
        except InputError as refused:
            state.findings += refused.findings
            return
        except (OSError, ValueError):
            ranges = ()
        self._submit(state, -1, Survey(state.path, self._has_claims and not ranges))
        if not state.ranges:
            self._look(state, ranges)

    def _look(self, state: PoolState, ranges: Sequence[tuple[int, int]]) -> None:
        """Have the ranges of a large pool scanned."""
        state.ranges, state.scans = (), [None] * len(ranges)
        for place, (start, stop) in enumerate(ranges):
            self._submit(state, place, Look(state.path, start, stop))

    def _ranges(self, state: PoolState) -> tuple[tuple[int, int], ...]:
        """The ranges of a large pool that can be cut; none of any other."""
        settings = self._order.settings
        if state.size < LARGE or self._division is None or settings.pool_format:
            return ()
        ranges = cut_ranges(state.path, -(-state.size // _LOOK), delimiter=settings.delimiter)
        if not ranges:
            return ()
        with find_source(state.path).open() as stream:
            header = read_header(stream, file=state.path, delimiter=settings.delimiter)
        state.header_line = header.line
        names, ruleset = {name.casefold() for name in header.names}, settings.ruleset
        needed = (self._division.column, ruleset.members.file_name)
        return ranges if all(ruleset.find_column(name, names) for name in needed) else ()

    def _take(self, state: PoolState, place: int, outcome: Outcome) -> None:
        match outcome:
            case Failed():
                state.findings += outcome.findings
            case Surveyed():
                state.surveyed = outcome
                state.known = self._is_done(state)
            case Scan():
                state.scans[place] = outcome
            case Made():
                state.made[place] = self._told(state, place, outcome)

    def _clear(self) -> Iterator[PoolState]:
        """Have pools worked on that have been looked at, in their order, so that the first of two that clash stays."""
        while self._begun and not self._begun[0].open:
            state = self._begun[0]
            if state.ranges and not state.failed and not state.skipped:
                self._look(state, state.ranges)
                return
            cutting = self._cut(state)
            if cutting is None and self._lacks_claim(state):
                self._submit(state, -1, Survey(state.path, claims=True))
                return
            self._begun.popleft()
            if self._clashes(state, cutting) or state.failed or state.skipped:
                yield state
                continue
            pieces = cutting.pieces if cutting is not None else (None,)
            for place, piece in enumerate(pieces):
                state.made.append(None)
                self._submit(state, place, Unit(state.path, state.stem, piece))

    def _cut(self, state: PoolState) -> Cut | None:
        scans = [scan for scan in state.scans if scan is not None]
        state.scans = []
        if state.failed or not scans or self._division is None:
            return None
        cutting = cut(scans, self._division, header_line=state.header_line)
        if cutting is None or not cutting.pieces:
            return None
        state.findings += cutting.findings
        state.faulty = cutting.faulty
        return cutting

    def _lacks_claim(self, state: PoolState) -> bool:
        """Whether it is not known yet what a pool claims, as it was to be cut and cannot be."""
        asked = state.surveyed is None or state.surveyed.claim is not None
        return self._has_claims and not asked and not state.failed and not state.skipped

    def _clashes(self, state: PoolState, cutting: Cut | None) -> bool:
        """Whether an earlier pool makes files of the same names."""
        claim = self._claim(state, cutting)
        other = self._claims.owner(claim)
        self._claims.add(claim, state.path)
        if other is None:
            return False
        hint = "--layout pool keeps them apart" if self._order.layout != "pool" else "rename one of them"
        if other in self._earlier:
            hint = f"choose another folder, or take the line of {other} out of {MANIFEST}"
        message = f"its files would have the names of those of {other}"
        state.findings.append(Finding(codes.SAME_FILES.code, message, state.path, hint=hint))
        return True

    def _claim(self, state: PoolState, cutting: Cut | None) -> Claim:
        if self._order.layout == "pool":
            return Claim(starts=frozenset((file_name_key(state.stem),)))
        if state.known is not None:
            return self._claim_of_files(state.known)
        if cutting is not None:
            return cutting.claim
        return (state.surveyed.claim if state.surveyed is not None else None) or Claim()

    def _claim_of_files(self, files: Sequence[str]) -> Claim:
        """What a pool claims whose files are there."""
        if self._order.layout == "pool":
            return Claim(starts=frozenset(file_name_key(name.split("/")[0]) for name in files if "/" in name))
        return Claim(names=frozenset(name.rpartition("/")[2].casefold() for name in files))


def _division(order: Order) -> Division | None:
    """How pools can be cut; None where chosen ids or merging look at the pool as a whole."""
    settings = order.settings
    return None if settings.choice.ids or settings.merge else find_division(settings.ruleset)
