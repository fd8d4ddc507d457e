"""Cut a large pool into pieces that can be read and grouped separately, as no association has exposures of two pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asnforge.findings import Finding, InputError
from asnforge.pieces import LARGE
from asnforge.pieces.scan import Scan
from asnforge.pool.blocks import Block, cut_blocks, make_block
from asnforge.pool.file_state import changed_finding
from asnforge.pool.header import read_header
from asnforge.pool.model import Pool
from asnforge.pool.open import find_source
from asnforge.pool.text import read_body, text_pool
from asnforge.rules.attachment import Attachment, Relation, SameValue
from asnforge.rules.rule import Key
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import PRODUCT, NamePart, parse_template

_MOST_READ = 4
"""The largest ratio of bytes read to the size of a pool; if scattered parts exceed it, pieces are made larger."""


@dataclass(frozen=True, slots=True)
class CutSizes:
    """The sizes at which pools are cut."""

    large: int = LARGE  # the smallest size in bytes of a pool that is cut
    scan: int = 32 << 20  # the bytes of a large pool that are scanned in one task
    rows: int = 40_000  # the smallest number of rows of a piece: its fixed cost is small, and so is its memory


DEFAULT_SIZES = CutSizes()


@dataclass(frozen=True, slots=True)
class Partition:
    """How the exposures of a pool are divided into independent parts."""

    column: str  # the column whose values give the parts, in lower case
    name_part: NamePart  # the first part of file names, which shows the column's value
    undefined: frozenset[str]  # undefined values in lower case

    def part(self, cell: str) -> str | None:
        """The part of an exposure with this value in the column, as file names show it.

        Values that file names show in the same way are in one part, as their files are numbered together. The part of an
        undefined value is the empty string; None means that file names of different parts could be the same.
        """
        value = cell.strip().casefold()
        if value in self.undefined or not value:
            return ""
        return self.name_part.join_values((value,)).casefold() if value.isalnum() else None

    def order_of_file(self, file_name: str) -> str:
        """The beginning of a file name that puts the files of a part between those of others, in the order of their names."""
        start = len(self.name_part.before)
        end = next((index for index in range(start, len(file_name)) if not file_name[index].isalnum()), len(file_name))
        return file_name[: end + 1]


def has_separate_products(ruleset: Ruleset, partition: Partition) -> bool:
    """Whether products of two parts cannot have the same name or file, as these begin as file names do."""
    name = next(name for name, part in ruleset.names.items() if part is partition.name_part)
    return all(
        _first_part(rule.product) == name and _first_part(rule.product_file or rule.product) in (name, PRODUCT)
        for rule in ruleset.rules
    ) and all(new.isalnum() or not new for _, new in partition.name_part.replace)


def find_partition(ruleset: Ruleset) -> Partition | None:
    """How pools can be cut with a rule set; None if they cannot.

    The condition concerns the rules, not an observatory. All file names begin with the same key; every rule groups by this
    key, never as a wildcard, from the same column of the pool, and matches supporting exposures by this column. The column has
    no type, as equal values could be spelled differently. Names of members keep the root of the file name, so that exposures of
    two parts are not the same members. A product has
    the value of the exposures that it is made from in this column, so products of other parts are not used either.
    """
    names = {_first_part(ruleset.file_name_of(rule)) for rule in ruleset.rules}
    name = names.pop() if len(names) == 1 else None
    part = ruleset.names.get(name) if name is not None else None
    if part is None or part.values_of is not None or len(part.keys) != 1:
        return None
    if not all(_keeps_root(rule.member_name or ruleset.members.name) for rule in ruleset.rules):
        return None
    columns = set()
    for rule in ruleset.rules:
        key = next((key for key in rule.group_by if key.name == part.keys[0]), None)
        if key is None or not _is_never_wildcard(key):
            return None
        if any(SameValue("", key.columns, key.columns) not in _unnamed(supporting) for supporting in rule.attach):
            return None
        columns.add(key.columns[0])
    if len(columns) != 1 or columns & (ruleset.derived.keys() | ruleset.column_types.keys()):
        return None
    return Partition(columns.pop(), part, ruleset.undefined)


def _first_part(template: str) -> str | None:
    """The name part that a template begins with, if a delimiter follows it."""
    parts = parse_template(template)
    if len(parts) < 2 or parts[0][0]:
        return None
    after = parts[1][0]
    return parts[0][1] if after and not after[0].isalnum() else None


def _keeps_root(member_name: str) -> bool:
    return any(name == "root" for _, name in parse_template(member_name))


def _unnamed(attachment: Attachment) -> Iterator[Relation]:
    """The relations that must hold, whatever their names."""
    return (replace(relation, name="") for relation in attachment.match)


def _is_never_wildcard(key: Key) -> bool:
    return (
        key.candidate is None
        and key.is_plain
        and not key.optional
        and key.when is None
        and key.instead is None
        and len(key.columns) == 1
    )


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Rows of a text pool, and the range of bytes that they are in."""

    start: int
    stop: int
    first_line: int  # the line that begins at `start`
    lines: NDArray[np.int64]  # of the rows, sorted


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A pool in pieces, and a warning for each malformed line; every other row is in one of the pieces."""

    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


def read_piece(path: str | os.PathLike[str], piece: Piece, ruleset: Ruleset, delimiter: str | None) -> Pool:
    """Read the rows of a piece.

    Raises
    ------
    InputError
        As `asnforge.pool.read_pool` does; or the file is no longer the one that was cut.
    """
    source = find_source(path)
    with source.open() as stream:
        header = read_header(stream, file=source.path, delimiter=delimiter)
        stream.seek(piece.start)
        blocks = cut_blocks(stream, piece.first_line, file=source.path, length=piece.stop - piece.start)
        body = read_body(_select_lines(blocks, piece.lines), header, ruleset.columns_read())
    if len(body.lines) != len(piece.lines):
        raise InputError(changed_finding(source.path))
    return replace(text_pool(source, header, body), lines=piece.lines)


def _select_lines(blocks: Iterator[Block], lines: NDArray[np.int64]) -> Iterator[Block]:
    """The blocks, with only some of their lines."""
    for block in blocks:
        count = len(block.ends)
        low, high = np.searchsorted(lines, (block.first_line, block.first_line + count))
        if high - low == count:
            yield block
        elif high > low:
            keep = np.zeros(count, np.bool_)
            keep[lines[low:high] - block.first_line] = True
            lengths = np.diff(block.ends, prepend=-1)
            data = np.frombuffer(block.data, np.uint8)[np.repeat(keep, lengths)]
            yield make_block(data.tobytes(), block.first_line)


def cut_pool(scans: Sequence[Scan], partition: Partition, *, header_line: int, rows: int) -> Cut | None:
    """Cut a pool.

    Parts of the pool that list the same file stay together, as two associations with the same members are one.

    Parameters
    ----------
    scans : sequence of Scan
        The ranges of the pool, in their order.
    partition : Partition
        How the pool is divided into parts.
    header_line : int
        The header's line.
    rows : int
        The smallest number of rows in a piece.

    Returns
    -------
    Cut or None
        The pieces; None if the pool cannot be cut, because file names of two parts could be the same.
    """
    whole = _concatenate(scans, header_line)
    names = [partition.part(cell) for cell in whole.cells]
    if any(name is None for name in names):
        return None
    indexes: dict[str | None, int] = {}
    part_of_cell = np.array([indexes.setdefault(name, len(indexes)) for name in names], np.int64)
    parts = _merge_parts(part_of_cell[whole.codes], whole.files, len(indexes))
    return Cut(tuple(_pieces(parts, whole, rows)), whole.findings)


def _concatenate(scans: Sequence[Scan], header_line: int) -> Scan:
    """The scans of all ranges as one, with lines counted in the whole file."""
    known: dict[str, int] = {}
    parts, findings, line = [], [], header_line + 1
    for scan in scans:
        numbers = np.array([known.setdefault(cell, len(known)) for cell in scan.cells], np.int32)
        chunks = scan.chunks + np.array((0, line))
        parts.append((numbers[scan.codes], scan.lines + line, scan.files, chunks))
        findings += [replace(item, line=item.line + line if item.line is not None else None) for item in scan.findings]
        line = int(chunks[-1, 1])
    codes, lines, files, chunks = map(np.concatenate, zip(*parts, strict=True))
    return Scan(tuple(known), codes, lines, files, chunks, tuple(findings))


def _merge_parts(parts: NDArray[np.int64], files: NDArray[np.uint64], count: int) -> NDArray[np.int64]:
    """The part of each row; parts that have a file in common are merged."""
    ordered = np.sort(files)
    if not (ordered[1:] == ordered[:-1]).any():
        return parts
    order = np.argsort(files, kind="stable")
    same = files[order][1:] == files[order][:-1]
    pairs = np.unique(np.stack((parts[order][1:][same], parts[order][:-1][same])), axis=1)
    root = np.arange(count)
    for left, right in pairs.T[pairs[0] != pairs[1]].tolist():
        root[root == root[left]] = root[right]
    return root[parts]


def _pieces(parts: NDArray[np.int64], whole: Scan, rows: int) -> list[Piece]:
    """Pieces of whole parts, in the order of the parts' first rows."""
    if not len(parts):
        return []
    counts = np.bincount(parts)
    first = np.full(len(counts), len(parts))
    first[parts[::-1]] = np.arange(len(parts) - 1, -1, -1)
    by_first = np.argsort(first)
    size = int(whole.chunks[-1, 0] - whole.chunks[0, 0])
    while True:
        piece_of_part = np.empty(len(counts), np.int64)
        before = np.cumsum(counts[by_first]) - counts[by_first]
        piece_of_part[by_first] = before // rows
        piece = np.unique(piece_of_part[parts], return_inverse=True)[1]
        order = np.argsort(piece, kind="stable")
        ends = np.cumsum(np.bincount(piece))
        result = [_piece(whole.lines[members], whole.chunks) for members in np.split(order, ends[:-1])]
        if len(result) == 1 or sum(item.stop - item.start for item in result) <= _MOST_READ * size:
            return result
        rows *= 2


def _piece(lines: NDArray[np.int64], chunks: NDArray[np.int64]) -> Piece:
    begin = np.searchsorted(chunks[:, 1], lines[0], "right") - 1
    end = np.searchsorted(chunks[:, 1], lines[-1], "right")
    return Piece(int(chunks[begin, 0]), int(chunks[end, 0]), int(chunks[begin, 1]), lines)
