"""What a schema cannot say of an association of any origin: repeated names, repeated members, misspelled keywords."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from asnforge.asnfiles.codes import MISSPELLED, SAME_MEMBER, SAME_PRODUCT
from asnforge.asnfiles.json_positions import Path
from asnforge.asnfiles.problems import MOST_KEYWORDS, Problem, known_keywords, noun
from asnforge.asnfiles.spelling import did_you_mean
from asnforge.findings import quoted, truncated

_REQUIRED = {0: ("asn_id", "asn_pool", "products"), 2: ("members",), 4: ("expname", "exptype")}


def meaning_problems(value: object) -> Iterator[Problem]:
    """Each fault of meaning in an association; parts of a wrong type are passed over."""
    if not isinstance(value, dict):
        return
    yield from _near_keywords(value, ())
    names: dict[object, int] = {}
    for index, product in objects(value.get("products")):
        path: Path = ("products", index)
        yield from _near_keywords(product, path)
        name = product.get("name")
        if isinstance(name, str) and name and names.setdefault(name.casefold(), index) != index:
            message = f"{noun(path)} has the name of product {names[name.casefold()] + 1}, {quoted(name)}"
            yield Problem(SAME_PRODUCT.code, (*path, "name"), message, "give each product a name of its own", "warning")
        yield from _member_problems(product.get("members"), (*path, "members"))


def objects(items: object) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of a list, each with its index."""
    if isinstance(items, list):
        yield from ((index, item) for index, item in enumerate(items) if isinstance(item, dict))


def _member_problems(members: object, path: Path) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    known = frozenset(known_keywords((*path, 0)))
    for index, member in objects(members):
        if not member.keys() <= known:
            yield from _near_keywords(member, (*path, index))
        expname, exptype = member.get("expname"), member.get("exptype")
        if (
            isinstance(expname, str)
            and isinstance(exptype, str)
            and seen.setdefault((expname, exptype), index) != index
        ):
            here = (*path, index)
            first = seen[expname, exptype] + 1
            message = f"{noun(here)} is member {first} again: {quoted(expname)}, {truncated(exptype, 30)}"
            yield Problem(SAME_MEMBER.code, here, message, "remove one of the two", "warning")


def _near_keywords(present: dict[str, object], path: Path) -> Iterator[Problem]:
    """Unknown keywords close to an optional one that is absent; those close to a required one are the schema's."""
    known = known_keywords(path)
    unknown = () if len(present) > MOST_KEYWORDS else [key for key in present if key not in known]
    if not unknown:
        return
    absent = tuple(name for name in known if name not in present)
    for key in unknown:
        close = _closest_keyword(key, absent)
        if close and close not in _REQUIRED[len(path)]:
            message = f"{quoted(key)} is no keyword of {noun(path)}"
            hint = f'did you mean "{close}"?'
            yield Problem(MISSPELLED.code, (*path, key), message, hint, "warning", at_key=True)


@lru_cache(maxsize=256)
def _closest_keyword(key: str, absent: tuple[str, ...]) -> str | None:
    """As `did_you_mean`, for a keyword that every member of a file may have."""
    return did_you_mean(key, absent)
