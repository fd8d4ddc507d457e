"""Run the entries of a suite: generate associations in memory and compare them with the expected ones."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from asnforge.asnfiles.search import files_below, is_folder
from asnforge.associations.model import Association
from asnforge.compare.allowlist import apply_allowlist, read_allowlist
from asnforge.compare.comparison import compare_sides
from asnforge.compare.load_sides import Side, from_associations, load_side
from asnforge.compare.model import Comparison, Options
from asnforge.findings import Finding, InputError
from asnforge.fitsfiles.find_fits import find_files, is_fits_input
from asnforge.generation.inputs import FitsOptions, GenerateOptions, read_inputs
from asnforge.generation.rulesets_together import generate_together
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool.open import refuse_special_file
from asnforge.regress.roots import is_inside, links_outside
from asnforge.regress.suite import SUITE_FILE, SuiteEntry
from asnforge.rulefiles.load import load_rulesets
from asnforge.rulefiles.shipped import RULESET_FILE, path_type, rule_files
from asnforge.rules.ruleset import Ruleset
from asnforge.system_errors import memory_for


@dataclass(frozen=True, slots=True)
class EntryResult:
    """The result of one entry.

    Attributes
    ----------
    entry : SuiteEntry
        The entry.
    comparison : Comparison or None
        The comparison of expected and actual associations; None if they could not be generated or compared.
    associations : tuple of Association
        The actual associations.
    new : bool
        Nothing is expected yet: the entry's expected file or folder does not exist.
    findings : tuple of Finding
        Why the associations could not be generated, compared or accepted.
    seconds : float
        The elapsed time.
    """

    entry: SuiteEntry
    comparison: Comparison | None
    associations: tuple[Association, ...]
    new: bool
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def status(self) -> int:
        """The exit status: 0 the same, 1 different, 2 not generated, compared or accepted."""
        if self.findings or self.comparison is None:
            return 2
        return 1 if self.new else self.comparison.status


def run_entry(entry: SuiteEntry) -> EntryResult:
    """Generate the associations of an entry and compare them; errors are among the result's findings."""
    started = perf_counter()
    associations: tuple[Association, ...] = ()
    try:
        refuse_special_file(entry.pool)
        refuse_special_file(entry.expected)
        _refuse(links_outside(_files_of(entry), entry.roots))
        allowlist = read_allowlist(entry.allow) if entry.allow else ()
        with memory_for(entry.pool):
            options = _generate_options(entry)
            _refuse(links_outside(_fits_files(entry, options), entry.roots))
            associations = generate_together(read_inputs(entry.pool, options), options).whole.associations
        new = not Path(entry.expected).exists()
        with memory_for(entry.expected):
            expected = Side(entry.expected, ()) if new else _in_one_folder(load_side(entry.expected))
            actual = Side(entry.pool, from_associations(associations))
            comparison = compare_sides(expected, actual, Options(ignore=frozenset(entry.ignore)))
            comparison = apply_allowlist(comparison, allowlist)
    except InputError as error:
        return EntryResult(entry, None, associations, False, error.findings, perf_counter() - started)
    return EntryResult(entry, comparison, associations, new, (), perf_counter() - started)


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise InputError(*findings)


def run_entries(entries: Sequence[SuiteEntry], processes: int = 1) -> Iterator[EntryResult]:
    """The result of each entry, in order.

    Parameters
    ----------
    entries : sequence of SuiteEntry
        The entries.
    processes : int
        The number of entries that run at the same time, each in its own process.
    """
    if processes <= 1 or len(entries) <= 1:
        yield from map(run_entry, entries)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(processes, len(entries))) as executor:
        yield from executor.map(run_entry, entries)


def _generate_options(entry: SuiteEntry) -> GenerateOptions:
    first, *others = _rulesets(entry.rules, entry.ignore_default, entry.only)
    fits = None
    if is_fits_input(entry.pool, first.headers):
        fits = FitsOptions({entry.pool: (entry.pool,)}, candidates=entry.candidates, use_cache=False)
    elif entry.candidates is not None:
        message, hint = "'candidates' is for FITS files, and {pool} is a table", "remove it"
        raise InputError(SUITE_FILE.finding(message, entry.location or "", hint=hint, pool=entry.pool))
    return GenerateOptions(
        ruleset=first,
        more_rulesets=tuple(others),
        choice=ScopeChoice(entry.scopes != "discovered", entry.scopes != "candidates", entry.ids),
        version_id=entry.version_id,
        merge=entry.merge,
        delimiter=entry.delimiter,
        pool_format=entry.format,
        fits=fits,
    )


@functools.lru_cache(maxsize=4)
def _rulesets(rules: tuple[str, ...], ignore_default: bool, only: tuple[str, ...]) -> tuple[Ruleset, ...]:
    """Cached, as most entries of a suite have the same rules."""
    return load_rulesets(*rules, default=not ignore_default, only=only)


def _files_of(entry: SuiteEntry) -> Iterator[str]:
    """The files in the folders of an entry: rule files and the expected associations."""
    for rules in entry.rules:
        if path_type(Path(rules)) == "folder" and is_inside(rules, entry.roots):
            yield from map(str, (Path(rules) / RULESET_FILE, *rule_files(Path(rules))))
    if is_folder(entry.expected):
        yield from (file for file, _ in files_below(entry.expected).files)


def _fits_files(entry: SuiteEntry, options: GenerateOptions) -> tuple[str, ...]:
    """The files that are read if the pool of an entry is a folder of FITS files."""
    if options.fits is None:
        return ()
    mappings = [ruleset.headers for ruleset in options.rulesets]
    endings = [mapping.candidates.pool_ending for mapping in mappings if mapping is not None and mapping.candidates]
    found = find_files([entry.pool], tuple(filter(None, endings)))
    return (*found.fits, *found.associations, *found.pools)


def _in_one_folder(side: Side) -> Side:
    """The expected associations as if they were in one folder, as the actual ones are."""
    return replace(side, associations=tuple(replace(association, folder=".") for association in side.associations))
