"""``asnforge generate``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.fits_options import files_option, fits_options, member_options, pop_fits_options, with_fits
from asnforge.cli.options import (
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

if TYPE_CHECKING:
    from asnforge.generation.files import PoolRun


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Write the associations of a pool to the folder asn:", "asnforge generate pool.tsv -o asn"),
        (
            "Make associations of the FITS files of a download, with a version ID:",
            "asnforge generate download -o asn --version-id",
        ),
    ],
)
@click.argument("pools", nargs=-1, metavar="POOL...")
@click.option(
    "-o", "--output", "-p", "--path", "output", default=".", show_default=True, metavar="DIR", help="Output directory."
)
@scope_options
@rule_options
@pool_options
@version_option
@click.option(
    "--save-orphans",
    metavar="FILE",
    help="Write the exposures that are in no association, as a pool; with several pools, to a file of this name in the "
    "folder of each pool.",
)
@click.option(
    "--report",
    metavar="FILE",
    help="Also write a page that shows what was generated, as 'asnforge report' does; with several pools, to a file of this "
    "name in the folder of each pool.",
)
@combine_option
@product_option
@merge_option
@files_option
@fits_options
@member_options
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--strict", is_flag=True, help="Exit status 1 if there are warnings; degraded members are not warnings.")
@click.option("--DMS", is_flag=True, hidden=True, expose_value=False, help="No effect: there is only one mode.")
@click.option("--no-merge", is_flag=True, hidden=True, expose_value=False, help="No effect: this is the default.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Show every warning and every file.")
@quiet_option
def command(
    pools: tuple[str, ...],
    output: str,
    save_orphans: str | None,
    report: str | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    verbose: bool,
    files: tuple[str, ...],
    **shared: Any,
) -> None:
    """Generate associations from pools or FITS files.

    POOL is a table of exposures, or - for standard input. The associations of a single pool go to DIR; those of several
    pools go to a folder for each, DIR/POOL without its extension. FITS files, folders and patterns together are one pool,
    made from their headers as by 'asnforge pool make', and members are paths to the files that exist. Several rule sets are
    applied one after another, each to all exposures. Exit status: 0 done,
    1 warnings with --strict, 2 a pool or rule cannot be read, DIR cannot be written, or the file of a science member is
    missing.
    """
    from asnforge.cli.generate_report import show_commands, show_json, show_run, show_summary
    from asnforge.cli.progress import progress
    from asnforge.cli.streams import keep_working
    from asnforge.generation.files import run_pools

    started = perf_counter()
    shared["version_id"] = version_of(shared["version_id"])
    if not pools:
        raise click.UsageError("Name a pool.")
    _check_files(pools, {"--output": output, "--save-orphans": save_orphans, "--report": report})
    fits_values = pop_fits_options(shared)
    options = replace(
        generate_options(pools, **shared),
        orphans=None if save_orphans is None else Path(save_orphans),
        report=None if report is None else Path(report),
        dry_run=dry_run,
    )
    if report is not None:
        from asnforge.cli.report import check_page, report_file, write_report

        check_page("--report", report, (*pools, *files), options)
    pools, options = with_fits(pools, files, options, fits_values)
    runs: list[PoolRun] = []
    if not dry_run:
        keep_working()
    with progress(len(pools), quiet=as_json) as on_progress:
        for run in run_pools(pools, Path(output), options, on_progress):
            if not as_json:
                show_run(run, verbose=verbose, dry_run=dry_run)
            if report is not None:
                run = write_report(run, report_file(Path(report), run, pools), quiet=as_json)
            runs.append(run)
    if as_json:
        show_json(runs, options.rulesets)
    else:
        show_summary(runs, options.rulesets, perf_counter() - started, dry_run=dry_run)
        show_commands(runs, options.rulesets, verbose=verbose)
    if any(run.failed for run in runs):
        sys.exit(2)
    sys.exit(1 if strict and any(run.findings for run in runs) else 0)


def _check_files(pools: tuple[str, ...], files: dict[str, str | None]) -> None:
    """Reject values of options that would not be the files that they seem to be."""
    for option, file in files.items():
        if file == "":
            raise click.UsageError(f"{option} is empty: give a value, or leave out the option.")
        if file is None or option == "--output":
            continue
        if file == "-":
            raise click.UsageError(f"{option} writes a file, not standard output: name a file.")
        if len(pools) > 1 and Path(file).name != file:
            raise click.UsageError(
                f"{option} {file}: with several pools, this file goes to the folder of each pool, so give a name without a "
                "folder."
            )
    if files["--report"] is not None and files["--report"] == files["--save-orphans"]:
        raise click.UsageError("--report and --save-orphans name the same file: give each its own.")
