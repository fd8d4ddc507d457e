"""Options of commands that read FITS files, and what they print about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from asnforge.cli.terminal import echo
from asnforge.findings import limit_per_code, pluralize

if TYPE_CHECKING:
    from asnforge.fitsfiles.candidate_sources import CandidateSource
    from asnforge.fitsfiles.fits_pool import FitsPool
    from asnforge.rules.ruleset import Ruleset

_F = TypeVar("_F", bound=Callable[..., Any])


def fits_options(function: _F) -> _F:
    """``--candidates``, ``--exclude`` and ``--no-cache``."""
    for option in (
        click.option("--no-cache", is_flag=True, help="Read every header from its file, and keep none."),
        click.option(
            "--exclude",
            metavar="PATTERN",
            multiple=True,
            help="Do not use these FITS files: a path, a file name or a pattern, or @FILE with one on each line. Repeatable.",
        ),
        click.option(
            "--candidates",
            type=click.Choice(["pool", "archive", "observations", "guess"]),
            help="Where candidates come from. [default: the first of pool and archive that is among the files, else "
            "observations]",
        ),
    ):
        function = option(function)
    return function


def read_fits(
    paths: Sequence[str],
    ruleset: Ruleset,
    *,
    candidates: CandidateSource | None,
    exclude: Sequence[str],
    no_cache: bool,
    quiet: bool = False,
) -> FitsPool:
    """The pool of FITS files, as the options say, with a progress bar."""
    from asnforge.cli.progress import progress
    from asnforge.fitsfiles.find_fits import excluding
    from asnforge.fitsfiles.fits_pool import read_fits_pool

    with progress(1, quiet=quiet) as on_progress:
        return read_fits_pool(
            paths,
            ruleset,
            candidates=candidates,
            use_cache=not no_cache,
            is_excluded=excluding(exclude),
            on_progress=lambda count, total: on_progress("reading headers", count / max(total, 1)),
        )


def print_summary(fits: FitsPool, *, verbose: bool) -> None:
    """Print the findings of a pool from FITS files, and what was derived, on standard error."""
    shown, hidden = (fits.pool.findings, {}) if verbose else limit_per_code(fits.pool.findings)
    for finding in shown:
        echo(finding, err=True)
    for code, count in hidden.items():
        echo(f"{pluralize(count, 'more warning')} {code}: --verbose shows them", err=True)
    echo(f"{pluralize(len(fits.pool), 'exposure')} in {pluralize(fits.fits_files, 'FITS file')}", err=True)
    if fits.not_used:
        echo(f"not used: {', '.join(f'{count} {kind}' for kind, count in fits.not_used.items())}", err=True)
    for origin in fits.origins:
        echo(origin, err=True)
