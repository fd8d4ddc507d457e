"""Run a batch: generate the associations of many pools, and record the result of each pool in the manifest."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack

from asnforge.batch.archive import Archive
from asnforge.batch.batch_log import BatchLog, PoolReport
from asnforge.batch.dask_executor import NO_CLUSTER
from asnforge.batch.executors import JoiningExecutor, choose_executor
from asnforge.batch.journal import Journal, read_journals
from asnforge.batch.manifest import FAILED, NOT_RUN, Manifest, Record
from asnforge.batch.output import STAGING, Staging, locked
from asnforge.batch.runner import BatchRunner, ProgressCallback
from asnforge.batch.tasks import BatchOptions
from asnforge.findings import Finding


def run_batch(
    pools: Sequence[str],
    options: BatchOptions,
    on_progress: ProgressCallback | None = None,
    on_warning: Callable[[Finding], None] | None = None,
) -> Generator[PoolReport, None, None]:
    """Run a batch; pools that the manifest proves to be done and unchanged are skipped, unless `options` force them.

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
        manifest = journal = staging = None
        if options.archive is None:
            stack.enter_context(locked(options.output))
            manifest = Manifest(options.output)
            stack.callback(manifest.rewrite)
            if on_warning is not None:
                for finding in manifest.findings:
                    on_warning(finding)
            manifest.mark_unfinished(read_journals(options.output / STAGING, options.output))
            folder = Staging(options.output)
            stack.callback(folder.close)
            journal = Journal(folder.path)
            stack.callback(_end_journal, journal, manifest)
            target, staging = folder, folder.path
        else:
            target = stack.enter_context(Archive(options.archive))
        executor = JoiningExecutor(choose_executor(pools, options, staging))
        stack.callback(executor.close)
        log = BatchLog(pools, options, manifest, journal)
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


def _end_journal(journal: Journal, manifest: Manifest) -> None:
    """Mark the pools that were being published when the batch was interrupted."""
    journal.close()
    manifest.mark_unfinished(journal.unfinished())
