"""Read a pool from anything that a program or a notebook has: paths of tables or FITS files, or a table in memory."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from asnforge.findings import Finding, FindingCode, InputError, SourceLocation, pluralize, wrong_argument
from asnforge.findings.log import LOG
from asnforge.fitsfiles.find_fits import expanded, is_fits_input, is_pattern
from asnforge.fitsfiles.fits_pool import read_fits_pool
from asnforge.pool.astropy_tables import import_astropy, table_cells
from asnforge.pool.encode import ColumnBuilder
from asnforge.pool.header import duplicate_names
from asnforge.pool.model import FROM_TABLE, Pool, TextColumn
from asnforge.pool.read import read_pool as read_table_file
from asnforge.pool.text import NO_ROWS
from asnforge.rulefiles.load import load_ruleset, load_rulesets
from asnforge.rules.header_mapping import FITS_ENDINGS, HeaderMapping
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from astropy.table import Table

    from asnforge.fitsfiles.candidate_sources import CandidateSource

UNKNOWN_SOURCE = FindingCode(
    "P140",
    "a pool cannot be read from this object",
    "A pool is read from a path or a list of paths, from an astropy Table or a pandas DataFrame with a row for each exposure, "
    "from the table that astroquery returns for a download, or from an ImageFileCollection of ccdproc.",
    wrong="asnforge.read_pool(42)",
    right='asnforge.read_pool("night/")',
)
SEVERAL_TABLES = FindingCode(
    "P141",
    "several tables are not one pool",
    "Each table of exposures is a pool of its own: its name is a keyword of the associations. Read the tables one by one. FITS "
    "files and folders can be given together, also with one table that lists their exposures.",
    wrong='asnforge.read_pool(["first.tsv", "second.tsv"])',
    right='asnforge.read_pool("first.tsv")',
)
NOT_DOWNLOADED = FindingCode(
    "P142",
    "a file was not downloaded",
    "The table of a download says that a file is missing. It is not used; download it again.",
    wrong='asnforge.read_pool(Table({"Local Path": ["a.fits"], "Status": ["ERROR"]}))',
    right='asnforge.read_pool(Table({"Local Path": ["a.fits"], "Status": ["COMPLETE"]}))',
)
PoolSource: TypeAlias = Any
"""A pool, a path, an iterable of paths, an astropy Table, a pandas DataFrame, or an ImageFileCollection; libraries that are not
installed have no types."""

RulesetSource: TypeAlias = Ruleset | str | os.PathLike[str] | Iterable[Ruleset | str | os.PathLike[str]] | None
"""A rule set, or its name, file or folder, or several of these; None for the default rule set."""

_LOCAL_PATH, _STATUS, _DOWNLOADED = "local path", "status", "complete"
"""The columns of astroquery's table of a download, in lower case, and the status of a complete file."""

_UNNAMED = "table"
"""The name of a pool from a table in memory."""

_RULESETS = "the name, file or folder of a rule set, or what load_ruleset returns"
_NO_POOL = "a pool cannot be read from {type}"
_SOURCES = "give a path, a list of paths, or a table of exposures"


