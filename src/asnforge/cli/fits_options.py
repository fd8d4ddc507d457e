"""Options of commands that read FITS files, and what they print about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from asnforge.cli.terminal import echo
from asnforge.findings import limit_per_code, pluralize

if TYPE_CHECKING:
    from asnforge.fitsfiles.candidate_sources import CandidateSource
    from asnforge.fitsfiles.fits_pool import FitsPool
    from asnforge.generation.files import FitsOptions
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


def member_options(function: _F) -> _F:
    """``--absolute``, ``--bare``, ``--present-only`` and ``--suffix``."""
    for option in (
        click.option(
            "--suffix", default="", metavar="NAME", help="Use your own products with this suffix, where they exist."
        ),
        click.option("--present-only", is_flag=True, help="Leave out members whose files do not exist."),
        click.option("--bare", is_flag=True, help="Write members as file names without folders."),
        click.option("--absolute", is_flag=True, help="Write members as absolute paths."),
    ):
        function = option(function)
    return function


def take_fits_options(
    pools: tuple[str, ...], files: tuple[str, ...], options: dict[str, Any]
) -> tuple[tuple[str, ...], FitsOptions | None, dict[str, Any]]:
    """The pools, the FITS files that are one of them, and the options without those of `fits_options` and `member_options`.

    Parameters
    ----------
    pools, files : tuple of str
        The arguments, and the values of ``--files``.
    options : dict
        The options of the command by name.

    Raises
    ------
    click.UsageError
        Options exclude each other, or need FITS files.
    """
    from asnforge.fitsfiles.find_fits import is_fits_input
    from asnforge.fitsfiles.locate_members import MemberFiles
    from asnforge.generation.files import FitsOptions

    options = dict(options)
    candidates, exclude, no_cache = (options.pop(name) for name in ("candidates", "exclude", "no_cache"))
    absolute, bare, present_only, suffix = (
        options.pop(name) for name in ("absolute", "bare", "present_only", "suffix")
    )
    if absolute and bare:
        raise click.UsageError("--absolute and --bare exclude each other: give one of them.")
    fits = [pool for pool in pools if is_fits_input(pool)]
    if not fits and not files:
        given = {"candidates": candidates, "exclude": exclude, "absolute": absolute, "bare": bare}
        given |= {"present-only": present_only, "suffix": suffix}
        used = next((name for name, value in given.items() if value), None)
        if used is not None:
            raise click.UsageError(f"--{used} is for FITS files: give some, or the folder of them with --files.")
        return pools, None, options
    if files and len(pools) > 1 and not fits:
        raise click.UsageError("--files is for one pool.")
    tables = tuple(pool for pool in pools if pool not in fits)
    if not (options["all_candidates"] or options["discover"] or options["ids"]):
        options["all_candidates"] = True
    style: Literal["relative", "absolute", "bare"] = "absolute" if absolute else "bare" if bare else "relative"
    paths = (*fits, *files, *tables)
    return (
        (fits[0] if len(paths) == 1 else (files or fits)[0],),
        FitsOptions(
            paths=paths,
            members=MemberFiles(style, present_only, suffix),
            candidates="pool" if tables and candidates is None else candidates,
            exclude=exclude,
            use_cache=not no_cache,
        ),
        options,
    )


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
    print_origins(fits)


def print_origins(fits: FitsPool) -> None:
    """Print how many exposures and files there are, and where candidates come from, on standard error."""
    echo(f"{pluralize(len(fits.pool), 'exposure')} in {pluralize(fits.fits_files, 'FITS file')}", err=True)
    if fits.not_used:
        echo(f"not used: {', '.join(f'{count} {kind}' for kind, count in fits.not_used.items())}", err=True)
    for origin in fits.origins:
        echo(origin, err=True)
