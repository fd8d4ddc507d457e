"""Hashes of file names by their roots: exposures whose members could have the same name have the same hash.

The name of a member consists of the root of the exposure's file name and of other text, or is the file name itself if a rule
set does not split it into parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asnforge.columns import Mask
from asnforge.pool.encode import Words, hash_words
from asnforge.pool.plain_blocks import PlainBlock, PlainCells
from asnforge.rules.file_names import NameEnding, SplitNames

Hashes = NDArray[np.uint64]
Lengths = NDArray[np.int64]

_CASE = 0x20
"""The bit that is set in lower-case letters of ASCII, and not in upper-case ones."""
_FOLDED = bytes(byte and byte | _CASE for byte in range(256))
_CASES = np.uint64(0x2020202020202020)
_BELOW_HIGHEST_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_FROM_HIGHEST_BIT_TO_CASE = np.uint64(2)
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
    roots = zip(_roots(split, names), split.known, names, strict=True)
    hashed = [root if is_split else name for root, is_split, name in roots]
    return _hash_strings(hashed), split.known


def hash_cells(plain: PlainBlock, names: PlainCells, ending: NameEnding) -> tuple[Hashes, Mask] | None:
    """Hash file names in cells of a block, as `hash_names` does; None if one is too long."""
    ends = _root_lengths(plain, names, ending)
    words = plain.words(PlainCells(names.starts, np.where(ends < 0, names.lengths, ends)))
    return None if words is None else (hash_words(_lower(words)), ends >= 0)


def beginnings(names: Sequence[str]) -> Iterator[tuple[Lengths, Hashes]]:
    """The hashes of all proper beginnings of names, which could be the root of another name: indices of names, and hashes."""
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        counts = np.array([max(len(name) - 1, 0) for name in some], np.int64)
        texts = [name[:end] for name in some for end in range(1, len(name))]
        if texts:
            yield np.repeat(np.arange(start, start + len(some)), counts), _hash_strings(texts)


def _root_lengths(plain: PlainBlock, names: PlainCells, ending: NameEnding) -> Lengths:
    """The length of each root, -1 for a name that is not split; names with the same ending are compared at once."""
    result = np.full(len(names), -1, np.int64)
    left = np.arange(len(names))
    for _ in range(_MOST_ENDINGS):
        if not len(left):
            return result
        (first,) = plain.strings(names[left[:1]])
        split = ending.split([first])
        end = first[len(_roots(split, [first])[0]) :].lower() if split.known[0] else ""
        length = len(end)
        if not end or any(other != end and other.endswith(end) for other in _endings(ending)):
            break
        rest = names[left]
        tails = plain.words(PlainCells(rest.starts + rest.lengths - length, np.full(len(rest), length)))
        if tails is None:
            break
        same = (_lower(tails) == _lower(tails[:, :1])).all(axis=0) & (rest.lengths > length)
        result[left[same]] = rest.lengths[same] - length
        left = left[~same]
    if len(left):
        others = plain.strings(names[left])
        split = ending.split(others)
        result[left] = np.where(split.known, list(map(len, _roots(split, others))), -1)
    return result


def _roots(split: SplitNames, names: Sequence[str]) -> list[str]:
    return split.strings("root", np.arange(len(names)), names)


def _endings(ending: NameEnding) -> Iterator[str]:
    return (f"{ending.suffix}{extension}".casefold() for extension in ending.extensions)


def _hash_strings(texts: Sequence[str]) -> Hashes:
    """A hash of each string, the same as that of a cell with it."""
    by_words: dict[int, list[int]] = defaultdict(list)
    data = []
    for index, text in enumerate(texts):
        folded = text.casefold().encode("utf-8", "surrogatepass").translate(_FOLDED)
        data.append(folded)
        by_words[-(-len(folded) // 8) or 1].append(index)
    hashes = np.empty(len(texts), np.uint64)
    for words, indices in by_words.items():
        together = b"".join(data[index].ljust(8 * words, b"\0") for index in indices)
        hashes[indices] = hash_words(np.frombuffer(together, np.uint64).reshape(-1, words).T)
    return hashes


def _lower(words: Words) -> Words:
    """Words of ASCII without case: the bit of lower-case letters is set in all characters, but not in zeros."""
    # The sum has the highest bit of each byte that is not zero.
    is_character = (words + _BELOW_HIGHEST_BITS) >> _FROM_HIGHEST_BIT_TO_CASE
    lower: Words = words | (is_character & _CASES)
    return lower
