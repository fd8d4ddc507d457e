"""What a schema cannot say of an association: repeated names, repeated members, near misses of spelling."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.files.codes import EXPTYPE_SPELLING, MISSPELLED, SAME_MEMBER, SAME_PRODUCT
from asnforge.files.positions import Path
from asnforge.files.problems import Problem, known_keywords, noun
from asnforge.files.spelling import closest, meant_exptype
from asnforge.findings import quoted


def meaning_problems(value: object) -> Iterator[Problem]:
    """Each fault of meaning in an association; parts of a wrong type are passed over."""
    if not isinstance(value, dict):
        return
    yield from _near_keywords(value, ())
    names: dict[object, int] = {}
    for index, product in _objects(value.get("products")):
        path: Path = ("products", index)
        yield from _near_keywords(product, path)
        name = product.get("name")
        if isinstance(name, str) and names.setdefault(name, index) != index:
            message = f"{noun(path)} has the name of product {names[name] + 1}, {quoted(name)}"
            yield Problem(SAME_PRODUCT.code, (*path, "name"), message, "give each product a name of its own", "warning")
        yield from _member_problems(product.get("members"), (*path, "members"))


def _member_problems(members: object, path: Path) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for index, member in _objects(members):
        here = (*path, index)
        yield from _near_keywords(member, here)
        expname, exptype = member.get("expname"), member.get("exptype")
        if not isinstance(exptype, str):
            continue
        meant = meant_exptype(exptype)
        if meant:
            message = f"the exptype of {noun(here)} is {quoted(exptype, 30)}"
            hint = f'did you mean "{meant}"? It is read letter by letter'
            yield Problem(EXPTYPE_SPELLING.code, (*here, "exptype"), message, hint, "error")
        if isinstance(expname, str) and seen.setdefault((expname, exptype), index) != index:
            first = seen[expname, exptype] + 1
            message = f"{noun(here)} is member {first} again: {quoted(expname)}, {exptype}"
            yield Problem(SAME_MEMBER.code, here, message, "remove one of the two", "warning")


def _near_keywords(present: dict[str, object], path: Path) -> Iterator[Problem]:
    """Unknown keywords close to an optional one that is absent; those close to a required one are the schema's."""
    known = known_keywords(path)
    required = {0: ("asn_id", "asn_pool", "products"), 2: ("members",), 4: ("expname", "exptype")}[len(path)]
    for key in present:
        close = None if key in known else closest(key, (name for name in known if name not in present))
        if close and close not in required:
            message = f"{quoted(key)} is no keyword of {noun(path)}"
            hint = f'did you mean "{close}"?'
            yield Problem(MISSPELLED.code, (*path, key), message, hint, "warning", at_key=True)


def _objects(items: object) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of a list, each with its place in it."""
    if isinstance(items, list):
        yield from ((index, item) for index, item in enumerate(items) if isinstance(item, dict))
