"""The text of association files: the same bytes as those of the whole object, and the same judgement by the schema."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observatory import generated, rule
from support.pools import lynx_pool, lynx_rows, rulesets

from asnforge.asnfiles.association_text import encode, encode_all
from asnforge.associations.member_cache import CachedMembers
from asnforge.associations.model import Association, Member, Product
from asnforge.findings import InputError
from asnforge.generation.engine import generate
from asnforge.json_schema import is_valid, schema
from asnforge.pool.model import Pool

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.sampled_from(["", "a_flat.fits", 'a "b"\\', "é\u2028", "a\tb"])
EXPTYPES = st.sampled_from(["science", "psf", "", "Science"])
KEYWORDS = st.dictionaries(
    st.sampled_from(["release", "quality", "more"]),
    st.recursive(
        STRINGS | st.none(), lambda part: st.lists(part, max_size=2) | st.dictionaries(STRINGS, part, max_size=2)
    ),
)
MEMBERS = st.builds(Member, NAMES, EXPTYPES, st.none() | STRINGS, st.none() | STRINGS)
PRODUCTS = st.builds(Product, STRINGS, st.lists(MEMBERS, max_size=3).map(tuple))
ASSOCIATIONS = st.builds(
    Association,
    *[STRINGS] * 9,
    version_id=st.none() | STRINGS,
    code_version=STRINGS,
    products=st.lists(PRODUCTS, max_size=2).map(tuple),
    extra=KEYWORDS,
)


def object_text(association: Association) -> bytes:
    """The text of the whole association as msgspec formats it."""
    products = [
        {"name": product.name, "members": list(map(asdict, product.members))} for product in association.products
    ]
    return msgspec.json.format(msgspec.json.encode({**association.keywords(), "products": products}), indent=4) + b"\n"


def is_refused(association: Association) -> bool:
    try:
        list(encode_all([association], Path("out")))
    except InputError:
        return True
    return False


@given(ASSOCIATIONS)
def test_text_is_that_of_the_whole_object(association: Association) -> None:
    assert encode(association) == object_text(association)


@given(ASSOCIATIONS)
def test_an_association_is_refused_if_its_text_does_not_match_the_schema(association: Association) -> None:
    assert is_refused(association) != is_valid(msgspec.json.decode(encode(association)), "generated")


@given(lynx_rows().map(lynx_pool), rulesets(), st.booleans())
@settings(deadline=None)
def test_joined_texts_of_generated_members_are_those_of_the_whole_object(
    pool: Pool, rules: object, merge: bool
) -> None:
    for association in generate(pool, rules, merge=merge):  # type: ignore[arg-type]
        assert encode(association) == object_text(association)


def restrictions(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str, object]]:
    """What a schema says about values other than their types and parts: the property, the keyword and its value."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("minLength", "maxLength", "pattern", "const", "enum", "format", "not", "if"):
                yield path[-1], key, value
            elif isinstance(value, dict | list):
                yield from restrictions(
                    value, path if key in ("properties", "items", "contains", "anyOf") else (*path, key)
                )
    elif isinstance(node, list):
        for part in node:
            yield from restrictions(part, path)


def test_the_schema_only_distinguishes_empty_strings_and_exptypes() -> None:
    found = {
        each for name in ("association", "generated") for each in restrictions(schema(name)) if each[0] != "exptype"
    }
    assert {(key, value) for _, key, value in found} == {("minLength", 1)}


@pytest.mark.parametrize("field", ["program", "version_id", "target", "code_version", "asn_rule", "asn_id"])
@pytest.mark.parametrize("value", ["", None, 7, True, ["a"]])
def test_associations_that_are_alike_are_judged_by_their_own_values(field: str, value: Any) -> None:
    good = replace(generated(NIGHT, rule()).associations[0], version_id="v1")
    other = replace(good, **{field: value})
    expected = is_valid(other.to_dict(), "generated")
    assert [is_refused(association) for association in (good, other, good, other)] == [False, not expected] * 2


@pytest.mark.parametrize("change", [{"name": ""}, {"members": ()}, {"name": 7}, {"name": None}])
def test_products_that_are_alike_are_judged_by_their_own_values(change: dict[str, Any]) -> None:
    good = generated(NIGHT, rule()).associations[0]
    bad = replace(good, products=(replace(good.products[0], **change),))
    assert [is_refused(association) for association in (good, bad, good, bad)] == [False, True] * 2


NIGHT = """
FILE    PROPOSAL CAMERA CANDIDATES STAR TROUBLE
a_raw.f 7      red    o1/night   .    .
b_raw.f 7      red    o1/night   .    clouds
c_raw.f 7      red    o1/night   yes  .
"""
MEMBERS_OF_NIGHT = (
    Member("a_flat.f", "science", None, "[('o1', 'night')]"),
    Member("b_flat.f", "science", "clouds", "[('o1', 'night')]"),
    Member("c_flat.f", "psf", None, "[('o1', 'night')]"),
)


def cached_members() -> CachedMembers:
    (association,) = generated(NIGHT, rule()).associations
    members = association.products[0].members
    assert isinstance(members, CachedMembers)
    return members


def test_generated_members_are_those_of_a_tuple() -> None:
    members = cached_members()
    assert members == MEMBERS_OF_NIGHT
    assert members == cached_members()
    assert members != MEMBERS_OF_NIGHT[:2]
    assert hash(members) == hash(MEMBERS_OF_NIGHT)
    assert (len(members), members[-1], members[1:]) == (3, MEMBERS_OF_NIGHT[-1], MEMBERS_OF_NIGHT[1:])
    assert repr(members) == repr(MEMBERS_OF_NIGHT)
    assert members.in_error()
    assert pickle.loads(pickle.dumps(members)) == MEMBERS_OF_NIGHT
