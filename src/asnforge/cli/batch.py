"""``asnforge batch``."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.fits_options import (
    fits_options,
    from_fits,
    member_options,
    pop_fits_options,
    refuse_fits_options,
)
from asnforge.cli.options import (
    NOW,
    check_report,
    combine_option,
    generate_options,
    merge_option,
    pool_options,
    product_option,
    rule_options,
    scope_options,
    version_of,
    version_option,
)
from asnforge.cli.terminal import echo

_LONGEST = 1_000_000
"""The longest time limit in seconds, eleven days; timers of the operating system do not allow much more."""


class _Seconds(click.FloatRange):
    """A time limit; NaN is invalid, though it passes every comparison."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert the value of the option."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        (
            "Process a folder of pools with two processes, and later only what is new:",
            "asnforge batch pools -o asn --jobs 2 --resume",
        ),
        (
            "Make an archive of the associations of all pools that match a pattern:",
            'asnforge batch "pools/night*.tsv" --archive asn.zip',
        ),
    ],
)
@click.argument("pools", nargs=-1, required=True, metavar="POOL|FOLDER|GLOB|LIST...")
@click.option(
    "-o", "--output", "-p", "--path", "output", metavar="DIR", help="Output directory, for the manifest as well."
)
@click.option(
    "-j",
    "--jobs",
    "processes",
    type=click.IntRange(0, 1024),
    default=1,
    show_default=True,
    metavar="N",
    help="Number of worker processes (0: one per CPU).",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Run on a Dask cluster, given its scheduler address, such as tls://host:8786. Tasks and results are pickled: the "
    "scheduler, its workers and this process can run any code in one another, so use only a scheduler that you trust. tcp:// "
    "has neither password nor encryption; use tls:// if others share the network.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Also run pools that are done and unchanged, and compare the content of all their files with what is generated.",
)
@click.option("--resume", is_flag=True, help="Skip pools that are done and unchanged, which is the default.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option(
    "--timeout",
    type=_Seconds(0, _LONGEST, min_open=True),
    metavar="SECONDS",
    help="Time limit for each pool, or for each piece of a large pool.",
)
@click.option(
    "--layout",
    type=click.Choice(["flat", "program", "pool"]),
    default="pool",
    show_default=True,
    help="flat: all files directly in DIR; program: a folder for each program; pool: a folder for each pool.",
)
@click.option("--archive", metavar="FILE", help="Put all files into this .tar or .zip instead of DIR.")
@click.option(
    "--one-pool", is_flag=True, help="Make one pool of all FITS files, instead of one for each folder or pattern."
)
@scope_options
@rule_options
@pool_options
@version_option
@combine_option
@product_option
@merge_option
@fits_options
@member_options
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Show the first warnings of each pool as well.")
@quiet_option
def command(
    pools: tuple[str, ...],
    output: str | None,
    processes: int,
    scheduler: str | None,
    force: bool,
    resume: bool,
    fail_fast: bool,
    timeout: float | None,
    layout: Literal["flat", "program", "pool"],
    archive: str | None,
    one_pool: bool,
    as_json: bool,
    verbose: bool,
    **shared: Any,
) -> None:
    """Generate associations from many pools, or a large one, on one machine or many.

    FOLDER: the tables in it and in its subfolders; if there are FITS files of exposures, it is one pool, as for 'asnforge
    generate'. GLOB: the files and such folders that match the pattern; its FITS files are one pool. FITS files that are named
    one by one are one pool together. LIST: a text file with a pool on each line. DIR/manifest.jsonl has a line for each pool.
    Several rule sets are applied to each pool one after another. A pool that fails does not end the batch. A pool is skipped
    if the manifest lists it as done, with the same content, rules, options and version, and its files still have the sizes
    and times that they were written with. Exit status: 0 done, 2 a pool failed or nothing could be done.
    """
    from asnforge.asnfiles.portable import MANIFEST
    from asnforge.batch.discover import find_pools, may_have_fits
    from asnforge.batch.fork_server import is_small, start_fork_server

    _check(pools, output, archive, scheduler, processes)
    _check_skipping(archive, force=force, resume=resume, version_id=shared["version_id"])
    started = perf_counter()
    shared["version_id"] = version_of(shared["version_id"])
    fits_values = pop_fits_options(shared)
    # Rules are loaded later, while processes start, unless they are needed to interpret the arguments.
    early = bool(shared["ids"]) or may_have_fits(pools)
    generate = generate_options(pools, **shared) if early else None
    found = find_pools(pools, None if generate is None else generate.ruleset.headers, one_pool=one_pool)
    named = found.names
    check_report("--archive", archive, named)
    is_first_run = output is None or not Path(output, MANIFEST).exists()
    if processes != 1 and not is_small(named) and (force or is_first_run):
        start_fork_server()

    from asnforge.batch.manifest import FAILED, NOT_RUN
    from asnforge.batch.run_batch import run_batch
    from asnforge.batch.tasks import BatchOptions
    from asnforge.cli.batch_report import progress, show_json, show_report, show_summary
    from asnforge.cli.streams import keep_working

    if generate is None:
        generate = generate_options(pools, **shared)
    if found.fits:
        generate = from_fits(generate, found.fits, fits_values)
    else:
        refuse_fits_options({**fits_values, "one_pool": one_pool})
    options = BatchOptions(
        generate,
        output=Path("." if output is None else output),
        layout=layout,
        archive=None if archive is None else Path(archive),
        timeout=timeout,
        processes=processes or _count_processors(),
        scheduler=scheduler,
        force=force,
        fail_fast=fail_fast,
    )
    reports = []
    keep_working()
    for finding in found.findings:
        echo(finding, err=True)
    with progress(named, quiet=as_json) as on_progress:
        for report in run_batch(named, options, on_progress, lambda finding: echo(finding, err=True)):
            reports.append(report)
            if not as_json:
                show_report(report, verbose=verbose)
    if archive is not None and not as_json and any(report.record.status == NOT_RUN for report in reports):
        echo(f"{archive}: not written, as the batch ended before all pools were done", err=True)
    if as_json:
        show_json(reports, options.generate.rulesets, perf_counter() - started)
    else:
        show_summary(reports, perf_counter() - started)
    sys.exit(2 if any(report.record.status == FAILED for report in reports) else 0)


