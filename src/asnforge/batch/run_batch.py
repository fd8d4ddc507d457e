"""Run a batch: generate the associations of many pools, and record the result of each pool in the manifest."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter

from asnforge.asnfiles.output_checks import unexpected_files
from asnforge.batch.archive import Archive
from asnforge.batch.dask_executor import NO_CLUSTER
from asnforge.batch.executors import choose_executor
from asnforge.batch.fingerprint import digest, ruleset_digest
from asnforge.batch.manifest import DONE, FAILED, NOT_RUN, Manifest, Record, outputs_fingerprint, outputs_unchanged
from asnforge.batch.output import Staging, locked, remove_stale
from asnforge.batch.runner import BatchRunner, PoolState, ProgressCallback
from asnforge.batch.tasks import BatchOptions, PoolOutput
from asnforge.findings import Finding, limit_per_code
from asnforge.grouping.pool_faults import merge_faults
from asnforge.version import __version__


@dataclass(frozen=True, slots=True)
class PoolReport:
    """The result for a pool."""

    record: Record
    skipped: bool  # whether a previous run has processed it
    findings: tuple[Finding, ...]  # all errors, and the first few warnings of each code


def run_batch(
    pools: Sequence[str],
    options: BatchOptions,
    on_progress: ProgressCallback | None = None,
    on_warning: Callable[[Finding], None] | None = None,
) -> Generator[PoolReport, None, None]:
    """Run a batch.

    Parameters
    ----------
    pools : sequence of str
        The pools, as from `asnforge.batch.discover.find_pools`.
    options : BatchOptions
        How the batch is run.
    on_progress : callable or None
        Called after each piece and pool.
    on_warning : callable or None
        Called with the findings of the manifest of a previous batch.

    Yields
    ------
    PoolReport
        The report of each pool, when it is done.

    Raises
    ------
    InputError
        The output folder or the archive cannot be written, another batch writes to it, or there is no cluster.
    """
    with ExitStack() as stack:
        target: Staging | Archive
        manifest = staging = None
        if options.archive is None:
            stack.enter_context(locked(options.output))
            manifest = Manifest(options.output)
            stack.callback(manifest.rewrite)
            if on_warning is not None:
                for finding in manifest.findings:
                    on_warning(finding)
            folder = Staging(options.output)
            stack.callback(folder.close)
            target, staging = folder, folder.path
        else:
            target = stack.enter_context(Archive(options.archive))
        executor = choose_executor(pools, options, staging)
        stack.callback(executor.close)
        log = _BatchLog(pools, options, manifest)
        remaining = dict.fromkeys(pools)
        for state in BatchRunner(pools, options, executor, log, target, on_progress).run():
            del remaining[state.path]
            if isinstance(target, Archive):
                target.complete = not remaining
            report = log.report(state)
            yield report
            no_cluster = any(finding.code == NO_CLUSTER.code for finding in report.findings)
            if report.record.status == FAILED and (options.fail_fast or no_cluster):
                break
        for pool in remaining:
            yield PoolReport(Record(pool, status=NOT_RUN), skipped=False, findings=())


class _BatchLog:
    """The manifest as a log: the results of previous runs, and the record of each pool of this run."""

    def __init__(self, pools: Sequence[str], options: BatchOptions, manifest: Manifest | None) -> None:
        generate = options.generate
        self._pools = frozenset(pools)
        self._options, self._manifest = options, manifest
        self._records: Mapping[str, Record] = {} if manifest is None else manifest.records
        self._inputs = Record(
            pool="",
            ruleset=generate.ruleset.name,
            ruleset_sha256=ruleset_digest(generate.ruleset),
            options=digest(
                (
                    generate.choice,
                    generate.version_id,
                    generate.merge,
                    generate.delimiter,
                    generate.pool_format,
                    options.layout,
                    generate.where,
                    None if generate.fits is None else replace(generate.fits, pools={}),
                )
            ),
            version=__version__,
        )

    def may_be_done(self, path: str) -> bool:
        """Whether a previous run has processed a pool, if nothing has changed since."""
        return self._options.resume and path in self._records and self._records[path].status == DONE

    def files_if_done(self, path: str, sha256: str) -> tuple[str, ...] | None:
        """The files of a pool with this hash if a previous run has processed it and nothing has changed; else None."""
        before = self._records[path]
        is_done = before.same_inputs(replace(self._inputs, sha256=sha256))
        return before.files if is_done and outputs_unchanged(before, self._options.output) else None

    def other_files(self) -> dict[str, tuple[str, ...]]:
        """The files of existing pools that are not in this batch."""
        records = [record for record in self._records.values() if record.pool not in self._pools]
        return {record.pool: record.files for record in records if record.files and os.path.exists(record.pool)}  # noqa: PTH110

    def report(self, state: PoolState) -> PoolReport:
        """The report of a pool that is done; its record is added to the manifest."""
        before = self._records.get(state.path)
        if state.skipped and before is not None:
            return PoolReport(before, skipped=True, findings=())
        outputs = [output for output in state.outputs if output is not None]
        files = sorted(state.files)
        stale = self._stale(before, state)
        all_findings = [
            *state.findings,
            *(finding for output in outputs for finding in output.findings),
            *merge_faults(output.faults for output in outputs).findings(state.path),
            *self._unexpected(before, state),
        ]
        if before is not None and not state.failed:
            all_findings += remove_stale(before, stale, self._options.output)
        findings = tuple(dict.fromkeys(all_findings))
        digests = {file.name: file.digest for file in files}
        if before is not None and state.failed:
            # No other record lists these files: the next successful run removes those that it does not generate.
            known = before.digest_by_name()
            digests |= {name: known.get(name, "") for name in stale}
        record = replace(
            self._inputs,
            pool=state.path,
            sha256=state.sha256,
            status=FAILED if state.failed else DONE,
            exposures=sum(output.exposures for output in outputs) + state.malformed,
            orphans=sum(output.orphans for output in outputs) + state.malformed,
            associations=sum(output.associations for output in outputs),
            dropped=sum(output.dropped for output in outputs),
            warnings=sum(finding.severity == "warning" for finding in findings),
            unchanged=sum(not file.staged for file in files),
            seconds=round(perf_counter() - state.started, 3),
            rules=_rule_counts(outputs),
            errors=tuple(str(finding) for finding in findings if finding.severity == "error"),
            files=tuple(sorted(digests)),
            state=outputs_fingerprint(files),
            digests=tuple(digests[name] for name in sorted(digests)),
        )
        if self._manifest is not None:
            self._manifest.add(record)
        return PoolReport(record, skipped=False, findings=limit_per_code(findings)[0])

    def _unexpected(self, before: Record | None, state: PoolState) -> tuple[Finding, ...]:
        """A warning if the folder of a pool contains files of another run."""
        if self._options.layout != "pool" or state.failed or not state.files:
            return ()
        known = {file.name for file in state.files}.union(before.files if before is not None else ())
        return unexpected_files(self._options.output / state.stem, {name.rpartition("/")[2] for name in known})

    def _stale(self, before: Record | None, state: PoolState) -> set[str]:
        """The files of an earlier run of a pool that neither this pool nor another one gives now."""
        if before is None:
            return set()
        stale = set(before.files).difference(file.name for file in state.files)
        if not stale or state.failed:
            return stale
        return stale.difference(*(record.files for record in self._records.values() if record.pool != state.path))


def _rule_counts(outputs: Iterable[PoolOutput]) -> dict[str, int]:
    """The number of associations of each rule; rules without associations are omitted."""
    counts = Counter[str]()
    for output in outputs:
        counts.update({count.rule: count.associations for count in output.counts})
    return dict(sorted(counts.items()))
