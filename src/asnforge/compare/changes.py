"""The changes between an expected association and the actual one that it is paired with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from asnforge.compare.model import KEYWORDS, Change, Member, Options, ReadAssociation, ReadProduct
from asnforge.compare.normalize import SHARED_ENDING, keywords_agree, split_suffix


def find_changes(expected: ReadAssociation, actual: ReadAssociation, options: Options) -> tuple[Change, ...]:
    """All changes between two associations; except in a strict comparison, only those that change their meaning.

    An absent keyword or name is not a difference, except in a strict comparison.
    """
    changes = [*_product_changes(expected, actual)]
    if options.strict:
        changes += _strict_changes(expected, actual)
    else:
        for name in KEYWORDS:
            if not keywords_agree(expected.keywords, actual.keywords, (name,)):
                changes.append(Change(name, expected.keywords[name], actual.keywords[name]))
        if options.added:
            changes += _all_keyword_changes(expected.added, actual.added, set())
        before, after = expected.stable_file_name, actual.stable_file_name
        if before and after and before != after:
            changes.append(Change("file_name", expected.file_name, actual.file_name))
    return tuple(change for change in changes if not _is_ignored(change, options.ignore))


def _is_ignored(change: Change, ignore: frozenset[str]) -> bool:
    return change.what in ignore or (change.what in ("member", "product") and "members" in ignore)


def _product_changes(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    if expected.products == actual.products:
        return
    several = len(expected.products) > 1 or len(actual.products) > 1
    pairs, lost, gained = _pair_products(expected.products, actual.products)
    for left, right in pairs:
        product = (left.name or right.name or "") if several else ""
        if left.name and right.name and left.name != right.name:
            yield Change("product_name", left.name, right.name, product=product)
        yield from _member_changes(left.members, right.members, product)
    for item in lost:
        yield Change("product", item.name or "without a name", None)
    for item in gained:
        yield Change("product", None, item.name or "without a name")


def _pair_products(
    expected: tuple[ReadProduct, ...], actual: tuple[ReadProduct, ...]
) -> tuple[list[tuple[ReadProduct, ReadProduct]], list[ReadProduct], list[ReadProduct]]:
    """Pair products by name and members, then by members, then by name; if one is left on each side, these two are a pair."""
    pairs: list[tuple[ReadProduct, ReadProduct]] = []
    lost, gained = list(expected), list(actual)
    keys: tuple[Callable[[ReadProduct], Hashable], ...] = (lambda p: p, lambda p: p.members, lambda p: p.name)
    for key in keys:
        queues: dict[object, list[ReadProduct]] = {}
        for item in gained:
            queues.setdefault(key(item), []).append(item)
        still_lost = []
        for item in lost:
            if queue := queues.get(key(item)):
                pairs.append((item, queue.pop(0)))
            else:
                still_lost.append(item)
        lost, gained = still_lost, [item for queue in queues.values() for item in queue]
    if len(lost) == len(gained) == 1:
        return [*pairs, (lost[0], gained[0])], [], []
    return pairs, lost, gained


def _member_changes(expected: tuple[Member, ...], actual: tuple[Member, ...], product: str) -> Iterator[Change]:
    """Members that only one side has, and those with another exptype or another suffix."""
    if expected == actual:
        return
    before, after = Counter(expected), Counter(actual)
    lost, gained = sorted((before - after).elements()), sorted((after - before).elements())
    for (expname, exptype), (_, new) in _pair_members(lost, gained, lambda member: member[0]):
        yield Change("exptype", exptype, new, expname, product)
    for (expname, _), (new, _) in _pair_members(lost, gained, lambda member: (split_suffix(member[0])[0], member[1])):
        yield Change("suffix", split_suffix(expname)[1], split_suffix(new)[1], expname, product)
    for expname, exptype in lost:
        yield Change("member", exptype, None, expname, product)
    for expname, exptype in gained:
        yield Change("member", None, exptype, expname, product)


def _pair_members(
    lost: list[Member], gained: list[Member], key: Callable[[Member], Hashable]
) -> list[tuple[Member, Member]]:
    """Pairs of a lost and a gained member with a key that is unique on both sides; the members are removed from the lists."""
    lost_counts, gained_counts = Counter(map(key, lost)), Counter(map(key, gained))
    by_key = {key(member): member for member in gained}
    pairs = [(m, by_key[key(m)]) for m in lost if lost_counts[key(m)] == 1 and gained_counts[key(m)] == 1]
    for left, right in pairs:
        lost.remove(left)
        gained.remove(right)
    return pairs


def _strict_changes(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    """Changes of file names, of all other keywords of association, product and member, and of order."""
    if expected.file_name != actual.file_name and expected.file_name and actual.file_name:
        yield Change("file_name", expected.file_name, actual.file_name)
    if expected.raw is None or actual.raw is None:
        yield from _all_keyword_changes(expected.keywords, actual.keywords, set())
        return
    yield from _all_keyword_changes(expected.raw, actual.raw, {"products"})
    before, after = expected.raw["products"], actual.raw["products"]
    if len(before) != len(after):
        return
    old_names, new_names = ([product.get("name") for product in side] for side in (before, after))
    if old_names != new_names and expected.names == actual.names:
        yield Change("product_order", ", ".join(map(str, old_names)), ", ".join(map(str, new_names)))
    for left, right in zip(before, after, strict=True):
        product = (left.get("name") or "") if len(before) > 1 else ""
        yield from _all_keyword_changes(left, right, {"members", "name"}, product=product)
        yield from _strict_member_changes(left["members"], right["members"], product)


def _strict_member_changes(
    expected: list[dict[str, Any]], actual: list[dict[str, Any]], product: str
) -> Iterator[Change]:
    before, after = ([(member["expname"], member["exptype"]) for member in side] for side in (expected, actual))
    if before != after and sorted(before) == sorted(after):
        old_order, new_order = (", ".join(name for name, _ in side) for side in (before, after))
        yield Change("member_order", old_order, new_order, product=product)
    actual_members = dict(zip(after, actual, strict=True))
    for key, member in zip(before, expected, strict=True):
        if key in actual_members:
            other = actual_members[key]
            yield from _all_keyword_changes(member, other, {"expname", "exptype"}, member=key[0], product=product)


def _all_keyword_changes(
    expected: Mapping[str, Any], actual: Mapping[str, Any], exclude: set[str], **owner: str
) -> Iterator[Change]:
    """Changes of all keywords except `exclude`. Values are shown as JSON unless both are strings; an absent one is None."""
    for name in sorted((expected.keys() | actual.keys()) - exclude):
        if name in expected and name in actual and expected[name] == actual[name]:
            continue
        strings = isinstance(expected.get(name, ""), str) and isinstance(actual.get(name, ""), str)
        before, after = (
            None if name not in side else side[name] if strings else json.dumps(side[name], sort_keys=True)
            for side in (expected, actual)
        )
        yield Change(name, before, after, **owner)


class NameIndex:
    """The product and file names of both sides, which distinguish a renaming from an exchange of names.

    Parameters
    ----------
    expected, actual : iterable of ReadAssociation
        All associations that are compared with each other.
    """

    def __init__(self, expected: Iterable[ReadAssociation], actual: Iterable[ReadAssociation]) -> None:
        self._sides = expected, actual

    @cached_property
    def _names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of each side; collected only if something differs in names only."""
        expected, actual = (
            frozenset(name for item in side for name in (*item.names, item.stable_file_name)) for side in self._sides
        )
        return expected, actual

    def is_renaming(self, expected: ReadAssociation, actual: ReadAssociation, changes: Iterable[Change]) -> bool:
        """Whether two associations differ only in names, and the other side has none of these names."""
        for change in changes:
            if change.what == "product_name":
                before, after = change.expected or "", change.actual or ""
            elif change.what == "file_name":
                before, after = expected.stable_file_name, actual.stable_file_name
            else:
                return False
            if not before.endswith(SHARED_ENDING) and before in self._names[1]:
                return False
            if not after.endswith(SHARED_ENDING) and after in self._names[0]:
                return False
        return True
