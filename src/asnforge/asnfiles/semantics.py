"""Report problems that a schema cannot find: repeated names and members, and misspelled optional keywords."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from asnforge.asnfiles.problems import MISSPELLED, MOST_KEYWORDS, SIMILARITY, Problem, known_keywords, name_part
from asnforge.findings import FindingCode, did_you_mean
from asnforge.schema_errors import KeyPath

SAME_PRODUCT = FindingCode(
    "A115",
    "two products have the same name",
    "The product name is the beginning of the names of the product's files: one product would overwrite the other.",
    wrong='"products": [{"name": "star", "members": [...]}, {"name": "star", "members": [...]}]',
    right='"products": [{"name": "star1", "members": [...]}, {"name": "star2", "members": [...]}]',
)
SAME_MEMBER = FindingCode(
    "A116",
    "a product has a member twice",
    "The same expname with the same exptype would be processed twice. An exposure may be listed again with another exptype.",
    wrong='"members": [{"expname": "a", "exptype": "science"}, {"expname": "a", "exptype": "science"}]',
    right='"members": [{"expname": "a", "exptype": "science"}, {"expname": "b", "exptype": "science"}]',
)

_REQUIRED = {0: ("asn_id", "asn_pool", "products"), 2: ("members",), 4: ("expname", "exptype")}


def semantic_problems(value: object) -> Iterator[Problem]:
    """All of these problems in an association; parts of a wrong type are skipped."""
    if not isinstance(value, dict):
        return
    yield from _misspelled_keywords(value, ())
    names: dict[object, int] = {}
    for index, product in objects(value.get("products")):
        path: KeyPath = ("products", index)
        yield from _misspelled_keywords(product, path)
        name = product.get("name")
        if isinstance(name, str) and name and (first := names.setdefault(name.casefold(), index)) != index:
            message, hint = (
                "product {number} has the same name as product {first}, {name:quoted}",
                "rename one of the two",
            )
            finding = SAME_PRODUCT.finding(
                message, hint=hint, severity="warning", number=index + 1, first=first + 1, name=name
            )
            yield Problem((*path, "name"), finding)
        yield from _member_problems(product.get("members"), (*path, "members"))


def objects(items: object) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects in a list, each with its index."""
    if isinstance(items, list):
        yield from ((index, item) for index, item in enumerate(items) if isinstance(item, dict))


def _member_problems(members: object, path: KeyPath) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    known = frozenset(known_keywords(len(path) + 1))
    for index, member in objects(members):
        if not member.keys() <= known:
            yield from _misspelled_keywords(member, (*path, index))
        expname, exptype = member.get("expname"), member.get("exptype")
        if not isinstance(expname, str) or not isinstance(exptype, str):
            continue
        if (first := seen.setdefault((expname, exptype), index)) != index:
            message = "member {number} repeats member {first}: {expname:quoted}, {exptype}"
            finding = SAME_MEMBER.finding(
                message,
                hint="remove one of the two",
                severity="warning",
                number=index + 1,
                first=first + 1,
                expname=expname,
                exptype=exptype,
            )
            yield Problem((*path, index), finding)


def _misspelled_keywords(present: dict[str, object], path: KeyPath) -> Iterator[Problem]:
    """Unknown keywords similar to an optional one that is absent; `problems` reports those similar to a required one."""
    known = known_keywords(len(path))
    unknown = () if len(present) > MOST_KEYWORDS else [key for key in present if key not in known]
    if not unknown:
        return
    absent = tuple(name for name in known if name not in present)
    for key in unknown:
        close = _closest_keyword(key, absent)
        if close and close not in _REQUIRED[len(path)]:
            message, part = "unknown keyword {key:quoted} in {part}", name_part(path)
            hint = f"did you mean {close}?"
            finding = MISSPELLED.finding(message, hint=hint, severity="warning", key=key, part=part)
            yield Problem((*path, key), finding, at_key=True)


@lru_cache(maxsize=256)
def _closest_keyword(key: str, absent: tuple[str, ...]) -> str | None:
    """As `did_you_mean`, but with a cache: every member of a file may have the same keyword."""
    return did_you_mean(key, absent, SIMILARITY)
