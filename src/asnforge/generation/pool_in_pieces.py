"""Generate from a large pool in pieces, so that memory depends on its programs and not on its size.

The result is the same as that of the pool as a whole: files and their order, findings, counts, duplicates and orphans. A pool
is cut if the rules allow that (`asnforge.pieces.partition`), and if no option needs the pool as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np

from asnforge.asnfiles.output_checks import check_names, check_replaced
from asnforge.asnfiles.staging import OutputFile
from asnforge.asnfiles.write import FolderWriter
from asnforge.associations.pipeline_use import NOT_USABLE, SHARED_NAME
from asnforge.associations.summary import AssociationSummary
from asnforge.findings import Finding
from asnforge.generation.inputs import Evaluated, GenerateOptions, PoolInput, columns_needed, evaluate_input
from asnforge.generation.result import Generation, ordered_findings
from asnforge.generation.rulesets_together import TogetherResult, join
from asnforge.generation.run_summary import (
    RunSummary,
    findings_of_pieces,
    joined_summary,
    notes_of_piece,
    reported_duplicates,
    summary_of,
)
from asnforge.grouping.selection import ColumnCondition, find_selected, of_rows
from asnforge.grouping.wildcard_limit import TOO_MANY_GROUPS
from asnforge.pieces.cut_file import cut_file, find_ranges
from asnforge.pieces.cut_pool import Cut, read_piece
from asnforge.pieces.partition import DEFAULT_SIZES, CutSizes, Partition, find_partitions
from asnforge.pool.file_state import FileState, file_state, reject_changes
from asnforge.pool.model import Pool
from asnforge.pool.open import Source
from asnforge.pool.temporary_copy import seekable_pool
from asnforge.rules.ruleset import Ruleset

_COUNTED = frozenset({NOT_USABLE.code, SHARED_NAME.code, TOO_MANY_GROUPS.code})
"""Findings with counts of the whole pool, which those of pieces do not have."""


class NotSeparable(Exception):
    """The pieces of a pool have findings that only the pool as a whole shows correctly."""


@dataclass(frozen=True, slots=True, eq=False)
class LargePool:
    """A pool that was cut."""

    name: str
    file: str | Source
    state: FileState | None
    partitions: tuple[Partition, ...]  # of each rule set
    cut: Cut

    @property
    def path(self) -> str:
        """The pool in findings."""
        return self.file if isinstance(self.file, str) else self.file.path


@dataclass(frozen=True, slots=True, eq=False)
class PiecesResult:
    """The result for all pieces of a pool.

    Attributes
    ----------
    summary : RunSummary
        The associations in the order of their files, and the counts.
    findings : tuple of Finding
        The findings of the pool and of the rules.
    table : Pool
        The pool, with the rows of one piece only.
    files : tuple of OutputFile
        The files that were staged, in the order of the associations; none without a writer.
    """

    summary: RunSummary
    findings: tuple[Finding, ...]
    table: Pool
    files: tuple[OutputFile, ...]


@contextmanager
def cut_any_pool(
    name: str, options: GenerateOptions, sizes: CutSizes = DEFAULT_SIZES
) -> Iterator[tuple[Source | None, LargePool | None]]:
    """Cut a pool that may be standard input or compressed; parameters and errors as for `cut_large_pool`.

    Yields
    ------
    source : Source or None
        The file, if it must not be searched again, as standard input was read.
    large : LargePool or None
        The pool in pieces; None if it is small, or if it is needed as a whole.
    """
    if name != "-" and not name.lower().endswith(".gz"):
        yield None, cut_large_pool(name, options, sizes)
    elif not _is_separable(name, options) or find_partitions(options.rulesets) is None:
        yield None, None
    else:
        with seekable_pool(name, max(sizes.large, 1)) as source:
            yield source, cut_large_pool(name, options, sizes, source)


def cut_large_pool(
    name: str, options: GenerateOptions, sizes: CutSizes = DEFAULT_SIZES, source: Source | None = None
) -> LargePool | None:
    """Cut a pool; None if it is small, or if it is needed as a whole.

    Parameters
    ----------
    name : str
        The pool as the user named it.
    options : GenerateOptions
        How associations are generated. Merging and a report need the whole pool.
    sizes : CutSizes
        The sizes at which pools are cut.
    source : Source or None
        The file, if it was found before.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does.
    """
    if not _is_separable(name, options):
        return None
    try:
        status = os.stat((source and source.copy) or name)  # noqa: PTH116
    except (OSError, ValueError):  # standard input, or the error is reported by what reads it
        return None
    partitions = find_partitions(options.rulesets) if status.st_size >= sizes.large else None
    if partitions is None:
        return None
    file, delimiter = source or name, options.text_delimiter
    found = find_ranges(file, status.st_size, partitions, delimiter, sizes)
    cut = cut_file(file, found, partitions, delimiter, sizes.rows) if found else None
    if cut is None or len(cut.pieces) < 2:
        return None
    return LargePool(name, file, file_state(status) if source is None else source.state, partitions, cut)


def _is_separable(name: str, options: GenerateOptions) -> bool:
    """Whether no option needs the pool as a whole."""
    return not (options.merge or options.report) and options.is_text and not options.is_from_fits(name)


def read_pieces(large: LargePool, options: GenerateOptions) -> Iterator[tuple[PoolInput, ...]]:
    """Each piece of a pool as each rule set reads it; with conditions, the exposures that they select.

    Raises
    ------
    InputError
        As for `asnforge.generation.inputs.read_inputs`, or the pool has changed.
    NotSeparable
        At the end: a condition has a value that no exposure has, or no exposure passes all conditions.
    """
    columns = columns_needed(options)
    absent: list[set[tuple[ColumnCondition, str]]] = []
    selected = np.zeros(len(options.rulesets), np.int64)
    for piece in large.cut.pieces:
        table = read_piece(large.file, piece, columns, options.text_delimiter)
        if not options.where:
            yield (PoolInput(large.name, table),) * len(options.rulesets)
            continue
        found = [find_selected(table, options.where, ruleset) for ruleset in options.rulesets]
        selected += [len(rows) for rows, _ in found]
        absent = [set(own).intersection(*absent[number : number + 1]) for number, (_, own) in enumerate(found)]
        if any(len(rows) for rows, _ in found):
            yield tuple(PoolInput(large.name, of_rows(table, rows)) for rows, _ in found)
    if options.where and (any(absent) or not selected.all()):
        raise NotSeparable


def generate_in_pieces(
    large: LargePool,
    options: GenerateOptions,
    folder: Path,
    inputs: Iterable[str | os.PathLike[str]],
    writer: FolderWriter | None,
    report: Callable[[float], None],
) -> PiecesResult:
    """Generate from one piece after another, and stage the files.

    Parameters
    ----------
    large : LargePool
        The pool.
    options : GenerateOptions
        How associations are generated.
    folder : Path
        The folder of the files.
    inputs : iterable of path
        Files that no association may replace.
    writer : FolderWriter or None
        Stages the files; None for a dry run.
    report : callable
        Called with the part that is done, from 0 to 1.

    Raises
    ------
    InputError
        As for `generate_from`, or a file cannot be written.
    NotSeparable
        Findings of several pieces have to be counted together, or a chosen id is not in the pool.
    """
    inputs, collected = tuple(inputs), _Collected(options.rulesets)
    each = [
        replace(own, choice=replace(own.choice, all_known=not own.choice.ids)) for own in options.for_each_ruleset()
    ]
    with reject_changes(large.path, large.state):
        for done, sources in enumerate(read_pieces(large, options), start=1):
            evaluated = [evaluate_input(source, own) for source, own in zip(sources, each, strict=True)]
            collected.add_ids(evaluated)
            pools = [source.pool for source in sources]
            together = join(pools, options.rulesets, [result.generation for result in evaluated])
            whole = together.whole
            check_names(whole.associations, folder)
            check_replaced([association.file_name for association in whole.associations], folder, inputs)
            collected.add(together)
            if writer is not None:
                collected.files += writer.stage(whole.associations)
            collected.table = replace(pools[0], columns={})
            del sources, evaluated, pools, together, whole
            report(done / len(large.cut.pieces))
    return collected.result(large, set(map(str.casefold, options.choice.ids)))


@dataclass(slots=True)
class _Collected:
    """What is kept of the pieces."""

    rulesets: tuple[Ruleset, ...]
    table: Pool | None = None
    summaries: list[RunSummary] = field(default_factory=list)
    parts: list[tuple[Generation, ...]] = field(default_factory=list)
    ruleset_of: list[int] = field(default_factory=list)
    conflicts: set[Finding] = field(default_factory=set)
    files: list[OutputFile] = field(default_factory=list)
    counted: set[tuple[int, str, object]] = field(default_factory=set)
    ids: list[set[str]] = field(default_factory=list)

    def add_ids(self, evaluated: Sequence[Evaluated]) -> None:
        """Add the ids of the candidates of a piece, for each rule set."""
        found = [{scope_id for scope_id, _ in result.grouping.scopes.scopes} for result in evaluated]
        self.ids = [known | more for known, more in zip(self.ids, found, strict=True)] if self.ids else found

    def add(self, together: TogetherResult) -> None:
        """Add a piece."""
        counted = {
            (number, note.code, note.details["rule"])
            for number, part in enumerate(together.parts)
            for note in part.notes
            if note.code in _COUNTED
        }
        if not counted.isdisjoint(self.counted):
            raise NotSeparable
        self.counted |= counted
        self.conflicts.update(together.conflicts)
        self.summaries.append(summary_of(together.whole, self.rulesets))
        self.ruleset_of += [number for number, part in enumerate(together.parts) for _ in part.associations]
        self.parts.append(tuple(replace(part, associations=()) for part in together.parts))

    def result(self, large: LargePool, chosen: set[str]) -> PiecesResult:
        """The result for the whole pool; `chosen` are the ids that the user chose, in lower case."""
        if self.table is None or any(chosen.difference(known) for known in self.ids):
            raise NotSeparable
        malformed = large.cut.findings
        by_ruleset = [*zip(self.rulesets, zip(*self.parts, strict=True), strict=True)]
        faulty_lines = [finding.line for finding in malformed if finding.line is not None]
        joined = joined_summary(self.summaries, by_ruleset, faulty_lines)
        order = self._order(joined.associations, large.partitions)
        findings = {*malformed, *self.conflicts}
        for ruleset, generations in by_ruleset:
            findings.update(_joined_findings(ruleset, generations, self.table.path))
        return PiecesResult(
            summary=replace(joined, associations=tuple(map(joined.associations.__getitem__, order))),
            findings=ordered_findings(findings),
            table=self.table,
            files=tuple(map(self.files.__getitem__, order)) if self.files else (),
        )

    def _order(self, associations: Sequence[AssociationSummary], partitions: Sequence[Partition]) -> list[int]:
        """The positions of associations in the order that they have in the pool as a whole."""
        layers = [
            {rule.name: number for number, layer in enumerate(ruleset.layers()) for rule in layer}
            for ruleset in self.rulesets
        ]
        keys = [
            (number, layers[number][each.asn_rule], partitions[number].order_of_file(each.file_name))
            for number, each in zip(self.ruleset_of, associations, strict=True)
        ]
        return sorted(range(len(keys)), key=keys.__getitem__)


def _joined_findings(ruleset: Ruleset, generations: Sequence[Generation], path: str) -> Iterator[Finding]:
    """The findings of a rule set for a pool, from its results for the pieces."""
    yield from chain.from_iterable(map(notes_of_piece, generations))
    dropped = (reported_duplicates(generation, ruleset) for generation in generations)
    yield from findings_of_pieces(dropped, (generation.faults for generation in generations), path)
