"""The codes of a rule's keys for each exposure in each of its scopes, and the exposures that these keep out of groups.

See docs/grouping.md#groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from asnforge.columns import UNDEFINED, CodeArray, Column, Mask, constant, recategorize
from asnforge.grouping.arrays import IndexArray, ranges
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.name_values import NameValues, name_of_column
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.rules.candidate_values import CandidatePattern
from asnforge.rules.regex import compiled
from asnforge.rules.rule import CombinedKey, Key, Rule

_Codes = tuple[CodeArray, Mask | None, Column]
"""For each pair the code of a key, and whether the key allows it, None if it allows all; and the column of the codes."""


class KeyCodes(NamedTuple):
    """The keys of exposures in scopes.

    Attributes
    ----------
    row, scope : ndarray of int64 and int32, shape (pairs,)
        The pairs of an exposure and a scope that the keys allow; several of one exposure and scope if a key has lists.
    codes : list of ndarray of int32, shape (pairs,)
        For each key of the rule the code of each pair.
    values : list of tuple of str
        For each key the values of its codes.
    unnamed : mapping of str to ndarray of int64
        By the name of a key: the exposures that are left out because their value cannot be part of a name.
    """

    row: IndexArray
    scope: CodeArray
    codes: list[CodeArray]
    values: list[tuple[str, ...]]
    unnamed: Mapping[str, IndexArray]


def codes_of_pairs(
    rule: Rule,
    evaluator: Evaluator,
    scopes: Scopes,
    name_values: NameValues,
    pairs: tuple[IndexArray, CodeArray, CodeArray],
) -> KeyCodes:
    """The keys of pairs of an exposure that a rule selects and a scope, each with the candidate of the scope."""
    row, scope, candidate = pairs
    entries: dict[str, Column] = {}
    for key in rule.group_by:
        if key.separator:
            pair, code, entry_values = _each_entry(key, evaluator, row)
            row, scope, candidate = row[pair], scope[pair], candidate[pair]
            entries = {name: replace(column, codes=column.codes[pair]) for name, column in entries.items()}
            entries[key.name] = Column(code, entry_values)
    keys = [_key_codes(key, evaluator, row, candidate, scopes, entries.get(key.name)) for key in rule.group_by]
    is_grouped = np.ones(len(row), np.bool_)
    for _, allowed, _ in keys:
        if allowed is not None:
            is_grouped &= allowed
    unnamed: dict[str, IndexArray] = {}
    for name, unusable in _unusable_values(rule, evaluator, name_values, row, keys):
        unnamed[name] = np.unique(row[is_grouped & unusable])
        is_grouped = is_grouped & ~unusable
    codes = [code for code, _, _ in keys]
    if not is_grouped.all():
        row, scope, codes = row[is_grouped], scope[is_grouped], [code[is_grouped] for code in codes]
    values = [
        (*column.values, "") if key.own else column.values
        for key, (_, _, column) in zip(rule.group_by, keys, strict=True)
    ]
    return KeyCodes(row, scope, codes, values, unnamed)


def has_value(key: Key, evaluator: Evaluator, prepared: PreparedPool) -> Mask:
    """The exposures that a key does not bind, or whose value for it is defined, in some scope at least."""
    defined: Mask
    if key.candidate is not None:
        is_id, kind = compiled(key.candidate.candidate_id).matches, key.candidate.candidate_type
        named = [any(kind == other and is_id(name) for name, other in listed) for listed in prepared.candidates]
        defined = np.array(named, np.bool_)[prepared.candidate_codes]
    else:
        defined = np.logical_and.reduce([evaluator.column(names).defined() for names in key.readings])
    return defined if key.when is None else defined | ~evaluator.passes(key.when)


def _each_entry(key: Key, evaluator: Evaluator, row: IndexArray) -> tuple[IndexArray, CodeArray, tuple[str, ...]]:
    """Each entry of the lists of some rows, or undefined: the index of the row and the code; and the values of the codes."""
    column = evaluator.column(key.columns)
    lists = [value.split(key.separator) for value in column.values]
    values = ("", *sorted({entry for entries in lists for entry in entries} - {""}))
    code_of = {value: code for code, value in enumerate(values)}
    codes = np.array([code_of[entry] for entries in lists for entry in entries], np.int32)
    counts = np.array([len(entries) for entries in lists], np.int64)
    first = np.cumsum(counts) - counts
    of_row = column.codes[row]
    if key.when is not None:
        of_row = np.where(evaluator.passes(key.when)[row], of_row, UNDEFINED)
    pair = np.repeat(np.arange(len(row)), counts[of_row])
    return pair, codes[ranges(first[of_row], counts[of_row])], values


def _key_codes(
    key: Key,
    evaluator: Evaluator,
    row: IndexArray,
    candidate: CodeArray,
    scopes: Scopes,
    entries: Column | None,
) -> _Codes:
    """For each pair of an exposure and a scope the code of a key and whether the key allows it; and the column of the codes.

    None means that the key allows all pairs.

    `entries` has the code of each pair for a key of lists. Groups are divided by keys with a gap later, so that these have no
    code yet.
    """
    if key.gap is not None:
        return np.zeros(len(row), np.int32), None, constant("", 0)
    if entries is not None:
        column = entries
        code = entries.codes.copy()
    elif key.candidate is not None:
        column = _candidates(key.candidate, scopes)
        code = column.codes[candidate]
    else:
        column = evaluator.column(key.columns)
        code = column.codes[row]
    unbound: Mask | None = None
    if key.when is not None:
        unbound = ~evaluator.passes(key.when)[row]
        code[unbound] = UNDEFINED
    if key.instead is not None:
        matching = scopes.matching(key.instead)
        if matching.any():
            values = (*column.values, key.instead.value)
            column = recategorize(values, np.where(matching[candidate], len(values) - 1, code))
            code = column.codes
    if key.own:
        without = code == UNDEFINED if unbound is None else (code == UNDEFINED) & ~unbound
        code[without] = len(column.values)
    if key.optional:
        return code, None, column
    allowed: Mask = code != UNDEFINED
    return code, allowed if unbound is None else allowed | unbound, column


def _candidates(pattern: CandidatePattern, scopes: Scopes) -> Column:
    """For each scope, and at the end for none, the id of its candidate if it matches a pattern; the rest is undefined."""
    matching = scopes.matching(pattern)
    ids = ["" if not matches else scope_id for matches, (scope_id, _) in zip(matching, scopes.scopes, strict=False)]
    return recategorize([*ids, ""], np.arange(len(ids) + 1))


def _unusable_values(
    rule: Rule, evaluator: Evaluator, name_values: NameValues, row: IndexArray, keys: Sequence[_Codes]
) -> Iterator[tuple[str, Mask]]:
    """The pairs with a value that cannot be part of a name, for each key with such values, by its name."""
    for key, (code, _, column) in zip(rule.group_by, keys, strict=True):
        if (unusable := _unusable(rule, key, row, code, column, evaluator, name_values)) is not None:
            yield key.name, unusable
    for combined in rule.combined:
        if (unusable := _unusable_combined(rule, combined, row, evaluator, name_values)) is not None:
            yield combined.name, unusable
    for name, mask in name_values.unusable_columns(rule, evaluator).items():
        yield name_of_column(name), mask[row]


def _unusable(
    rule: Rule,
    key: Key,
    row: IndexArray,
    code: CodeArray,
    column: Column,
    evaluator: Evaluator,
    name_values: NameValues,
) -> Mask | None:
    """For each pair of an exposure and a scope whether its value for a key cannot be part of a name; None if all can."""
    if key.is_position:
        return None
    is_made = bool(key.separator) or not key.columns
    own = column if is_made else evaluator.column(key.columns)
    if key.gap is not None:
        column, code = own, own.codes[row]
    result: Mask | None = None
    unusable = name_values.unusable(rule, key.name, column, distinct=False)
    if unusable is not None:
        result = unusable[np.where(code < len(unusable), code, UNDEFINED)] if key.own else unusable[code]
    unusable = name_values.unusable(rule, key.name, own, distinct=True)
    if unusable is not None:
        own_code = code if is_made else own.codes[row]
        listed: Mask = unusable[np.where(own_code < len(unusable), own_code, UNDEFINED)]
        result = listed if result is None else result | listed
    return result if result is not None and result.any() else None


def _unusable_combined(
    rule: Rule, key: CombinedKey, row: IndexArray, evaluator: Evaluator, name_values: NameValues
) -> Mask | None:
    """For each row whether its value for a combined key cannot be part of a name; None if all can."""
    if not key.columns:
        return None
    column = evaluator.column(key.columns)
    masks = [name_values.unusable(rule, key.name, column, distinct=distinct) for distinct in (False, True)]
    unusable = [mask for mask in masks if mask is not None]
    return np.logical_or.reduce(unusable)[column.codes[row]] if unusable else None