def read_pool(
    source: PoolSource,
    *,
    ruleset: Ruleset | str | os.PathLike[str] | None = None,
    columns: Collection[str] | None = None,
    delimiter: str | None = None,
    format: str | None = None,  # noqa: A002
    name: str = "",
    candidates: CandidateSource | None = None,
    exclude: Sequence[str] = (),
    use_cache: bool = True,
) -> Pool:
    """Read a pool from a table of exposures or from FITS files.

    Parameters
    ----------
    source : path, iterable of paths, Table, DataFrame, ImageFileCollection or Pool
        One of these:

        - the path of a table: text, FITS, ECSV or VOTable, optionally compressed with gzip; ``-`` is standard input;
        - paths of FITS files, folders of them, and patterns such as ``night/*_cal.fits``: their headers make the pool;
        - an `astropy.table.Table` or a pandas ``DataFrame`` with a row for each exposure;
        - the table that astroquery returns for a download, which has a column ``Local Path``;
        - an ``ImageFileCollection`` of ccdproc, whose files make the pool.
    ruleset : Ruleset, name, path or None
        Says how headers are read, and which values are undefined; None for the default rule set. A name or path is that of a
        rule set as for `asnforge.load_ruleset`.
    columns : collection of str, or None
        For the file of a table: the names of the columns to read, in any case; None for all.
    delimiter, format : str or None
        For the file of a table: the field delimiter, and astropy's name of the format; None to detect them.
    name : str
        For a table in memory: the name of the pool in associations.
    candidates : {"pool", "archive", "observations", "guess"} or None
        For FITS files: where candidates come from; None for the first of pool, archive and observations that there is.
    exclude : sequence of str
        For FITS files: paths, names and patterns of files that are not used.
    use_cache : bool
        For FITS files: whether headers that were read before are taken from the user's cache.

    Returns
    -------
    Pool
        Its findings are warnings. A pool of FITS files knows its files, so that members of associations are paths to them.

    Raises
    ------
    InputError
        There is no such file, it is not a table, or it has no exposures, for example.

    Examples
    --------
    >>> pool = read_pool("pool.tsv", columns=["FILENAME", "PROGRAM"])  # doctest: +SKIP
    >>> pool.columns["program"][0]  # doctest: +SKIP
    '00623'
    """
    if isinstance(source, Pool):
        return source
    rules = as_ruleset(ruleset)
    findings: tuple[Finding, ...] = ()
    table = _table_in_memory(source)
    if table is not None and _find(table, _LOCAL_PATH) is None:
        return _logged(_pool_of_table(table, name or _UNNAMED, rules))
    if table is not None:
        paths, findings = _downloaded(table)
    else:
        paths = _paths(source)
    fits, tables = _split(paths, rules.headers)
    if not fits:
        if len(tables) > 1:
            message, hint = "{count:table} cannot be one pool: {tables}", "read each of them as a pool of its own"
            finding = SEVERAL_TABLES.finding(message, hint=hint, count=len(tables), tables=tuple(tables[:5]))
            raise InputError(finding)
        pool = read_table_file(tables[0], columns=columns, delimiter=delimiter, format=format)
        return _logged(replace(pool, undefined=rules.undefined))
    found = read_fits_pool(
        (*fits, *tables),
        rules,
        candidates="pool" if tables and candidates is None else candidates,
        use_cache=use_cache,
        exclude=exclude,
    )
    for line in (*(f"not used: {count} {kind}" for kind, count in found.not_used.items()), *found.origins):
        LOG.info("%s: %s", found.pool.path, line)
    return _logged(replace(found.pool, findings=(*findings, *found.pool.findings)))


def as_pool(source: PoolSource, ruleset: Ruleset) -> Pool:
    """A pool as it is, or the pool of anything else, with the columns that the rules need; errors as for `read_pool`."""
    return read_pool(source, ruleset=ruleset, columns=ruleset.columns_read())


def as_ruleset(ruleset: Ruleset | str | os.PathLike[str] | None) -> Ruleset:
    """A rule set as it is, that of a name, file or folder, or the default one, which is read once.

    Raises
    ------
    InputError
        It cannot be read, or is something else.
    """
    if isinstance(ruleset, Ruleset):
        return ruleset
    if ruleset is None:
        return _default_ruleset()
    if isinstance(ruleset, str | os.PathLike):
        return load_ruleset(os.fspath(ruleset))
    raise wrong_argument("ruleset", ruleset, _RULESETS)


def as_rulesets(rulesets: RulesetSource) -> tuple[Ruleset, ...]:
    """One or more rule sets, in their order; names and paths as for `asnforge.rulefiles.load.load_rulesets`.

    Raises
    ------
    InputError
        One of them cannot be read or is something else, or there is none.
    """
    if rulesets is None or isinstance(rulesets, Ruleset | str | os.PathLike) or not isinstance(rulesets, Iterable):
        return (as_ruleset(rulesets),)
    each = tuple(rulesets)
    paths = [os.fspath(entry) for entry in each if isinstance(entry, str | os.PathLike)]
    if not each:
        raise wrong_argument("ruleset", each, _RULESETS)
    return load_rulesets(*paths) if len(paths) == len(each) else tuple(map(as_ruleset, each))


