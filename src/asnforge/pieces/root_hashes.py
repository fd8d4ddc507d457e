"""Hashes of file names by their roots: exposures whose members could have the same name have the same hash.

The name of a member consists of the root of the exposure's file name and of other text, or is the file name itself if a rule
set does not split it into parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask
from asnforge.rules.file_names import NameEnding

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Lengths = NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_CASE = np.uint8(0x20)
_WIDEST = 256
"""The length in bytes up to which names are hashed together."""
_MOST_ENDINGS = 4
"""The number of different endings that are compared with all names of a block at once."""
_AT_ONCE = 1 << 14


def hash_names(names: Sequence[str], ending: NameEnding) -> tuple[Hashes, Mask]:
    """Hash file names without directories, ignoring case.

    Parameters
    ----------
    names : sequence of str
        The names.
    ending : NameEnding
        How a rule set splits them.

    Returns
    -------
    hashes : ndarray of uint64, shape (names,)
        The hash of the root of each name, or of the whole name if it is not split.
    is_split : ndarray of bool, shape (names,)
        The names that are split.
    """
    split = ending.split(names)
    roots = split.strings("root", np.arange(len(names)), names)
    hashed = [root if is_split else name for root, is_split, name in zip(roots, split.known, names, strict=True)]
    return _hash_strings(hashed), split.known


def hash_cells(cells: Bytes, lengths: Lengths, ending: NameEnding) -> tuple[Hashes, Mask]:
    """Hash file names in ASCII, padded with zeros, one in each row, as `hash_names` does; `lengths` are those of the names."""
    ends = _root_lengths(cells, lengths, ending)
    kept = np.where(ends < 0, lengths, ends)
    roots = np.where(np.arange(cells.shape[1]) < kept[:, None], cells, np.uint8(0))
    return _hash_rows(roots), ends >= 0


def beginnings(names: Sequence[str]) -> Iterator[tuple[Lengths, Hashes]]:
    """The hashes of all proper beginnings of names, which could be the root of another name: indices of names, and hashes."""
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        counts = np.array([max(len(name) - 1, 0) for name in some], np.int64)
        texts = [name[:end] for name in some for end in range(1, len(name))]
        if texts:
            yield np.repeat(np.arange(start, start + len(some)), counts), _hash_strings(texts)


def _root_lengths(cells: Bytes, lengths: Lengths, ending: NameEnding) -> Lengths:
    """The length of each root, -1 for a name that is not split; names with the same ending are compared at once."""
    result = np.full(len(cells), -1, np.int64)
    left = np.arange(len(cells))
    for _ in range(_MOST_ENDINGS):
        if not len(left):
            return result
        name = _name(cells[left[0]], int(lengths[left[0]]))
        split = ending.split([name])
        end = name[int(split.bounds[0, 1]) :].lower() if split.known[0] else ""
        if not end or any(other != end and other.endswith(end) for other in _endings(ending)):
            break
        at = np.maximum(lengths[left, None] - len(end), 0) + np.arange(len(end))
        tails = cells[left[:, None], np.minimum(at, cells.shape[1] - 1)]
        is_upper = (tails >= ord("A")) & (tails <= ord("Z"))
        folded = np.where(is_upper, tails | _CASE, tails)
        same = (folded == np.frombuffer(end.encode(), np.uint8)).all(axis=1) & (lengths[left] > len(end))
        result[left[same]] = lengths[left[same]] - len(end)
        left = left[~same]
    if len(left):
        names = [_name(row, length) for row, length in zip(cells[left], lengths[left].tolist(), strict=True)]
        split = ending.split(names)
        result[left] = np.where(split.known, split.bounds[:, 1], -1)
    return result


def _endings(ending: NameEnding) -> Iterator[str]:
    return (f"{ending.suffix}{extension}".casefold() for extension in ending.extensions)


def _name(row: Bytes, length: int) -> str:
    return row[:length].tobytes().decode("ascii")


def _hash_strings(texts: Sequence[str]) -> Hashes:
    data = [text.casefold().encode("utf-8", "surrogatepass") for text in texts]
    if max(map(len, data), default=0) > _WIDEST:
        return np.array(
            [_hash_rows(np.frombuffer(each, np.uint8).reshape(1, -1))[0] if each else 0 for each in data], np.uint64
        )
    padded = np.array([*data, b"-"])
    return _hash_rows(padded.view(np.uint8).reshape(len(padded), -1))[:-1]


def _hash_rows(cells: Bytes) -> Hashes:
    """A hash of each row of bytes, which ignores case and zeros at the end."""
    words = np.zeros((len(cells), -(-cells.shape[1] // 8) * 8), np.uint8)
    words[:, : cells.shape[1]] = np.where(cells == 0, 0, cells | _CASE)
    hashes = np.zeros(len(cells), np.uint64)
    for column in words.view(np.uint64).T:
        hashes = np.where(column == 0, hashes, (hashes ^ (hashes >> _SHIFT)) * _ODD + column)
    return hashes
