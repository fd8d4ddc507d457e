"""``asnforge report``, and the report that ``asnforge generate --report`` writes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asnforge.associations import SUFFIX
from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.fits_options import files_option, fits_options, member_options, pop_fits_options, with_fits
from asnforge.cli.options import (
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
from asnforge.cli.terminal import echo, echo_fitted
from asnforge.findings import pluralize

if TYPE_CHECKING:
    from asnforge.compare.model import Comparison
    from asnforge.findings import Finding
    from asnforge.generation.files import PoolRun
    from asnforge.generation.inputs import GenerateOptions


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Write a page about what is generated from a pool:", "asnforge report pool.tsv -o night.html"),
        ("Write one about the FITS files of a download:", "asnforge report download"),
    ],
)
@click.argument("pools", nargs=-1, metavar="POOL...")
@click.option("-o", "--output", default="report.html", show_default=True, metavar="FILE", help="The page.")
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
@scope_options
@rule_options
@pool_options
@version_option
@combine_option
@product_option
@merge_option
@files_option
@fits_options
@member_options
@click.option("-v", "--verbose", is_flag=True, help="Show every warning.")
@quiet_option
def command(
    pools: tuple[str, ...], output: str, is_opened: bool, verbose: bool, files: tuple[str, ...], **shared: Any
) -> None:
    """Show what is generated on a page that opens in a browser.

    POOL is a table of exposures, or a folder, a pattern or FITS files, as for 'asnforge generate'; no association is written.
    The page shows which exposure is in which association, why others are in none, files that are missing, where exposures are
    on the sky and in time, and how all of this was made. It is one file without links to others, which opens without a
    network. Exit status: 0 done, 2 the pool or a rule cannot be read, or FILE cannot be written.
    """
    from asnforge.cli.generate_report import show_findings
    from asnforge.cli.progress import progress
    from asnforge.generation.files import run_pools

    shared["version_id"] = version_of(shared["version_id"])
    fits_values = pop_fits_options(shared)
    options = generate_options(pools, **shared)
    named = pools
    pools, options = with_fits(pools, files, options, fits_values)
    if len(pools) != 1:
        raise click.UsageError("A report is about one pool: name one, or use 'asnforge generate --report' for several.")
    check_page("--output", output, (*named, *files), options)
    options = replace(options, report=Path(output), dry_run=True)
    with progress(1) as on_progress:
        (run,) = run_pools(pools, Path(), options, on_progress)
    show_findings(run.findings, run.pool, verbose=verbose)
    if run.generation is None:
        sys.exit(2)
    write_report(run, Path(output))
    if is_opened:
        open_page(Path(output))


def check_page(option: str, file: str, inputs: Iterable[str], options: GenerateOptions) -> None:
    """Reject a page that would replace an input file or an association."""
    if not file or file == "-":
        raise click.UsageError(f"{option} writes a file, not standard output: name a file.")
    if file.casefold().endswith(SUFFIX):
        raise click.UsageError(f"{option} {file}: this is the name of an association file; name the page .html.")
    check_report(option, file, (*(name for name in inputs if Path(name).is_file()), *options.rule_paths))


def write_report(run: PoolRun, file: Path, *, quiet: bool = False) -> PoolRun:
    """Write the page about a pool, and name it; the result is the run without what only the page needed."""
    from asnforge.asnfiles.staging import make_folder
    from asnforge.atomic import write_atomically
    from asnforge.report import render_page, report_of

    if run.generation is None or not run.evaluated:
        return run
    command_line = click.get_current_context().find_root().obj
    page = render_page(report_of(run.evaluated, run.generation, run.findings, command=command_line or ""))
    make_folder(file.parent)
    write_atomically(file, page, follow=True)
    associations = pluralize(len(run.generation), "association")
    if not quiet:
        echo_fitted(f"{file}: {associations} from {pluralize(run.generation.exposures, 'exposure')}")
    return replace(run, evaluated=())


def write_comparisons(
    file: str, comparisons: Sequence[tuple[str, Comparison]], findings: Sequence[Finding] = ()
) -> None:
    """Write the page about comparisons, each with its name."""
    from asnforge.atomic import write_atomically
    from asnforge.report import render_page, report_of_comparison

    command_line = click.get_current_context().find_root().obj
    report = report_of_comparison(comparisons, findings, command=command_line or "")
    write_atomically(file, render_page(report), follow=True)


def report_file(report: Path, run: PoolRun, pools: Sequence[str]) -> Path:
    """The file of the page about a pool: with several pools it is in the folder of each."""
    return report if len(pools) == 1 else run.folder / report.name


def open_page(file: Path) -> None:
    """Open a page in the browser of the user."""
    import webbrowser

    if not webbrowser.open(file.resolve().as_uri()):
        echo(f"No browser was found: open {file} yourself.", err=True)
