"""A batch: pools in, associations of all of them out, and a record of each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from asnforge.asnfiles.write import unexpected_files
from asnforge.batch import codes
from asnforge.batch.archive import Archive
from asnforge.batch.cluster import Cluster
from asnforge.batch.executors import Alone, Crew
from asnforge.batch.filing import Filing
from asnforge.batch.fingerprint import digest, ruleset_digest
from asnforge.batch.lock import taken
from asnforge.batch.manifest import DONE, FAILED, NOT_RUN, Manifest, Record, state_of, still_there
from asnforge.batch.pool_state import PoolState
from asnforge.batch.processes import Processes
from asnforge.batch.runner import Conductor
from asnforge.batch.stale import remove_stale
from asnforge.batch.starting import is_small
from asnforge.batch.tasks import FileMade, Made, Order
from asnforge.findings import Finding, limit_per_code
from asnforge.grouping.pool_faults import merge_faults
from asnforge.version import __version__


@dataclass(frozen=True, slots=True)
class Plan:
    """How a batch is run.

    Attributes
    ----------
    processes : int
        How many processes do the work.
    scheduler : str or None
        The address of a Dask scheduler, whose workers do it instead.
    resume : bool
        Leave out what the manifest says is done, where that is still true.
    fail_fast : bool
        End at the first pool that fails.
    archive : Path or None
        The archive that files go to instead of the output folder.
    """

    processes: int = 1
    scheduler: str | None = None
    resume: bool = False
    fail_fast: bool = False
    archive: Path | None = None


@dataclass(frozen=True, slots=True)
class PoolReport:
    """What came of a pool.

    Attributes
    ----------
    record : Record
        Its line of the manifest.
    skipped : bool
        Whether it was done before.
    findings : tuple of Finding
        What is wrong with it, the first few warnings of each code.
    """

    record: Record
    skipped: bool
    findings: tuple[Finding, ...]


Told = Callable[[str, int, int], None]
"""What is told of progress: a pool, how many exposures more and how many bytes more are done."""


def run_batch(
    pools: Sequence[str],
    order: Order,
    plan: Plan,
    told: Told | None = None,
    warn: Callable[[Finding], None] | None = None,
) -> Iterator[PoolReport]:
    """Run a batch.

    Parameters
    ----------
    pools : sequence of str
        The pools, as from `asnforge.batch.discover.find_pools`.
    order : Order
        What is made of them, and where.
    plan : Plan
        Who does it.
    told : callable or None
        Told of progress.
    warn : callable or None
        Told of what is wrong with the manifest of an earlier batch.

    Yields
    ------
    PoolReport
        Of each pool when it is done.

    Raises
    ------
    InputError
        The output folder or the archive cannot be written, another batch writes to it, or there is no cluster.
    """
    with ExitStack() as stack:
        manifest = None
        if not order.archive:
            stack.enter_context(taken(order.output))
            manifest = Manifest(order.output)
            stack.callback(manifest.tidy)
            if warn is not None:
                for finding in manifest.findings:
                    warn(finding)
        archive = stack.enter_context(Archive(plan.archive)) if plan.archive is not None else None
        crew = _crew(pools, order, plan)
        stack.callback(crew.close)
        yield from _Batch(pools, order, plan, manifest, Filing(archive, pools), told).run(crew)


class _Batch:
    """One run: the pools, what is known of them from before, and where files go."""

    def __init__(
        self,
        pools: Sequence[str],
        order: Order,
        plan: Plan,
        manifest: Manifest | None,
        filing: Filing,
        told: Told | None,
    ) -> None:
        settings = order.settings
        self._pools, self._order, self._plan = pools, order, plan
        self._manifest, self._filing, self._told = manifest, filing, told
        self._origin = Record(
            pool="",
            ruleset=settings.ruleset.name,
            ruleset_sha256=ruleset_digest(settings.ruleset),
            options=digest(
                (
                    settings.choice,
                    settings.version_id,
                    settings.merge,
                    settings.delimiter,
                    settings.pool_format,
                    order.layout,
                )
            ),
            version=__version__,
        )

    def run(self, crew: Crew) -> Iterator[PoolReport]:
        """All pools."""
        others = self._others()
        conductor = Conductor(self._pools, self._order, crew, self._may_be_done, self._is_done, others, self._take)
        left = dict.fromkeys(self._pools)
        for state in conductor.run():
            del left[state.path]
            self._filing.close(state.path)
            report = self._report(state)
            if self._told is not None:
                self._told(state.path, 0, state.size if not state.made else 0)
            yield report
            if report.record.status == FAILED and (self._plan.fail_fast or _nobody_is_left(report)):
                break
        for pool in left:
            yield PoolReport(Record(pool, status=NOT_RUN), skipped=False, findings=())

    def _may_be_done(self, path: str) -> bool:
        """Whether the manifest says that a pool was done once."""
        known = self._manifest.records.get(path) if self._plan.resume and self._manifest is not None else None
        return known is not None and known.status == DONE

    def _is_done(self, state: PoolState) -> tuple[str, ...] | None:
        """The files of a pool where the manifest says that it is done, and that is still true."""
        if self._manifest is None or state.surveyed is None or not self._may_be_done(state.path):
            return None
        known = self._manifest.records[state.path]
        still_true = known.same_origin(self._record(state)) and still_there(known, self._order.output)
        return known.files if still_true else None

    def _others(self) -> dict[str, tuple[str, ...]]:
        """The files of pools of earlier batches into the same folder, of those that are still there."""
        if self._manifest is None:
            return {}
        mine = set(self._pools)
        records = [record for record in self._manifest.records.values() if record.pool not in mine]
        return {record.pool: record.files for record in records if record.files and os.path.exists(record.pool)}  # noqa: PTH110

    def _take(self, state: PoolState, place: int, made: Made) -> Made:
        """A unit is done: file it, and keep what the record needs."""
        self._filing.add(state.path, place, made.contents)
        if self._told is not None:
            self._told(state.path, made.exposures, state.size // len(state.made))
        return replace(made, contents=())

    def _record(self, state: PoolState) -> Record:
        return replace(self._origin, pool=state.path, sha256=state.surveyed.sha256 if state.surveyed else "")

    def _report(self, state: PoolState) -> PoolReport:
        """The report of a pool, which also goes to the manifest."""
        before = self._manifest.records.get(state.path) if self._manifest is not None else None
        if state.skipped and not state.failed and before is not None:
            return PoolReport(before, skipped=True, findings=())
        made = [each for each in state.made if each is not None]
        files = sorted((file for each in made for file in each.files), key=lambda file: file.name)
        stale = self._stale(before, state, files)
        told = [
            *state.findings,
            *(finding for each in made for finding in each.findings),
            *merge_faults(each.faults for each in made).findings(state.path),
            *self._strangers(state, files),
        ]
        if before is not None and not state.failed:
            told += remove_stale(before, stale, self._order.output)
        findings = tuple(dict.fromkeys(told))
        rules = Counter[str]()
        for each in made:
            rules.update({count.rule: count.associations for count in each.counts})
        listed = {file.name: file.digest for file in files}
        if before is not None and state.failed:
            # They are known to no other record: the next run that makes the pool removes what it does not make.
            digests = before.digest_by_name()
            listed |= {name: digests.get(name, "") for name in stale}
        names = tuple(sorted(listed))
        record = replace(
            self._record(state),
            status=FAILED if state.failed else DONE,
            exposures=sum(each.exposures for each in made) + state.faulty,
            orphans=sum(each.orphans for each in made) + state.faulty,
            associations=sum(each.associations for each in made),
            dropped=sum(each.dropped for each in made),
            warnings=sum(finding.severity == "warning" for finding in findings),
            unchanged=sum(each.unchanged for each in made),
            seconds=round(perf_counter() - state.began, 3),
            rules=dict(sorted(rules.items())),
            errors=tuple(str(finding) for finding in findings if finding.severity == "error"),
            files=names,
            state=state_of(files),
            digests=tuple(listed[name] for name in names),
        )
        if self._manifest is not None:
            self._manifest.add(record)
        return PoolReport(record, skipped=False, findings=limit_per_code(findings)[0])

    def _strangers(self, state: PoolState, files: Sequence[FileMade]) -> tuple[Finding, ...]:
        """A warning where a pool's own folder holds files of another run, such as one that was killed."""
        if self._manifest is None or self._order.layout != "pool" or state.failed or not files:
            return ()
        before = self._manifest.records.get(state.path)
        known = {file.name for file in files} | set(before.files if before is not None else ())
        return unexpected_files(self._order.output / state.stem, {name.rpartition("/")[2] for name in known})

    def _stale(self, before: Record | None, state: PoolState, files: Sequence[FileMade]) -> set[str]:
        """The files that the pool made in an earlier run and no longer makes, unless another pool makes them now."""
        if self._manifest is None or before is None:
            return set()
        stale = set(before.files).difference(file.name for file in files)
        if not stale or state.failed:
            return stale
        return stale.difference(*(each.files for each in self._manifest.records.values() if each.pool != state.path))


def _nobody_is_left(report: PoolReport) -> bool:
    """Whether a pool failed for want of anybody to work on it, so that all others would, too."""
    return any(finding.code == codes.NO_CLUSTER.code for finding in report.findings)


def _crew(pools: Sequence[str], order: Order, plan: Plan) -> Crew:
    if plan.scheduler is not None:
        return Cluster(order, plan.scheduler)
    if order.timeout is None and (plan.processes == 1 or is_small(pools)):
        return Alone(order)
    return Processes(order, plan.processes)