def _count_processors() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check(
    pools: tuple[str, ...],
    output: str | None,
    archive: str | None,
    scheduler: str | None,
    processes: int,
) -> None:
    """Reject mutually exclusive options, and empty names, which usually come from an unset shell variable."""
    if "" in pools:
        raise click.UsageError("the name of a pool is empty: name a pool, or '.' for the current folder.")
    for name, value in (("--output", output), ("--archive", archive), ("--scheduler", scheduler)):
        if value == "":
            raise click.UsageError(f"{name} is empty: give a value, or leave out the option.")
    if output is None and archive is None:
        raise click.UsageError("name the output: --output or --archive.")
    if output is not None and archive is not None:
        raise click.UsageError("--output and --archive are mutually exclusive: files go to a folder or to an archive.")
    if scheduler is not None and processes != 1:
        raise click.UsageError("--scheduler and --jobs are mutually exclusive: the scheduler has its own workers.")


def _check_skipping(archive: str | None, *, force: bool, resume: bool, version_id: str | None) -> None:
    """Reject --resume where no pool can be skipped."""
    if resume and force:
        raise click.UsageError("--resume and --force are mutually exclusive: --force skips no pool.")
    if resume and archive is not None:
        raise click.UsageError("--archive and --resume are mutually exclusive: an archive is written as a whole.")
    if resume and version_id == NOW and not os.environ.get("SOURCE_DATE_EPOCH"):
        raise click.UsageError(
            "--resume needs --version-id with a value: the current time never matches that of the previous run."
        )
