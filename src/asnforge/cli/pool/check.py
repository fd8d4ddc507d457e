"""``asnforge pool check``."""

from __future__ import annotations

import sys
from typing import Any

import click

from asnforge.cli.commands import Command, quiet_option
from asnforge.cli.fits_options import files_option, fits_options, pop_fits_options, print_origins, with_fits
from asnforge.cli.generate_report import show_findings
from asnforge.cli.options import generate_options, pool_options, rule_options, scope_options
from asnforge.cli.terminal import echo_fitted, echo_json
from asnforge.findings import pluralize


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Check a pool, and show every finding:", "asnforge pool check pool.tsv --verbose"),
        ("Check the exposures of one candidate among FITS files:", "asnforge pool check download --ids o001"),
    ],
)
@click.argument("pools", nargs=-1, required=True, metavar="POOL...")
@scope_options
@rule_options
@pool_options
@files_option
@fits_options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Show every finding.")
@quiet_option
def command(pools: tuple[str, ...], files: tuple[str, ...], as_json: bool, verbose: bool, **shared: Any) -> None:
    """Check pools or FITS files before associations are generated.

    Findings are malformed and duplicate rows, cells that cannot be used, missing columns with what does not work without
    them, equal numbers in several spellings, values that are most likely misspelled, candidates with fewer exposures than
    rules need, and exposure types that no rule takes. POOL is as for 'asnforge generate'. Each finding is one line:
    file:line: CODE message; hint. Exit status: 0 no findings, 1 findings, 2 a pool cannot be read.
    """
    from asnforge.findings import Finding, InputError
    from asnforge.generation.check_pool import check_together
    from asnforge.generation.inputs import read_inputs
    from asnforge.system_errors import memory_for

    fits_values = pop_fits_options(shared)
    options = generate_options(pools, **shared)
    names, options = with_fits(pools, files, options, fits_values)
    found: list[Finding] = []
    exposures = 0
    unusable = False
    for name in names:
        try:
            with memory_for(name):
                sources = read_inputs(name, options)
                exposures += max(len(source.pool) + len(source.pool.faulty_lines) for source in sources)
                applied = zip(sources, options.for_each_ruleset(), strict=True)
                findings = check_together([(source.pool, own.ruleset, own.scopes_for(name)) for source, own in applied])
        except InputError as error:
            findings, unusable = error.findings, True
        else:
            fits = [source.fits for source in sources if source.fits is not None]
            if fits and not as_json:
                print_origins(fits[0])
        found += findings
        if not as_json:
            show_findings(findings, name, verbose=verbose)
    if as_json:
        echo_json({"pools": len(names), "exposures": exposures, "findings": [finding.as_dict() for finding in found]})
    else:
        summary = pluralize(len(found), "finding") if found else "no findings"
        echo_fitted(
            f"{pluralize(len(names), 'pool')} with {pluralize(exposures, 'exposure')} checked, {summary}", err=True
        )
    sys.exit(2 if unusable else 1 if found else 0)
