"""A difference in a few short lines, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from asnforge.compare.model import Change, Difference, ReadAssociation
from asnforge.findings import pluralize, truncated

_MOST_MEMBERS = 4
_WORDS = {
    "product_name": "product name",
    "file_name": "file name",
    "member_order": "order of members",
    "product_order": "order of products",
}


def headlines(differences: Sequence[Difference]) -> list[str]:
    """The headline of each difference, followed by the expected file where several changed associations have the same one."""
    found = [headline(difference) for difference in differences]
    counts = Counter(found)
    return [
        f"{said}: {place}"
        if counts[said] > 1 and difference.kind in ("changed", "renamed") and (place := _place(difference.expected[0]))
        else said
        for said, difference in zip(found, differences, strict=True)
    ]


def headline(difference: Difference) -> str:
    """What differs, in one line: the name, and for an association of one side alone what it is."""
    expected, actual = difference.expected, difference.actual
    match difference.kind:
        case "missing":
            return f"{_called(expected[0])}: expected, not in actual; {_size(expected[0])}"
        case "unexpected":
            return f"{_called(actual[0])}: in actual, not expected; {_size(actual[0])}"
        case "duplicate":
            side, (original, copy) = ("expected", expected) if expected else ("actual", actual)
            return f"{_called(copy)}: in {side} again, {_place(copy)} has the members of {_place(original)}"
        case "split":
            return f"{_called(expected[0])}: one association expected, {len(actual)} actual"
        case "merged":
            return f"{_called(actual[0])}: {len(expected)} associations expected, one actual"
        case _:
            return _called(expected[0])


def detail_lines(difference: Difference) -> Iterator[str]:
    """What differs, a line each, without an indent."""
    match difference.kind:
        case "split":
            yield from (f"actual {truncated(part.title)}: {_size(part)}" for part in difference.actual)
        case "merged":
            yield from (f"expected {truncated(part.title)}: {_size(part)}" for part in difference.expected)
        case _:
            yield from change_lines(difference.changes)


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Changes, a line each; members with the same change share one."""
    together: dict[tuple[str, str, str | None, str | None], list[str]] = {}
    for change in changes:
        key = (change.product, change.what, change.expected, change.actual)
        together.setdefault(key, []).append(change.member)
    for (product, what, expected, actual), members in together.items():
        where = f"{truncated(product)}: " if product else ""
        if what in ("member", "product"):
            yield where + _one_sided(what, expected, actual, members)
        else:
            of = f" of {_members(members)}" if members[0] else ""
            yield f"{where}{_WORDS.get(what, what)}{of}: expected {_value(expected)}, actual {_value(actual)}"


def _one_sided(what: str, expected: str | None, actual: str | None, members: list[str]) -> str:
    side = "only expected" if actual is None else "only actual"
    value = expected if actual is None else actual
    if what == "product":
        return f"{side}: the product {_value(value)}"
    return f"{side}: {_members(members)} ({_value(value)})"


def _members(names: list[str]) -> str:
    shown = ", ".join(truncated(name) for name in names[:_MOST_MEMBERS])
    more = len(names) - _MOST_MEMBERS
    return f"{shown} and {more} more" if more > 0 else shown


def _value(text: str | None) -> str:
    return "absent" if text is None else truncated(text) or "empty"


def _called(association: ReadAssociation) -> str:
    known = [association.keywords[name] for name in ("asn_type", "asn_rule") if name in association.keywords]
    return truncated(association.title) + (f" ({truncated(', '.join(known))})" if known else "")


def _size(association: ReadAssociation) -> str:
    count = len(association.members)
    place = _place(association)
    return pluralize(count, "member") + (f", {place}" if place else "")


def _place(association: ReadAssociation) -> str:
    return truncated(association.file or association.file_name)
