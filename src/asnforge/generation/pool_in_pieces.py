"""Generate from a large pool in pieces, so that memory depends on its programs and not on its size.

The result is the same as that of the pool as a whole: files and their order, findings, counts, duplicates and orphans. A pool
is cut if the rules allow that (`asnforge.pieces.partition`), and if no option needs the pool as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from asnforge.asnfiles.output_checks import check_names, check_replaced
from asnforge.asnfiles.staging import OutputFile
from asnforge.asnfiles.write import FolderWriter
from asnforge.associations.duplicates import LOST_PRODUCT, lost_products
from asnforge.associations.pipeline_use import NOT_USABLE, SHARED_NAME
from asnforge.associations.summary import AssociationSummary
from asnforge.findings import Finding
from asnforge.generation.inputs import GenerateOptions, PoolInput, generate_from
from asnforge.generation.result import Generation, ordered_findings
from asnforge.generation.run_summary import RunSummary, joined_summary, summary_of
from asnforge.grouping.pool_faults import PoolFaults, merge_faults
from asnforge.grouping.wildcard_limit import TOO_MANY_GROUPS
from asnforge.pieces.cut_file import cut_file, find_ranges
from asnforge.pieces.partition import (
    DEFAULT_SIZES,
    Cut,
    CutSizes,
    Partition,
    find_partition,
    has_separate_products,
    read_piece,
)
from asnforge.pool.file_state import FileState, file_state, reject_changes
from asnforge.pool.model import Pool

_COUNTED = frozenset({NOT_USABLE.code, SHARED_NAME.code, TOO_MANY_GROUPS.code})
"""Findings with counts of the whole pool, which those of pieces do not have."""


class NotSeparable(Exception):
    """The pieces of a pool have findings that only the pool as a whole shows correctly."""


@dataclass(frozen=True, slots=True, eq=False)
class LargePool:
    """A pool that was cut."""

    name: str
    state: FileState
    partition: Partition
    cut: Cut


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


def cut_large_pool(name: str, options: GenerateOptions, sizes: CutSizes = DEFAULT_SIZES) -> LargePool | None:
    """Cut a pool; None if it is small, or if it is needed as a whole.

    Parameters
    ----------
    name : str
        The pool as the user named it.
    options : GenerateOptions
        How associations are generated. Several rule sets, chosen ids, conditions, merging and a report need the whole pool.
    sizes : CutSizes
        The sizes at which pools are cut.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does.
    """
    needs_all = options.more_rulesets or options.choice.ids or options.where or options.merge or options.report
    if needs_all or options.pool_format or options.is_from_fits(name):
        return None
    try:
        status = os.stat(name)  # noqa: PTH116
    except (OSError, ValueError):  # standard input, or the error is reported by what reads it
        return None
    partition = find_partition(options.ruleset) if status.st_size >= sizes.large else None
    if partition is None or not has_separate_products(options.ruleset, partition):
        return None
    found = find_ranges(name, status.st_size, partition, options.ruleset, options.delimiter, sizes)
    cut = cut_file(name, found, partition, options.ruleset, options.delimiter, sizes.rows) if found else None
    return None if cut is None or len(cut.pieces) < 2 else LargePool(name, file_state(status), partition, cut)


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
        Findings of several pieces have to be counted together.
    """
    inputs, collected = tuple(inputs), _Collected()
    with reject_changes(large.name, large.state):
        for done, piece in enumerate(large.cut.pieces, start=1):
            table = read_piece(large.name, piece, options.ruleset, options.delimiter)
            generation = generate_from(PoolInput(large.name, table), options)
            check_names(generation.associations, folder)
            check_replaced([association.file_name for association in generation.associations], folder, inputs)
            collected.add(generation, options)
            if writer is not None:
                collected.files += writer.stage(generation.associations)
            del generation
            table = replace(table, columns={})
            report(done / len(large.cut.pieces))
    return collected.result(large, options, table)


@dataclass(slots=True)
class _Collected:
    """What is kept of the pieces."""

    summaries: list[RunSummary] = field(default_factory=list)
    notes: set[Finding] = field(default_factory=set)
    faults: list[PoolFaults] = field(default_factory=list)
    files: list[OutputFile] = field(default_factory=list)
    counted: set[tuple[str, object]] = field(default_factory=set)

    def add(self, generation: Generation, options: GenerateOptions) -> None:
        """Add a piece."""
        counted = {(note.code, note.details["rule"]) for note in generation.notes if note.code in _COUNTED}
        if not counted.isdisjoint(self.counted):
            raise NotSeparable
        self.counted |= counted
        self.notes.update(note for note in generation.notes if note.code != LOST_PRODUCT.code)
        self.faults.append(generation.faults)
        self.summaries.append(summary_of(generation, options.rulesets))

    def result(self, large: LargePool, options: GenerateOptions, table: Pool) -> PiecesResult:
        """The result for the whole pool."""
        malformed = large.cut.findings
        joined = joined_summary(self.summaries, [finding.line for finding in malformed if finding.line is not None])
        order = _order(joined.associations, large.partition, options)
        summary = replace(joined, associations=tuple(map(joined.associations.__getitem__, order)))
        lost = lost_products(summary.dropped, table.path) if options.ruleset.duplicates is None else ()
        faults = merge_faults(self.faults).findings(table.path)
        return PiecesResult(
            summary=summary,
            findings=ordered_findings((*self.notes, *malformed, *lost, *faults)),
            table=table,
            files=tuple(map(self.files.__getitem__, order)) if self.files else (),
        )


def _order(associations: tuple[AssociationSummary, ...], partition: Partition, options: GenerateOptions) -> list[int]:
    """The positions of associations in the order that they have in the pool as a whole."""
    layers = {rule.name: number for number, layer in enumerate(options.ruleset.layers()) for rule in layer}
    keys = [(layers[each.asn_rule], partition.order_of_file(each.file_name)) for each in associations]
    return sorted(range(len(keys)), key=keys.__getitem__)
