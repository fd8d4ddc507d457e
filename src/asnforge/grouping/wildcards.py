"""Keys with wildcards: which groups an exposure joins whose value of a key is undefined or does not bind it.

The grouping rules' 'Groups': such an exposure joins every group of the rule whose other keys agree; where there is none,
wildcards form a group of their own.
"""

from __future__ import annotations

import numpy as np

from asnforge.columns import Codes
from asnforge.grouping.joins import Places, combine, join


def resolve_wildcards(keys: Codes) -> tuple[Places, Places, Places]:
    """The groups of distinct combinations of keys.

    Parameters
    ----------
    keys : ndarray of int32, shape (combinations, keys)
        Distinct combinations of codes; 0 is a wildcard.

    Returns
    -------
    seeds, combination, group : ndarray of int64
        The combinations that have a group of their own, by group; and the pairs of a combination and a group that it
        joins, its own among them.

    Notes
    -----
    Combinations with fewer wildcards come first: those with more join their groups where the keys that both bind agree and
    the group binds all that the combination binds.
    """
    wild = keys == 0
    pattern = wild @ (1 << np.arange(keys.shape[1], dtype=np.int64))
    patterns, pattern_of = np.unique(pattern, return_inverse=True)
    everything = np.arange(len(keys), dtype=np.int64)
    if len(patterns) <= 1:
        return everything, everything, everything
    by_wildcards = sorted(range(len(patterns)), key=lambda place: (int(patterns[place]).bit_count(), patterns[place]))
    seeds = np.empty(0, np.int64)
    combination, group = [], []
    for place in by_wildcards:
        own = np.flatnonzero(pattern_of == place)
        bound = [column for column in range(keys.shape[1]) if not patterns[place] >> column & 1]
        joining, joined = _agreeing(keys, own, seeds, bound)
        alone = np.setdiff1d(own, own[joining], assume_unique=True)
        combination += [own[joining], alone]
        group += [joined, np.arange(len(seeds), len(seeds) + len(alone))]
        seeds = np.concatenate((seeds, alone))
    return seeds, np.concatenate(combination), np.concatenate(group)


def _agreeing(keys: Codes, own: Places, seeds: Places, bound: list[int]) -> tuple[Places, Places]:
    if not len(seeds):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if not bound:
        return np.repeat(np.arange(len(own)), len(seeds)), np.tile(np.arange(len(seeds)), len(own))
    both = np.concatenate((own, seeds))
    codes = combine([keys[both, column] for column in bound])
    return join(codes[: len(own)], codes[len(own) :])
