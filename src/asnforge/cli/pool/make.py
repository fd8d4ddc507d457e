"""``asnforge pool make``."""

from __future__ import annotations

import sys
from typing import Any

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.fits_options import fits_options, print_summary, read_fits
from asnforge.cli.options import load_rules, rule_options, where_option


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Make a pool from the headers of FITS files:", "asnforge pool make download -o pool.tsv"),
        (
            "The same for the exposures with one filter only:",
            "asnforge pool make download -o pool.tsv --where FILTER=F150W",
        ),
    ],
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", required=True, metavar="FILE", help="The pool, as tab-delimited text.")
@fits_options
@rule_options
@where_option
@click.option("-v", "--verbose", is_flag=True, help="Show every warning.")
@quiet_option
def command(paths: tuple[str, ...], output: str, where: tuple[str, ...], verbose: bool, **options: Any) -> None:
    """Make a pool from FITS files.

    PATH is a FITS file, a folder, which is searched recursively, or a pattern; also the archive's pool or association
    files, which say what no header does. Only headers are read, and kept for the next time. Exit status: 0 done, 2 a file
    or folder cannot be read, there are no exposures, or FILE cannot be written.
    """
    from asnforge.grouping.selection import read_conditions
    from asnforge.pool.write_rows import write_rows

    ruleset = load_rules(options.pop("rules"), options.pop("ignore_default"), options.pop("only"))
    fits = read_fits(paths, ruleset, read_conditions(where), **options)
    write_rows(fits.pool, frozenset(fits.pool.lines.tolist()), output, follow=True)
    print_summary(fits, verbose=verbose)
    sys.exit(0)
