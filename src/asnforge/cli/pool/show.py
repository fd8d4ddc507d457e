"""``asnforge pool show``."""

from __future__ import annotations

from typing import Any

import click

from asnforge.cli.commands import Command
from asnforge.cli.fits_options import fits_options, print_summary, read_fits
from asnforge.cli.options import load_rules, rule_options, where_option
from asnforge.cli.terminal import echo, width


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("List the exposures of a download by instrument setup:", "asnforge pool show download"),
        ("List those of a pool that have one filter:", "asnforge pool show pool.tsv --where FILTER=F115W"),
    ],
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@fits_options
@rule_options
@where_option
@click.option("-v", "--verbose", is_flag=True, help="Show every warning.")
def command(paths: tuple[str, ...], where: tuple[str, ...], verbose: bool, **options: Any) -> None:
    """Show the setups of a pool or of FITS files.

    PATH is a pool, or FITS files as for 'asnforge pool make'. A setup is what an instrument was set to: its exposures
    are listed below the values that define it, with the products that are among the files. Exit status: 0 done, 2 a file
    or folder cannot be read.
    """
    from asnforge.fitsfiles.find_fits import is_fits_input
    from asnforge.grouping.selection import read_conditions, select_exposures
    from asnforge.overview.setups import overview, setup_columns
    from asnforge.pool import read_pool

    ruleset = load_rules(options.pop("rules"), options.pop("ignore_default"), options.pop("only"))
    conditions = read_conditions(where)
    if len(paths) == 1 and not is_fits_input(paths[0], ruleset.headers):
        pool, fits, products = read_pool(paths[0]), None, None
        pool = select_exposures(pool, conditions, ruleset)[0] if conditions else pool
    else:
        fits = read_fits(paths, ruleset, conditions, **options)
        pool, products = fits.pool, [list(exposure.products) for exposure in fits.exposures]
    for line in overview(pool, ruleset, setup_columns(ruleset), products).lines(width()):
        echo(line)
    if fits is not None:
        print_summary(fits, verbose=verbose)
