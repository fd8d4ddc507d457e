"""A pool that is made from FITS files: the way from paths to a `Pool` on one page."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from asnforge.findings import Finding, FindingCode, InputError, pluralize
from asnforge.fitsfiles.candidate_sources import CandidateSource, add_candidates
from asnforge.fitsfiles.exposure_rows import Rows, make_rows
from asnforge.fitsfiles.exposures import Exposure, find_exposures, listed_kinds
from asnforge.fitsfiles.find_fits import excluding, find_files, is_pattern
from asnforge.fitsfiles.read_headers import read_headers
from asnforge.pool.encode import text_column
from asnforge.pool.model import FROM_HEADERS, Pool
from asnforge.rules.header_mapping import UNDEFINED_CELL
from asnforge.rules.ruleset import Ruleset

NO_MAPPING = FindingCode(
    "P129",
    "a rule set that does not say how headers are read",
    "FITS files were given as a pool, and the rule set has no block 'headers' that says which keyword makes which column. Add "
    "the block, or give a table of exposures.",
    wrong="asnforge generate night/ --rules my-rules",
    right="asnforge generate night_pool.tsv --rules my-rules",
)
NO_EXPOSURES = FindingCode(
    "P130",
    "no exposures among the files",
    "There are no FITS files that are products of single exposures, so there is nothing to group. The message says what the "
    "files are. Stage 3 products, guide star files and reference files are not exposures.",
    wrong="asnforge generate previews/",
    right="asnforge generate night/",
)


@dataclass(frozen=True, slots=True, eq=False)
class FitsPool:
    """A pool that is made from FITS files.

    Attributes
    ----------
    pool : Pool
        One row for each exposure.
    exposures : tuple of Exposure
        The exposures in the order of the rows, with the files of their products.
    fits_files : int
        How many FITS files there are.
    not_used : mapping of str to int
        How many of them are not products of an exposure, by kind.
    origins : tuple of str
        Where the candidates come from.
    """

    pool: Pool
    exposures: tuple[Exposure, ...]
    fits_files: int
    not_used: Mapping[str, int]
    origins: tuple[str, ...]

    def row_of(self, file: str) -> int | None:
        """The row of the exposure that a file, by its path or its name, is a product of; None if there is no such file."""
        path, name = os.path.abspath(file), os.path.basename(file)  # noqa: PTH100, PTH119
        by_name = None
        for row, exposure in enumerate(self.exposures):
            for product in exposure.products.values():
                if os.path.abspath(product.path) == path:  # noqa: PTH100
                    return row
                if by_name is None and os.path.basename(product.path) == name:  # noqa: PTH119
                    by_name = row
        return by_name


def read_fits_pool(
    paths: Sequence[str],
    ruleset: Ruleset,
    *,
    candidates: CandidateSource | None = None,
    use_cache: bool = True,
    exclude: Sequence[str] = (),
    on_progress: Callable[[float], None] = lambda _: None,
) -> FitsPool:
    """Make a pool from FITS files.

    Parameters
    ----------
    paths : sequence of str
        FITS files, folders and patterns, and the archive's pools and association files.
    ruleset : Ruleset
        Its block ``headers`` says how headers are read.
    candidates : {"pool", "archive", "observations", "guess"} or None
        Where candidates come from; None for the first of pool, archive and observations that there is.
    use_cache : bool
        Whether headers that were read before are taken from the user's cache.
    exclude : sequence of str
        Paths, file names and patterns of files that are not used, as for `excluding`.
    on_progress : callable
        Called with the part of the headers that is read, from 0 to 1.

    Raises
    ------
    InputError
        A path does not exist, there are no exposures, or the rule set does not say how headers are read.
    """
    mapping = ruleset.headers
    if mapping is None:
        message = "the rule set {ruleset} has no block 'headers', so FITS files cannot be its pool"
        raise InputError(NO_MAPPING.finding(message, paths[0], ruleset=ruleset.name))
    files = find_files(paths, mapping.candidates.pool_ending if mapping.candidates is not None else "")
    is_excluded = excluding(exclude)
    fits = [path for path in files.fits if not is_excluded(path)]
    headers = read_headers(
        fits,
        mapping.keywords(),
        use_cache=use_cache,
        on_progress=lambda count: on_progress(count / max(len(fits), 1)),
    )
    found = find_exposures(headers, mapping, ruleset.columns_read())
    if not found.exposures:
        raise InputError(_no_exposures(paths, len(fits), found.not_used), *files.findings, *found.findings)
    rows = make_rows(found.exposures, mapping, ruleset.members.file_name.upper())
    made = add_candidates(rows, found.exposures, files, mapping, ruleset, candidates)
    findings = (*files.findings, *found.findings, *made.findings)
    pool = pool_of_rows(_origin(paths, files.pools), made.rows, ruleset, findings)
    pool = replace(pool, files=_files(found.exposures))
    return FitsPool(pool, found.exposures, len(fits), found.not_used, made.origins)


def _files(exposures: Iterable[Exposure]) -> dict[str, dict[str, str]]:
    """The absolute paths of products by root and suffix."""
    return {
        exposure.root: {suffix: _absolute(product.path) for suffix, product in exposure.products.items()}
        for exposure in exposures
    }


def _absolute(path: str) -> str:
    """An absolute path; through a link, ``..`` leads to the folder above the link's target."""
    if os.pardir not in path:
        return os.path.abspath(path)  # noqa: PTH100
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118


