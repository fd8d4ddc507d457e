"""An entry of a suite: generated in memory, compared with what is expected."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from asnforge.asnfiles.search import files_below, is_folder
from asnforge.associations.model import Association
from asnforge.compare.allowlist import apply_allowlist, read_allowlist
from asnforge.compare.comparison import compare_sides
from asnforge.compare.load_sides import Side, from_associations, load_side
from asnforge.compare.model import Comparison, Options
from asnforge.findings import Finding, InputError
from asnforge.generation.engine import generate
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool import read_pool
from asnforge.pool.open import refuse_special_file
from asnforge.regress.entries import Entry
from asnforge.regress.inside import is_inside, links_outside
from asnforge.rulefiles.load import load_ruleset
from asnforge.rulefiles.shipped import RULESET_FILE, path_type, rule_files
from asnforge.rules.ruleset import Ruleset
from asnforge.system_errors import memory_for


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one entry.

    Attributes
    ----------
    entry : Entry
        The entry.
    comparison : Comparison or None
        Expected and actual; None where nothing could be generated.
    associations : tuple of Association
        The actual ones.
    new : bool
        Nothing is expected of the entry yet: there is neither file nor folder.
    findings : tuple of Finding
        Why nothing could be generated or compared.
    seconds : float
        How long it took, wall clock.
    """

    entry: Entry
    comparison: Comparison | None
    associations: tuple[Association, ...]
    new: bool
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def status(self) -> int:
        """0 the same, 1 different, 2 it could not be generated or compared."""
        if self.findings or self.comparison is None:
            return 2
        return 1 if self.new else self.comparison.status


def run_entry(entry: Entry) -> Outcome:
    """Generate the associations of an entry and compare them; what goes wrong is among the outcome's findings."""
    started = perf_counter()
    associations: tuple[Association, ...] = ()
    try:
        refuse_special_file(entry.pool)
        refuse_special_file(entry.expected)
        outside = links_outside(_files_of(entry), entry.roots)
        if outside:
            raise InputError(*outside)
        allowlist = read_allowlist(entry.allow) if entry.allow else ()
        with memory_for(entry.pool):
            associations = _generate(entry)
        new = not Path(entry.expected).exists()
        with memory_for(entry.expected):
            expected = Side(entry.expected, ()) if new else load_side(entry.expected)
            actual = Side(entry.pool, from_associations(associations))
            options = Options(ignore=frozenset(entry.ignore))
            comparison = compare_sides(_in_one_folder(expected), actual, options)
            comparison = apply_allowlist(comparison, allowlist)
    except InputError as stop:
        return Outcome(entry, None, associations, False, stop.findings, perf_counter() - started)
    return Outcome(entry, comparison, associations, new, (), perf_counter() - started)


def run_entries(entries: Sequence[Entry], processes: int = 1) -> Iterator[Outcome]:
    """The outcome of each entry, in order.

    Parameters
    ----------
    entries : sequence of Entry
        What to run.
    processes : int
        How many to run at once, each in a process of its own.
    """
    if processes <= 1 or len(entries) <= 1:
        yield from map(run_entry, entries)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(processes, len(entries))) as executor:
        yield from executor.map(run_entry, entries)


def _generate(entry: Entry) -> tuple[Association, ...]:
    ruleset = _ruleset(entry.rules, entry.ignore_default, entry.only)
    pool = read_pool(entry.pool, columns=ruleset.columns_read(), delimiter=entry.delimiter, format=entry.format)
    choice = ScopeChoice(entry.scopes != "discovered", entry.scopes != "candidates", entry.ids)
    generation = generate(pool, ruleset, choice=choice, version_id=entry.version_id, merge=entry.merge)
    return generation.associations


def _files_of(entry: Entry) -> Iterator[str]:
    """The files in the folders that an entry names: rule files, and the expected associations."""
    for rules in entry.rules:
        if path_type(Path(rules)) == "folder" and is_inside(rules, entry.roots):
            yield from map(str, (Path(rules) / RULESET_FILE, *rule_files(Path(rules))))
    if is_folder(entry.expected):
        yield from (file for file, _ in files_below(entry.expected).files)


@functools.lru_cache(maxsize=4)
def _ruleset(rules: tuple[str, ...], ignore_default: bool, only: tuple[str, ...]) -> Ruleset:
    """Kept, as the entries of a suite mostly share theirs."""
    ruleset = load_ruleset(*rules, default=not ignore_default)
    return ruleset.only(*only) if only else ruleset


def _in_one_folder(side: Side) -> Side:
    """What is expected of a pool is compared as a whole, whatever folders it lies in."""
    from dataclasses import replace

    associations = tuple(replace(association, folder=".") for association in side.associations)
    return replace(side, associations=associations)
