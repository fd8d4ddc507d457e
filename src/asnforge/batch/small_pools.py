"""Many small pools in one pass, each with the result that it has by itself: what a pass costs is shared by all of them.

The rows of all pools are one table in which each pool has its own scopes, so that no group has exposures of two pools. A pool
is left to be processed by itself if it shares a file with another one, if anything about it is reported, or if it is
anything but a plain text pool.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from asnforge.associations.conflicts import separate_files
from asnforge.associations.drafts import Draft
from asnforge.associations.duplicates import Duplicate, dropped_associations, lost_products
from asnforge.associations.extra_keywords import separate_valid
from asnforge.associations.keywords import build_associations
from asnforge.associations.model import Association
from asnforge.batch.tasks import PoolOutput, PoolTask
from asnforge.columns import UNDEFINED, Mask
from asnforge.findings import InputError
from asnforge.findings.log import LOG
from asnforge.generation.engine import Grouping, group_prepared
from asnforge.generation.inputs import GenerateOptions, columns_needed
from asnforge.generation.notes import association_notes, grouping_notes
from asnforge.generation.result import RuleCount
from asnforge.grouping.arrays import IndexArray, IntArray, combine, distinct
from asnforge.grouping.equal_numbers import has_doubtful_numbers
from asnforge.grouping.prepared_pool import PreparedPool, base_name, prepare_pool
from asnforge.grouping.scopes import find_scopes
from asnforge.pool.blocks import make_block
from asnforge.pool.header import Header, read_header
from asnforge.pool.model import Pool, TextColumn
from asnforge.pool.open import pool_name
from asnforge.pool.sniff import refuse_foreign
from asnforge.pool.text import read_body
from asnforge.rules.ruleset import Ruleset

SMALL = 16 << 10
"""Pools of at most this many bytes are joined: each takes longer by itself than all of its rows."""

_SPECIAL = (b"\r", b'"', b"\0", b"\1", b"\n\n", b"\n#", b"\n ")
"""What a plain pool does not have: quotes, comments, empty lines, and line ends of other systems."""

_FIRST_ROW = 2
"""The line of the first row of pools that are joined."""


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """The result of one of the pools: its associations, and all else that is known before they are written."""

    associations: tuple[Association, ...]
    output: PoolOutput


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A plain text pool: its header line, its rows, and the index of its task."""

    index: int
    header: bytes
    rows: bytes
    sha256: str


def generate_joined(tasks: Sequence[PoolTask], options: GenerateOptions) -> dict[int, Joined]:
    """Generate the associations of small pools in one pass.

    Parameters
    ----------
    tasks : sequence of PoolTask
        The tasks of whole pools.
    options : GenerateOptions
        How associations are generated.

    Returns
    -------
    dict of int to Joined
        The results by the index of the task; without those of pools that have to be processed by themselves.

    Raises
    ------
    InputError
        As for `asnforge.generation.engine.generate`; a single pool need not be the cause.
    """
    if not _can_be_joined(options):
        return {}
    by_header: dict[bytes, list[_Text]] = defaultdict(list)
    for index, task in enumerate(tasks):
        if (text := _read(index, task)) is not None:
            by_header[text.header].append(text)
    results: dict[int, Joined] = {}
    for line, texts in by_header.items():
        header = _header(line, options.delimiter)
        if header is not None:
            results |= _generate([text for text in texts if _is_even(text, header)], tasks, header, options)
    return results


def _can_be_joined(options: GenerateOptions) -> bool:
    """Whether nothing in the options or in the rules concerns the pool as a whole."""
    selects = options.choice.ids or options.where or options.merge or options.pool_format
    # Products are rows that belong to no pool; each pool has its own log.
    depends = any(rule.depends_on() for ruleset in options.rulesets for rule in ruleset.rules)
    return not (selects or options.fits is not None or depends or LOG.isEnabledFor(logging.INFO))


