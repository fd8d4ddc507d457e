"""What a run reads, the same for every command: tables and FITS files as pools, the exposures selected, and the scopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from asnforge.associations.member_paths import PathStyle, with_member_paths
from asnforge.associations.model import Association
from asnforge.generation.engine import (
    ALL_SCOPES,
    Grouping,
    associations_of,
    default_scopes,
    group,
)
from asnforge.generation.result import AssociationOptions, DraftsByProduct, Generation
from asnforge.grouping.scopes import ScopeChoice
from asnforge.grouping.selection import ColumnCondition, columns_of, select_exposures
from asnforge.pool import read_pool
from asnforge.pool.model import Pool
from asnforge.pool.open import Source
from asnforge.pool.read import TEXT_FORMATS
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.fitsfiles.candidate_sources import CandidateSource
    from asnforge.fitsfiles.fits_pool import FitsPool


@dataclass(frozen=True, slots=True)
class FitsOptions:
    """FITS files as pools of a run.

    Attributes
    ----------
    pools : mapping of str to tuple of str
        The files, folders and patterns of each pool that is made from FITS files, by the pool's name.
    paths_of_members : {"relative", "absolute", "bare"}
        How members are written, as for `asnforge.write_associations`.
    present_only, suffix : bool, str
        Which files are members, as for `asnforge.generate`.
    candidates : {"pool", "archive", "observations", "guess"} or None
        Where candidates come from; None for the first of pool, archive and observations that there is.
    exclude : tuple of str
        Paths, names and patterns of files that are not used.
    use_cache : bool
        Whether headers are taken from the user's cache.
    """

    pools: Mapping[str, tuple[str, ...]]
    paths_of_members: PathStyle = "relative"
    present_only: bool = False
    suffix: str = ""
    candidates: CandidateSource | None = None
    exclude: tuple[str, ...] = ()
    use_cache: bool = True


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """How associations are generated and written.

    Attributes
    ----------
    ruleset : Ruleset
        The rules.
    choice : ScopeChoice
        The scopes to process.
    version_id : str or None
        The keyword ``version_id``.
    merge : bool
        One file for all products of a rule and scope.
    delimiter, pool_format : str or None
        How pools are read; None to detect it from the file.
    orphans : Path or None
        The file for exposures that are in no association; for several pools, one file in each pool's folder.
    dry_run : bool
        Write nothing.
    rule_paths : tuple of str
        The files and folders that the rules were read from: no output may replace them.
    fits : FitsOptions or None
        The pools that are made from FITS files; None if all pools are tables.
    where : tuple of ColumnCondition
        Only exposures that pass all of these conditions are used.
    more_rulesets : tuple of Ruleset
        Further rule sets, each of which is applied to the pool by itself.
    report : Path or None
        The file of the report; for several pools, one file in each pool's folder.
    """

    ruleset: Ruleset
    choice: ScopeChoice = ALL_SCOPES
    version_id: str | None = None
    merge: bool = False
    delimiter: str | None = None
    pool_format: str | None = None
    orphans: Path | None = None
    dry_run: bool = False
    rule_paths: tuple[str, ...] = ()
    fits: FitsOptions | None = None
    where: tuple[ColumnCondition, ...] = ()
    more_rulesets: tuple[Ruleset, ...] = ()
    report: Path | None = None

    @property
    def rulesets(self) -> tuple[Ruleset, ...]:
        """All rule sets, in their order."""
        return self.ruleset, *self.more_rulesets

    @property
    def text_delimiter(self) -> str | None:
        """The delimiter of text pools; None to detect it from the file."""
        if self.delimiter is None and self.pool_format is not None:
            return TEXT_FORMATS.get(self.pool_format)
        return self.delimiter

    @property
    def is_text(self) -> bool:
        """Whether tables are read as text, unless they have the signature of another format."""
        return self.pool_format is None or self.pool_format in TEXT_FORMATS

    def for_each_ruleset(self) -> tuple[GenerateOptions, ...]:
        """The options for each rule set by itself."""
        return tuple(replace(self, ruleset=ruleset, more_rulesets=()) for ruleset in self.rulesets)

    def scopes_for(self, pool: str) -> ScopeChoice:
        """The scopes that are processed for a pool.

        The scope of the whole pool would join every background and every reference of a folder of FITS files to every target,
        so for such a pool it is processed only on request. It is the only one if exposures are combined that candidates keep
        apart.
        """
        if self.choice != ALL_SCOPES:
            return self.choice
        return default_scopes(self.ruleset, is_from_fits=self.is_from_fits(pool))

    def is_from_fits(self, pool: str) -> bool:
        """Whether a pool is made from FITS files."""
        return self.fits is not None and pool in self.fits.pools


@dataclass(frozen=True, slots=True, eq=False)
class PoolInput:
    """A pool that was read.

    Attributes
    ----------
    name : str
        The pool as the user named it.
    pool : Pool
        The exposures.
    fits : FitsPool or None
        The FITS files that the pool was made from; None if it is a table.
    """

    name: str
    pool: Pool
    fits: FitsPool | None = None


def read_input(name: str, options: GenerateOptions, on_progress: Callable[[float], None] = lambda _: None) -> PoolInput:
    """Read a pool for a single rule set; parameters and errors as for `read_inputs`."""
    (source,) = read_inputs(name, replace(options, more_rulesets=()), on_progress)
    return source


def read_inputs(
    name: str,
    options: GenerateOptions,
    on_progress: Callable[[float], None] = lambda _: None,
    table: Source | None = None,
) -> tuple[PoolInput, ...]:
    """Read a pool for each rule set, and select its exposures.

    A table is read once, with the columns that any rules need; headers of FITS files become exposures as each rule set says.

    Parameters
    ----------
    name : str
        The pool as the user named it.
    options : GenerateOptions
        How it is read.
    on_progress : callable
        Called with the part that is read, from 0 to 1.
    table : Source or None
        The file of a table, if it was found before.

    Raises
    ------
    InputError
        As for `asnforge.pool.read_pool`, for FITS files as for `asnforge.fitsfiles.fits_pool.read_fits_pool`, and for
        conditions as for `asnforge.grouping.selection.select_exposures`.
    """
    each = options.for_each_ruleset()
    if options.fits is not None and options.is_from_fits(name):
        return tuple(
            _read_fits(name, options.fits, own, partial(_report_part, on_progress, done, len(each)))
            for done, own in enumerate(each)
        )
    columns = columns_needed(options)
    if options.report is not None:
        from asnforge.overview.setups import columns_displayed

        columns = columns.union(*(columns_displayed(ruleset) for ruleset in options.rulesets))
    pool = read_pool(
        name if table is None else table, columns=columns, delimiter=options.delimiter, format=options.pool_format
    )
    return tuple(
        PoolInput(name, select_exposures(pool, options.where, ruleset)[0] if options.where else pool)
        for ruleset in options.rulesets
    )


def columns_needed(options: GenerateOptions) -> frozenset[str]:
    """The columns of a table that rules and conditions read."""
    return frozenset[str]().union(
        *(ruleset.columns_read() | columns_of(options.where, ruleset) for ruleset in options.rulesets)
    )


def _report_part(on_progress: Callable[[float], None], done: int, total: int, part: float) -> None:
    on_progress((done + part) / total)


def _read_fits(
    name: str, files: FitsOptions, options: GenerateOptions, on_progress: Callable[[float], None]
) -> PoolInput:
    from asnforge.fitsfiles.fits_pool import read_fits_pool

    fits = read_fits_pool(
        files.pools[name],
        options.ruleset,
        candidates=files.candidates,
        use_cache=files.use_cache,
        exclude=files.exclude,
        on_progress=on_progress,
    )
    if options.where:
        fits = select_from_fits(fits, options.where, options.ruleset)
    return PoolInput(name, fits.pool, fits)


def select_from_fits(fits: FitsPool, conditions: tuple[ColumnCondition, ...], ruleset: Ruleset) -> FitsPool:
    """The exposures of a pool from FITS files that pass all conditions; errors as for `select_exposures`."""
    from asnforge.fitsfiles.candidate_sources import of_programs

    pool, rows = select_exposures(fits.pool, conditions, ruleset)
    origins = fits.origins
    rules = ruleset.headers.candidates if ruleset.headers is not None else None
    column = pool.columns.get(rules.program.casefold()) if rules is not None else None
    if column is not None:
        origins, findings = of_programs(origins, pool.findings, {column[row] for row in range(len(pool))})
        pool = replace(pool, findings=findings)
    return replace(fits, pool=pool, origins=origins, exposures=tuple(fits.exposures[row] for row in rows.tolist()))


def generate_from(
    source: PoolInput, options: GenerateOptions, folder_of: Callable[[Association], Path] | None = None
) -> Generation:
    """Generate the associations of a pool; members of FITS files are written as paths.

    Parameters
    ----------
    source : PoolInput
        The pool.
    options : GenerateOptions
        The rules, and how they are applied.
    folder_of : callable or None
        The folder that an association is written to, from which the paths of its members are relative; None to leave the
        names of members as rules define them.

    Raises
    ------
    InputError
        As for `asnforge.generation.engine.generate`.
    """
    return evaluate_input(source, options, folder_of).generation


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A pool that was read, what the rules of a rule set did with it, and the associations."""

    source: PoolInput
    ruleset: Ruleset
    grouping: Grouping
    generation: Generation
    drafts: DraftsByProduct