@cache
def _default_ruleset() -> Ruleset:
    return load_ruleset()


def _logged(pool: Pool) -> Pool:
    LOG.info("%s: read %s", pool.path, pluralize(len(pool), "exposure"))
    for finding in pool.findings:
        LOG.info("%s", finding)
    return pool


def _table_in_memory(source: PoolSource) -> Table | None:
    """An astropy Table, or one that is made from a pandas DataFrame or a structured array; None for anything else."""
    if hasattr(source, "colnames") and hasattr(source, "itercols"):
        return source
    if hasattr(source, "iloc") and hasattr(source, "columns"):
        return import_astropy().table.Table.from_pandas(source)
    if isinstance(source, np.ndarray) and source.dtype.names:
        return import_astropy().table.Table(source)
    return None


def _find(table: Table, name: str) -> str | None:
    """The spelling of a column of a table."""
    return next((column for column in table.colnames if column.casefold() == name), None)


def _pool_of_table(table: Table, name: str, ruleset: Ruleset) -> Pool:
    if not len(table):
        raise InputError(NO_ROWS.finding("the table has no rows", name, hint="a pool has one row per exposure"))
    columns: dict[str, TextColumn] = {}
    for column in table.colnames:
        builder = ColumnBuilder(column)
        builder.add(table_cells(table, column, file=name))
        columns.setdefault(column.strip().casefold(), builder.finish())
    names = tuple(column.strip() for column in table.colnames)
    return Pool(
        path=name,
        name=name,
        header=names,
        columns=columns,
        lines=np.arange(1, len(table) + 1, dtype=np.int64),
        findings=duplicate_names(names, SourceLocation(name)),
        format=FROM_TABLE,
        undefined=ruleset.undefined,
    )


def _downloaded(table: Table) -> tuple[list[str], tuple[Finding, ...]]:
    """The files of astroquery's table of a download, and a warning for each that is missing."""
    local_path, status = _find(table, _LOCAL_PATH), _find(table, _STATUS)
    states = [str(state) for state in table[status]] if status is not None else []
    paths, findings = [], []
    for row, path in enumerate(map(str, table[local_path])):
        if not states or states[row].strip().casefold() == _DOWNLOADED:
            paths.append(path)
        else:
            message, hint = "the file is not used: its status is {status:quoted}", "download it again"
            finding = NOT_DOWNLOADED.finding(message, path, hint=hint, severity="warning", status=states[row])
            findings.append(finding)
    if not paths:
        message = "all of {count:file} of the download are missing"
        raise InputError(NOT_DOWNLOADED.finding(message, hint="download them again", count=len(table)), *findings)
    return paths, tuple(findings)


def _paths(source: PoolSource) -> list[str]:
    """The paths of an object that is not a table, at least one."""
    if hasattr(source, "files_filtered"):
        source = source.files_filtered(include_path=True)
    one = isinstance(source, str | os.PathLike)
    if not one and (not isinstance(source, Iterable) or isinstance(source, bytes | Mapping)):
        raise InputError(UNKNOWN_SOURCE.finding(_NO_POOL, hint=_SOURCES, type=type(source).__name__))
    paths = []
    for path in [source] if one else source:
        if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
            raise InputError(UNKNOWN_SOURCE.finding(_NO_POOL, hint=_SOURCES, type=f"a list with {type(path).__name__}"))
        paths.append(os.path.expanduser(os.fspath(path)))  # noqa: PTH111
    if not paths:
        raise InputError(UNKNOWN_SOURCE.finding("there are no files to read", hint=_SOURCES))
    return paths


def _split(paths: Sequence[str], mapping: HeaderMapping | None) -> tuple[list[str], list[str]]:
    """FITS files, folders and patterns of them, and the files of tables."""
    fits: list[str] = []
    tables: list[str] = []
    for path in paths:
        if not is_pattern(path) or os.path.lexists(path):
            (fits if is_fits_input(path, mapping) else tables).append(path)
            continue
        matching = expanded(path)
        if any(os.path.isdir(match) or match.casefold().endswith(FITS_ENDINGS) for match in matching):  # noqa: PTH112
            fits.append(path)
        else:
            tables += matching
    return fits, tables