def _read(index: int, task: PoolTask) -> _Text | None:
    """The text of a pool; None if it is not small and plain, or cannot be read."""
    try:
        with open(task.path, "rb") as file:  # noqa: PTH123
            data = file.read(SMALL + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except (OSError, ValueError):
        return None
    header, _, rows = data.partition(b"\n")
    if (
        len(data) > SMALL
        or not data.isascii()
        or any(mark in data for mark in _SPECIAL)
        or rows[:1] in (b"", b"#", b" ")
    ):
        return None
    rows = rows if rows.endswith(b"\n") else rows + b"\n"
    return _Text(index, header, rows, hashlib.sha256(data).hexdigest() if task.with_hash else "")


def _header(line: bytes, delimiter: str | None) -> Header | None:
    """The header of pools with this first line; None if there is anything unusual about it."""
    try:
        refuse_foreign(line, "")
        header = read_header(io.BufferedReader(io.BytesIO(line + b"\n")), file="", delimiter=delimiter)
    except InputError:
        return None
    return None if header.findings or header.line != 1 else header


def _is_even(text: _Text, header: Header) -> bool:
    """Whether there are as many delimiters as the rows of a pool need."""
    delimiters = text.rows.count(header.delimiter.encode())
    return delimiters == text.rows.count(b"\n") * (len(header.names) - 1)


def _generate(
    texts: Sequence[_Text], tasks: Sequence[PoolTask], header: Header, options: GenerateOptions
) -> dict[int, Joined]:
    """The results of pools with one header; none of any pool if it is unknown what a finding is about."""
    if len(texts) < 2:
        return {}
    rows = b"".join(text.rows for text in texts)
    body = read_body([make_block(rows, _FIRST_ROW)], header, columns_needed(options))
    number = np.repeat(np.arange(len(texts)), [text.rows.count(b"\n") for text in texts])
    names = {ruleset.find_column(ruleset.members.file_name, body.columns) for ruleset in options.rulesets}
    if body.findings or len(body.lines) != len(number):
        return {}
    sharing: set[int] = set()
    for name in names:
        if name is None:
            return {}
        sharing.update(_in_several(body.columns[name], number).tolist())
    if sharing:
        rest = [text for index, text in enumerate(texts) if index not in sharing]
        return _generate(rest, tasks, header, options)
    pool = Pool("", "", header.names, body.columns, body.lines, header_line=header.line)
    paths = [tasks[text.index].path for text in texts]
    found: list[list[Joined | None]] = []
    orphan = np.ones(len(number), np.bool_)
    for own in options.for_each_ruleset():
        result = _apply(pool, number, paths, own)
        if result is None:
            return {}
        found.append(result[0])
        orphan &= result[1]
    orphans = np.bincount(number[orphan], minlength=len(texts)).tolist()
    results = {}
    for pool_number, (text, of_each) in enumerate(zip(texts, zip(*found, strict=True), strict=True)):
        together = _together(of_each, options.rulesets, orphans[pool_number], paths[pool_number])
        if together is not None:
            results[text.index] = replace(together, output=replace(together.output, sha256=text.sha256))
    return results


def _apply(
    pool: Pool, number: IntArray, paths: Sequence[str], options: GenerateOptions
) -> tuple[list[Joined | None], Mask] | None:
    """The result of a rule set for each pool, and which exposures are orphans; None if findings cannot be divided by pool."""
    ruleset = options.ruleset
    prepared = prepare_pool(pool, ruleset)
    # Identifiers of one pool would show that a value of another one is not a number.
    if any(has_doubtful_numbers(column.values) for column in prepared.columns.values()):
        return None
    if any(_is_spelled_differently(name, prepared) for name in ruleset.column_types):
        return None
    scopes = find_scopes(prepared, ruleset, options.scopes_for("")).of_each_pool(number, len(paths))
    grouping = group_prepared(prepared, scopes, ruleset)
    reported = _reported(grouping, ruleset, number)
    if reported is None:
        return None
    results = enumerate(_split(grouping, number, paths, options))
    return [None if pool_number in reported else result for pool_number, result in results], grouping.orphans()


def _is_spelled_differently(name: str, prepared: PreparedPool) -> bool:
    """Whether equal amounts of a column have several spellings, of which all pools together would have one."""
    column, text = prepared.columns.get(name), prepared.pool.columns.get(name)
    if column is None or text is None:
        return False
    first, _ = distinct(combine([column.codes, text.codes]))
    defined = column.codes[first][column.codes[first] != UNDEFINED]
    return len(np.unique(defined)) < len(defined)


def _together(of_each: Sequence[Joined | None], rulesets: Sequence[Ruleset], orphans: int, path: str) -> Joined | None:
    """The results of the rule sets for a pool as one; None if anything is reported, or if they have names in common."""
    results = [result for result in of_each if result is not None]
    if len(results) < len(of_each) or len(results) == 1:
        return of_each[0] if len(of_each) == 1 else None
    associations = tuple(association for result in results for association in result.associations)
    products = Counter(
        name
        for result in results
        for name in {product.name.casefold() for each in result.associations for product in each.products}
    )
    if max(products.values(), default=0) > 1 or separate_files(associations, path)[1]:
        return None
    outputs = [result.output for result in results]
    output = replace(
        outputs[0],
        orphans=orphans,
        associations=len(associations),
        counts=tuple(
            replace(count, ruleset=ruleset.name)
            for ruleset, output in zip(rulesets, outputs, strict=True)
            for count in output.counts
        ),
        faults=tuple(faults for output in outputs for faults in output.faults),
        reported_duplicates=((),) * len(outputs),
        dropped=sum(output.dropped for output in outputs),
    )
    return Joined(associations, output)


def _in_several(column: TextColumn, number: IntArray) -> IntArray:
    """The pools that list a file that another one lists as well; `number` has for each row the number of its pool."""
    index: dict[str, int] = {}
    file_of_value = np.array([index.setdefault(base_name(value).casefold(), len(index)) for value in column.values])
    pools = int(number[-1]) + 1
    file, pool = np.divmod(np.unique(file_of_value[column.codes] * pools + number), pools)
    several: IntArray = pool[np.bincount(file)[file] > 1]
    return several


def _reported(grouping: Grouping, ruleset: Ruleset, number: IntArray) -> frozenset[int] | None:
    """The pools that something is reported about; None if it is not known which pools these are."""
    faults = grouping.faults
    lines = [finding.line for finding in grouping_notes(grouping, ruleset)]
    for fault in faults.cells:
        known = {*fault.first, *fault.values.values()}
        lines += known if len(known) == fault.rows else [None]
    # Two pools cannot have one association: what is compared is the names of members, and several files may have one.
    mixed = (_number(item.draft, number) != _number(item.kept_instead, number) for item in grouping.duplicates)
    if faults.numbers or None in lines or any(mixed):
        return None
    return frozenset(int(number[line - _FIRST_ROW]) for line in lines if line is not None)


def _number(draft: Draft, number: IntArray) -> int:
    """The pool of a group."""
    return int(number[draft.rows()[0]])


def _split(
    grouping: Grouping, number: IntArray, paths: Sequence[str], options: GenerateOptions
) -> Iterator[Joined | None]:
    """The result of each pool; None if something is reported about its associations."""
    ruleset, count = options.ruleset, len(paths)
    built = build_associations(
        grouping.kept,
        grouping.prepared,
        grouping.namer,
        ruleset,
        options.version_id,
        grouping.product_files,
        part_of=lambda draft: _number(draft, number),
    )
    names = list(map(pool_name, paths))
    associations: list[list[Association]] = [[] for _ in paths]
    rows: list[dict[str, list[IndexArray]]] = [defaultdict(list) for _ in paths]
    for draft, association in built.items():
        pool = _number(draft, number)
        associations[pool].append(replace(association, asn_pool=names[pool]))
        rows[pool][association.asn_rule].append(draft.rows())
    duplicates: list[list[Duplicate]] = [[] for _ in paths]
    for duplicate in grouping.duplicates:
        duplicates[_number(duplicate.draft, number)].append(duplicate)
    exposures = np.bincount(number, minlength=count).tolist()
    orphans = np.bincount(number[grouping.orphans()], minlength=count).tolist()
    for pool, path in enumerate(paths):
        own = tuple(associations[pool])
        dropped = dropped_associations(duplicates[pool])
        valid, invalid = separate_valid(own, ruleset, path)
        _, clashing = separate_files(valid, path)
        lost = lost_products(dropped, path) if ruleset.duplicates is None else ()
        if any((*invalid, *clashing, *lost, *association_notes(own, ruleset, path))):
            yield None
            continue
        output = PoolOutput(
            exposures=exposures[pool],
            orphans=orphans[pool],
            associations=len(own),
            counts=tuple(_count(rule, rows[pool][rule]) for rule in sorted(rows[pool])),
            faults=(replace(grouping.faults, cells=()),),
            reported_duplicates=((),),
            dropped=len(dropped),
        )
        yield Joined(own, output)


def _count(rule: str, rows: Sequence[IndexArray]) -> RuleCount:
    return RuleCount(rule, len(rows), len(np.unique(np.concatenate(rows))))
