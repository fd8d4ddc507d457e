"""Products of rules as exposures: rows that are appended to a pool, so that other rules can group or attach them.

docs/grouping.md#products says which values a product has. Products come after the exposures of the pool, whose indices do not
change, and each is only in the scope of its group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from asnforge.columns import UNDEFINED, Amounts, Column, categorize, coalesce, constant, merged, recategorize, stacked
from asnforge.grouping.arrays import IndexArray, IntArray
from asnforge.grouping.derived_values import with_amounts
from asnforge.grouping.evaluate import Evaluator
from asnforge.grouping.groups import Groups
from asnforge.grouping.prepared_pool import PreparedPool
from asnforge.grouping.scopes import Scopes
from asnforge.pool.model import TextColumn
from asnforge.rules.amounts import read_texts
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True, eq=False)
class ProductRows:
    """Products of one rule as exposures.

    Attributes
    ----------
    rule : str
        The rule.
    group, scope, line : ndarray of int64, shape (products,)
        For each product its group, the index of its scope, and the first line of an exposure that it is made from.
    values : mapping of str to Column
        The values of the products, with their spelling, by column: the file name, the columns of the pool, derived columns, and
        the keys of the rule by their names.
    """

    rule: str
    group: IndexArray
    scope: IndexArray
    line: IndexArray
    values: Mapping[str, Column]


def product_rows(
    groups: Groups,
    chosen: IndexArray,
    file_names: Sequence[str],
    evaluator: Evaluator,
    prepared: PreparedPool,
    ruleset: Ruleset,
) -> ProductRows:
    """The products of some groups of a rule.

    Parameters
    ----------
    groups : Groups
        The groups of the rule.
    chosen : ndarray of int64, shape (products,)
        The groups that have a product, each once.
    file_names : sequence of str
        For each product its file name as a member.
    evaluator : Evaluator
        The exposures with their own exptypes, whatever the rule takes them as.
    prepared : PreparedPool
        The exposures.
    ruleset : Ruleset
        The rule set.
    """
    own = _OwnExposures(groups, chosen)
    values = {
        name: own.value(evaluator, (name,), ruleset.type_of(name))
        for name in (*prepared.columns, *ruleset.derived)
        if name != ruleset.members.file_name
    }
    values[ruleset.members.file_name] = recategorize(file_names, np.arange(len(file_names)))
    for index, key in enumerate(groups.rule.group_by):
        texts = list(map(groups.key_values[index].__getitem__, groups.keys[chosen, index].tolist()))
        column_type = ruleset.type_of(key.columns[0]) if key.columns and not key.is_position else TEXT
        agreed = own.value(evaluator, () if key.is_position else key.columns, column_type)
        of_key = _as_values(texts, agreed, column_type)
        is_a_column = len(key.columns) == 1 and key.instead is None and key.gap is None
        if is_a_column and key.columns[0] != ruleset.members.file_name:
            values[key.columns[0]] = _first_defined(of_key, values[key.columns[0]])
        if key.name.casefold() != ruleset.members.file_name:
            values[key.name.casefold()] = of_key
    return ProductRows(
        groups.rule.name, chosen, groups.scope[chosen].astype(np.int64), own.least(prepared.pool.lines), values
    )


def with_products(prepared: PreparedPool, products: Iterable[ProductRows], ruleset: Ruleset) -> PreparedPool:
    """A pool with products of rules as further rows; the lists of candidates have an empty one for them."""
    for added in products:
        if len(added.scope):
            prepared = _appended(prepared, added, ruleset)
    return prepared


def scopes_with_products(scopes: Scopes, products: Iterable[ProductRows]) -> Scopes:
    """The scopes with products of rules as further rows, each in the scope of its group."""
    added = np.concatenate([np.empty(0, np.int64), *(rows.scope for rows in products)])
    last = scopes.starts[-1]
    return replace(
        scopes,
        starts=np.concatenate((scopes.starts, last + np.arange(1, len(added) + 1))),
        members=np.concatenate((scopes.members, added)).astype(np.int32),
        candidate=np.concatenate((scopes.candidate, np.where(added == scopes.discovered, -1, added))).astype(np.int32),
    )


class _OwnExposures:
    """The exposures that the products of some groups are made from: those that the rule selects."""

    def __init__(self, groups: Groups, chosen: IndexArray) -> None:
        self.count = len(chosen)
        product_of_group = np.full(len(groups), -1, np.int64)
        product_of_group[chosen] = np.arange(self.count)
        product = product_of_group[groups.selected.group]
        self._product, self._row = product[product >= 0], groups.selected.row[product >= 0]

    def least(self, numbers: IntArray) -> IndexArray:
        """For each product the least number of one of its exposures."""
        return self._extreme(numbers[self._row].astype(np.int64), np.minimum)

    def value(self, evaluator: Evaluator, columns: tuple[str, ...], column_type: ColumnType) -> Column:
        """For each product the value on which its exposures agree, in a spelling of theirs; undefined values do not count.

        If they do not agree, it is the middle of the least and the greatest number or time, and undefined for other types.
        """
        if not columns:
            return constant("", self.count)
        column = evaluator.column(columns)
        defined = column.defined()[self._row]
        codes = column.codes[self._row].astype(np.int64)
        least = self._extreme(np.where(defined, codes, len(column.values)), np.minimum)
        greatest = self._extreme(codes, np.maximum)
        if column.amounts is not None and column_type.kind in ("number", "time"):
            return _middle(column.amounts, least, greatest, column_type)
        spelled = evaluator.spelled(columns)
        spellings = np.where(defined, spelled.codes[self._row], len(spelled.values)).astype(np.int64)
        first = np.where(least == greatest, self._extreme(spellings, np.minimum), UNDEFINED)
        return Column(first.astype(np.int32), spelled.values, amounts=spelled.amounts)

    def _extreme(self, numbers: IndexArray, which: np.ufunc) -> IndexArray:
        start = np.iinfo(np.int64).max if which is np.minimum else 0
        result = np.full(self.count, start, np.int64)
        which.at(result, self._product, numbers)
        return result


def _middle(amounts: Amounts, least: IndexArray, greatest: IndexArray, column_type: ColumnType) -> Column:
    """The middle of the amounts of two codes for each product; undefined where the greatest code is that of undefined."""
    integers = amounts.integers.tolist()
    exact = [
        None if high == UNDEFINED else (5 * (integers[low] + integers[high]), amounts.exponent - 1)
        for low, high in zip(least.tolist(), greatest.tolist(), strict=True)
    ]
    return with_amounts(exact, np.arange(len(exact)), column_type)


def _as_values(texts: Sequence[str], spelled: Column, column_type: ColumnType) -> Column:
    """The values of a key as values of its column, spelled as in `spelled` where these are the same."""
    if column_type.has_amounts:
        reading = read_texts(texts, column_type.of_values)
        if reading.amounts is not None:
            return categorize(reading.values, reading.amounts, np.arange(len(texts)))
    texts = [other if (other := spelled[row]).casefold() == text else text for row, text in enumerate(texts)]
    return recategorize(texts, np.arange(len(texts)))


def _first_defined(first: Column, second: Column) -> Column:
    return first if first.defined().all() else coalesce([first, second])


def _appended(prepared: PreparedPool, added: ProductRows, ruleset: Ruleset) -> PreparedPool:
    pool, rows, count = prepared.pool, len(prepared), len(added.scope)
    texts = dict(pool.columns)
    columns: dict[str, Column] = {}
    undefined = constant("", count)
    for name in {**prepared.columns, **added.values}:
        if name in ruleset.derived:
            continue
        values = added.values.get(name, undefined)
        folded = values
        if values.amounts is None:
            folded = recategorize([value.casefold() for value in values.values], values.codes)
        before, text = prepared.columns.get(name, constant("", rows)), pool.columns.get(name) or _empty(name, rows)
        texts[name] = _longer(text, values)
        longer = stacked(before, folded)
        if longer.amounts is None:
            is_same = before.text is pool.columns.get(name)
            longer = replace(
                longer, text=texts[name] if is_same else _longer(before.text or _empty(name, rows), values)
            )
        columns[name] = longer
    for name, text in pool.columns.items():
        if name not in columns:
            texts[name] = _longer(text, undefined)
    given = {
        name: stacked(
            prepared.product_values.get(name, constant("", len(prepared.products))), added.values.get(name, undefined)
        )
        for name in ruleset.derived
    }
    return replace(
        prepared,
        pool=replace(pool, columns=texts, lines=np.concatenate((pool.lines, added.line))),
        columns=columns,
        usable=np.concatenate((prepared.usable, np.ones(count, np.bool_))),
        candidates=(*prepared.candidates, ()),
        candidate_codes=np.concatenate((prepared.candidate_codes, np.full(count, len(prepared.candidates), np.int32))),
        products=(*prepared.products, *[added.rule] * count),
        product_groups=np.concatenate((prepared.product_groups, added.group)),
        product_values=given,
    )


def _empty(name: str, rows: int) -> TextColumn:
    return TextColumn(name.upper(), np.zeros(rows, np.int32), ("",))


def _longer(text: TextColumn, values: Column) -> TextColumn:
    """A column of a pool with more values at its end."""
    added = sorted(set(values.values))
    number = {value: index for index, value in enumerate(added)}
    spelled, place, place_of_added = merged(text.values, added)
    codes = place_of_added[np.fromiter(map(number.__getitem__, values.values), np.int64, len(values.values))]
    return TextColumn(text.name, np.concatenate((place[text.codes], codes[values.codes])), spelled)
