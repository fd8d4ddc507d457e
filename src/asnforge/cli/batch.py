"""``asnforge batch``."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from asnforge.cli.options import (
    NOW,
    check_ids,
    check_report,
    load_rules,
    merge_option,
    pool_options,
    rule_options,
    rule_paths,
    scope_choice,
    scope_options,
    version_of,
    version_option,
)
from asnforge.cli.terminal import echo

_LONGEST = 1_000_000
"""Seconds, eleven days: the system's clocks for waiting take not much more."""


class _Seconds(click.FloatRange):
    """A time to wait; not a number is no time, though no comparison says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the time."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


@click.command(no_args_is_help=True)
@click.argument("pools", nargs=-1, required=True, metavar="POOL|FOLDER|GLOB|LIST...")
@click.option("-o", "--output", "-p", "--path", "output", metavar="DIR", help="Where associations and the manifest go.")
@click.option(
    "-j",
    "--jobs",
    "processes",
    type=click.IntRange(0, 1024),
    default=1,
    metavar="N",
    help="How many processes do the work; 0 for one each processor.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let the workers of a Dask scheduler do it, such as tls://host:8786. Work and results are pickled: the scheduler, its "
    "workers and this process can run any code in one another, so use only a scheduler that you trust. tcp:// has neither "
    "password nor encryption; use tls:// where others share the network.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Leave out pools that the manifest says are done, where pool, rules, options and version are the same, and the files "
    "that were made have the same sizes and times. What is in these files is not read again: without --resume all of "
    "them are compared with what is generated.",
)
@click.option("--fail-fast", is_flag=True, help="End at the first pool that fails.")
@click.option(
    "--timeout",
    type=_Seconds(0, _LONGEST, min_open=True),
    metavar="SECONDS",
    help="Stop a pool, or a part of a large one, that takes longer.",
)
@click.option(
    "--layout",
    type=click.Choice(["flat", "program", "pool"]),
    default="pool",
    show_default=True,
    help="All files in DIR, in a folder for each programme, or in one for each pool.",
)
@click.option("--archive", metavar="FILE", help="Put all files into this .tar or .zip instead of DIR.")
@scope_options
@rule_options
@pool_options
@version_option
@merge_option
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Show the first warnings of each pool, too.")
def command(
    pools: tuple[str, ...],
    output: str | None,
    processes: int,
    scheduler: str | None,
    resume: bool,
    fail_fast: bool,
    timeout: float | None,
    layout: str,
    archive: str | None,
    all_candidates: bool,
    discover: bool,
    ids: tuple[str, ...],
    rules: tuple[str, ...],
    ignore_default: bool,
    only: tuple[str, ...],
    delimiter: str | None,
    pool_format: str | None,
    version_id: str | None,
    merge: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Generate associations from many pools, or a large one, on one machine or many.

    A folder stands for the tables in it and below, a pattern for what fits it, a list for the pools that it names, one a
    line. DIR/manifest.jsonl has a line for each pool. A pool that fails does not end the batch. Exit status: 0 done, 2 a
    pool failed or nothing could be done.
    """
    from asnforge.batch.discover import find_pools
    from asnforge.batch.starting import begin, is_small

    _check(pools, output, archive, resume, scheduler, processes)
    if resume and version_id == NOW and not os.environ.get("SOURCE_DATE_EPOCH"):
        raise click.UsageError("--resume finds nothing done under another time: give --version-id a text.")
    started = perf_counter()
    ruleset = load_rules(rules, ignore_default, only) if ids else None  # else later, while processes start
    if ruleset is not None:
        check_ids(ids, pools, ruleset)
    named = find_pools(pools)
    check_report("--archive", archive, named)
    if processes != 1 and not is_small(named):
        begin()

    from asnforge.batch.manifest import FAILED, NOT_RUN
    from asnforge.batch.run_batch import Plan, run_batch
    from asnforge.batch.tasks import Order
    from asnforge.cli.batch_report import progress, show_json, show_report, show_summary
    from asnforge.cli.streams import keep_working
    from asnforge.generation.files import GenerateOptions

    settings = GenerateOptions(
        ruleset=load_rules(rules, ignore_default, only) if ruleset is None else ruleset,
        choice=scope_choice(all_candidates, discover, ids),
        version_id=version_of(version_id),
        merge=merge,
        delimiter=delimiter,
        pool_format=pool_format,
        rule_paths=rule_paths(rules, ignore_default),
    )
    folder = Path("." if output is None else output)
    order = Order(settings, folder, layout, archive is not None, timeout)  # type: ignore[arg-type]
    plan = Plan(
        processes=processes or _processors(),
        scheduler=scheduler,
        resume=resume,
        fail_fast=fail_fast,
        archive=None if archive is None else Path(archive),
    )
    reports = []
    keep_working()
    with progress(named, quiet=as_json) as told:
        for report in run_batch(named, order, plan, told, lambda finding: echo(finding, err=True)):
            reports.append(report)
            if not as_json:
                show_report(report, verbose=verbose)
    if archive is not None and not as_json and any(report.record.status == NOT_RUN for report in reports):
        echo(f"{archive}: not written, as the batch ended before all pools were done", err=True)
    show = show_json if as_json else show_summary
    show(reports, settings.ruleset, perf_counter() - started)
    sys.exit(2 if any(report.record.status == FAILED for report in reports) else 0)


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check(
    pools: tuple[str, ...],
    output: str | None,
    archive: str | None,
    resume: bool,
    scheduler: str | None,
    processes: int,
) -> None:
    """Refuse options that do not go together, and names that are empty: most often of a variable that is not set."""
    if "" in pools:
        raise click.UsageError("a pool's name is empty: name one, or '.' for the folder you are in.")
    for name, value in (("--output", output), ("--archive", archive), ("--scheduler", scheduler)):
        if value == "":
            raise click.UsageError(f"{name} is empty: name one, or leave it out.")
    if output is None and archive is None:
        raise click.UsageError("name where files go: --output or --archive.")
    if output is not None and archive is not None:
        raise click.UsageError("--output and --archive exclude each other: files go to a folder or to an archive.")
    if archive is not None and resume:
        raise click.UsageError("--archive and --resume exclude each other: an archive is written as a whole.")
    if scheduler is not None and processes != 1:
        raise click.UsageError("--scheduler and --jobs exclude each other: the workers of the scheduler do the work.")