def _origin(paths: Sequence[str], pools: Collection[str]) -> str:
    """What the pool is named after: the one table that is given with the files, else the folder that has all paths."""
    named = [path for path in paths if path in pools]
    return named[0] if len(named) == 1 else common_folder(paths)


def common_folder(paths: Sequence[str]) -> str:
    """The file or folder that has all of some paths; its name is that of their pool.

    It is spelled as the user named it if it has a name and is the same for all paths.
    """
    places = {_without_wildcards(path) for path in paths}
    only = next(iter(places))
    if len(places) == 1 and os.path.basename(os.path.normpath(only)) not in ("", ".", ".."):  # noqa: PTH119
        return os.path.normpath(only)
    return os.path.commonpath([os.path.abspath(place) for place in places])  # noqa: PTH100


def _without_wildcards(path: str) -> str:
    """The part of a pattern before its first wildcard; a path that exists as it is."""
    while is_pattern(path) and not os.path.lexists(path):
        path = os.path.dirname(path)  # noqa: PTH120
    return path or os.curdir


def pool_of_rows(path: str, rows: Rows, ruleset: Ruleset, findings: Collection[Finding] = ()) -> Pool:
    """A pool with the cells of rows that headers make; `path` names it in messages."""
    undefined = UNDEFINED_CELL if UNDEFINED_CELL.casefold() in ruleset.undefined else ""
    names = dict.fromkeys(chain.from_iterable(rows))
    columns = {}
    for name in names:
        cells = [row.get(name, UNDEFINED_CELL) for row in rows]
        if undefined != UNDEFINED_CELL:
            cells = [undefined if cell == UNDEFINED_CELL else cell for cell in cells]
        columns[name.casefold()] = text_column(name, cells)
    return Pool(
        path=path,
        name=os.path.basename(os.path.abspath(path)) or "none",  # noqa: PTH100, PTH119
        header=tuple(names),
        columns=columns,
        lines=np.arange(1, len(rows) + 1, dtype=np.int64),
        findings=tuple(findings),
        format=FROM_HEADERS,
        undefined=ruleset.undefined,
    )


def _no_exposures(paths: Sequence[str], count: int, not_used: Mapping[str, int]) -> Finding:
    kinds = listed_kinds(not_used)
    message = f"no exposures among {pluralize(count, 'FITS file')}" + (f": {kinds}" if kinds else "")
    return NO_EXPOSURES.finding(message, paths[0], files=count, not_used=tuple(not_used))