def evaluate_input(
    source: PoolInput, options: GenerateOptions, folder_of: Callable[[Association], Path] | None = None
) -> Evaluated:
    """Generate the associations of a pool, and keep what the rules did; parameters and errors as for `generate_from`."""
    pool = source.pool if source.fits is not None and folder_of is not None else replace(source.pool, files=None)
    grouping = group(pool, options.ruleset, options.scopes_for(source.name))
    fits = options.fits
    how = AssociationOptions(
        options.version_id,
        options.merge,
        fits is not None and fits.present_only,
        fits.suffix if fits is not None else "",
    )
    generation, drafts = associations_of(grouping, pool, options.ruleset, how)
    if folder_of is not None and fits is not None:
        generation = replace(generation, associations=_with_paths(generation, fits.paths_of_members, folder_of))
    return Evaluated(source, options.ruleset, grouping, generation, drafts)


def _with_paths(
    generation: Generation, style: PathStyle, folder_of: Callable[[Association], Path]
) -> tuple[Association, ...]:
    by_folder: dict[Path, list[Association]] = {}
    for association in generation.associations:
        by_folder.setdefault(folder_of(association), []).append(association)
    written = {
        association.file_name: association
        for folder, associations in by_folder.items()
        for association in with_member_paths(associations, folder, style)
    }
    return tuple(written[association.file_name] for association in generation.associations)
