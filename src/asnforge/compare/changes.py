"""What differs between an expected association and the actual one that it is paired with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator

from asnforge.compare.model import KEYWORDS, Change, Member, Options, ReadAssociation, ReadProduct
from asnforge.compare.normalize import agree, meaning_of_file_name, split_suffix
from asnforge.compare.strict import strict_changes


def changes(expected: ReadAssociation, actual: ReadAssociation, options: Options) -> tuple[Change, ...]:
    """Each difference of meaning between two associations; of everything where the options are strict.

    A keyword or a name that one side does not have says nothing, so it is no difference, unless strictly.
    """
    found = [*_product_changes(expected, actual)]
    if options.strict:
        found.extend(strict_changes(expected, actual))
    else:
        found.extend(_keyword_changes(expected, actual))
        found.extend(_file_name_change(expected, actual))
    return tuple(change for change in found if not _ignored(change, options.ignore))


def _ignored(change: Change, ignore: frozenset[str]) -> bool:
    return change.what in ignore or (change.what in ("member", "product") and "members" in ignore)


def _keyword_changes(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    for name in KEYWORDS:
        if not agree(expected.keywords, actual.keywords, (name,)):
            yield Change(name, expected.keywords[name], actual.keywords[name])


def _file_name_change(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    one = meaning_of_file_name(expected.file_name, expected.keywords.get("version_id"))
    other = meaning_of_file_name(actual.file_name, actual.keywords.get("version_id"))
    if one and other and one != other:
        yield Change("file_name", expected.file_name, actual.file_name)


def _product_changes(expected: ReadAssociation, actual: ReadAssociation) -> Iterator[Change]:
    if expected.products == actual.products:
        return
    several = len(expected.products) > 1 or len(actual.products) > 1
    pairs, lost, gained = _pair_products(expected.products, actual.products)
    for one, other in pairs:
        product = (one.name or other.name or "") if several else ""
        if one.name and other.name and one.name != other.name:
            yield Change("product_name", one.name, other.name, product=product)
        yield from member_changes(one.members, other.members, product)
    for one in lost:
        yield Change("product", one.name or "without a name", None)
    for other in gained:
        yield Change("product", None, other.name or "without a name")


def _pair_products(
    expected: tuple[ReadProduct, ...], actual: tuple[ReadProduct, ...]
) -> tuple[list[tuple[ReadProduct, ReadProduct]], list[ReadProduct], list[ReadProduct]]:
    """Products by name and members, by members, by name; one that is left on each side is a pair."""
    pairs: list[tuple[ReadProduct, ReadProduct]] = []
    lost, gained = list(expected), list(actual)
    keys: tuple[Callable[[ReadProduct], Hashable], ...] = (lambda p: p, lambda p: p.members, lambda p: p.name)
    for key in keys:
        waiting: dict[object, list[ReadProduct]] = {}
        for other in gained:
            waiting.setdefault(key(other), []).append(other)
        still_lost = []
        for one in lost:
            matching = waiting.get(key(one))
            if matching:
                pairs.append((one, matching.pop(0)))
            else:
                still_lost.append(one)
        lost, gained = still_lost, [other for others in waiting.values() for other in others]
    if len(lost) == len(gained) == 1:
        return [*pairs, (lost[0], gained[0])], [], []
    return pairs, lost, gained


def member_changes(expected: tuple[Member, ...], actual: tuple[Member, ...], product: str = "") -> Iterator[Change]:
    """Members of one side alone, with another exptype, or with another suffix."""
    if expected == actual:
        return
    before, after = Counter(expected), Counter(actual)
    lost, gained = sorted((before - after).elements()), sorted((after - before).elements())
    for (expname, exptype), (_, other) in _matched(lost, gained, lambda member: member[0]):
        yield Change("exptype", exptype, other, expname, product)
    for (expname, _), (other, _) in _matched(lost, gained, lambda member: (split_suffix(member[0])[0], member[1])):
        yield Change("suffix", split_suffix(expname)[1], split_suffix(other)[1], expname, product)
    for expname, exptype in lost:
        yield Change("member", exptype, None, expname, product)
    for expname, exptype in gained:
        yield Change("member", None, exptype, expname, product)


def _matched(
    lost: list[Member], gained: list[Member], key: Callable[[Member], Hashable]
) -> list[tuple[Member, Member]]:
    """Pairs of a lost and a gained member with a key that no other has; they leave the lists."""
    lost_keys, gained_keys = Counter(map(key, lost)), Counter(map(key, gained))
    by_key = {key(member): member for member in gained}
    pairs = [
        (member, by_key[key(member)])
        for member in lost
        if lost_keys[key(member)] == 1 and gained_keys[key(member)] == 1
    ]
    for one, other in pairs:
        lost.remove(one)
        gained.remove(other)
    return pairs
