"""Options of commands that read FITS files, and what they print about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from asnforge.cli.terminal import echo_fitted
from asnforge.findings import pluralize

if TYPE_CHECKING:
    from asnforge.fitsfiles.candidate_sources import CandidateSource
    from asnforge.fitsfiles.fits_pool import FitsPool
    from asnforge.generation.inputs import GenerateOptions
    from asnforge.grouping.selection import ColumnCondition
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


def files_option(function: _F) -> _F:
    """``--files``."""
    option = click.option(
        "--files",
        multiple=True,
        metavar="PATH",
        help="FITS files or folders of the exposures that the pool lists: members are written as paths to them. Repeatable.",
    )
    return option(function)


_FITS_OPTIONS = ("candidates", "exclude", "no_cache", "absolute", "bare", "present_only", "suffix")


def pop_fits_options(options: dict[str, Any]) -> dict[str, Any]:
    """The values of the options of `fits_options` and `member_options`, which are removed from `options`."""
    return {name: options.pop(name) for name in _FITS_OPTIONS if name in options}


def with_fits(
    pools: tuple[str, ...], files: tuple[str, ...], options: GenerateOptions, values: Mapping[str, Any]
) -> tuple[tuple[str, ...], GenerateOptions]:
    """The pools, and the options with the FITS files that are one of them.

    Parameters
    ----------
    pools, files : tuple of str
        The arguments, and the values of ``--files``.
    options : GenerateOptions
        All other options.
    values : mapping of str to object
        The options from `pop_fits_options`.

    Raises
    ------
    click.UsageError
        Options exclude each other, or need FITS files.
    """
    from asnforge.fitsfiles.find_fits import is_fits_input

    fits = tuple(pool for pool in pools if is_fits_input(pool, options.ruleset.headers))
    if not fits and not files:
        refuse_fits_options(values, ", or the folder of them with --files")
        return pools, options
    tables = tuple(pool for pool in pools if pool not in fits)
    name = (fits or files)[0]
    if tables and values.get("candidates") is None:
        values = {**values, "candidates": "pool"}
    return (name,), from_fits(options, {name: (*fits, *files, *tables)}, values)


def refuse_fits_options(values: Mapping[str, Any], or_else: str = "") -> None:
    """Reject options for FITS files where there are none; `or_else` ends the message."""
    used = next((name for name, value in values.items() if value), None)
    if used is not None:
        option = used.replace("_", "-")
        raise click.UsageError(f"--{option} is for FITS files: give some{or_else}.")


def from_fits(
    options: GenerateOptions, pools: Mapping[str, tuple[str, ...]], values: Mapping[str, Any]
) -> GenerateOptions:
    """The options with pools that are made from FITS files: the paths of each by its name, and what the options say."""
    from asnforge.generation.inputs import FitsOptions

    absolute, bare = values.get("absolute", False), values.get("bare", False)
    if absolute and bare:
        raise click.UsageError("--absolute and --bare exclude each other: give one of them.")
    style: Literal["relative", "absolute", "bare"] = "absolute" if absolute else "bare" if bare else "relative"
    fits = FitsOptions(
        pools=pools,
        paths_of_members=style,
        present_only=values.get("present_only", False),
        suffix=values.get("suffix", ""),
        candidates=values.get("candidates"),
        exclude=values.get("exclude", ()),
        use_cache=not values.get("no_cache", False),
    )
    return replace(options, fits=fits)


def read_fits(
    paths: Sequence[str],
    ruleset: Ruleset,
    where: tuple[ColumnCondition, ...] = (),
    *,
    candidates: CandidateSource | None,
    exclude: Sequence[str],
    no_cache: bool,
) -> FitsPool:
    """The pool of FITS files that pass conditions, as the options say, with a progress bar."""
    from asnforge.cli.progress import progress
    from asnforge.fitsfiles.fits_pool import read_fits_pool
    from asnforge.generation.inputs import select_from_fits

    with progress(1) as on_progress:
        fits = read_fits_pool(
            paths,
            ruleset,
            candidates=candidates,
            use_cache=not no_cache,
            exclude=exclude,
            on_progress=lambda part: on_progress("reading headers", part),
        )
    return select_from_fits(fits, where, ruleset) if where else fits


def print_summary(fits: FitsPool, *, verbose: bool) -> None:
    """Print the findings of a pool from FITS files, and what was derived, on standard error."""
    from asnforge.cli.generate_report import show_findings

    show_findings(fits.pool.findings, fits.pool.path, verbose=verbose)
    print_origins(fits)


def print_origins(fits: FitsPool) -> None:
    """Print how many exposures and files there are, and where candidates come from, on standard error."""
    from asnforge.fitsfiles.exposures import listed_kinds

    echo_fitted(f"{pluralize(len(fits.pool), 'exposure')} in {pluralize(fits.fits_files, 'FITS file')}", err=True)
    if fits.not_used:
        echo_fitted(f"not used: {listed_kinds(fits.not_used)}", err=True)
    for origin in fits.origins:
        echo_fitted(origin, err=True)
