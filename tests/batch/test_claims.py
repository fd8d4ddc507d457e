"""Which files pools make: two pools that could make the same one are told apart by what their files are called."""

from __future__ import annotations

import pytest

from asnforge.batch.claims import Claim, Claims


def starts(*texts: str) -> Claim:
    return Claim(starts=frozenset(texts))


def names(*texts: str) -> Claim:
    return Claim(names=frozenset(texts))


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (starts("p001"), starts("p001", "p002"), True),
        (starts("p001"), starts("p0011"), False),
        (names("p001-o1_asn.json"), names("p001-o1_asn.json"), True),
        (names("p001-o1_asn.json"), names("p001-o2_asn.json"), False),
        (starts("p001"), names("p001-o1_asn.json"), True),
        (names("p001-o1_asn.json"), starts("p001"), True),
        (starts("p001"), names("p0011-o1_asn.json"), False),
        (names("pa-1-o1_asn.json"), starts("pa"), True),
        (starts(), names("p001-o1_asn.json"), False),
    ],
)
def test_two_pools(first: Claim, second: Claim, clash: bool) -> None:
    claims = Claims()
    claims.add(first, "a.tsv")
    assert claims.owner(second) == ("a.tsv" if clash else None)


def test_who_came_first_keeps_it() -> None:
    claims = Claims()
    claims.add(starts("p001"), "a.tsv")
    claims.add(starts("p001", "p002"), "b.tsv")
    assert (claims.owner(starts("p001")), claims.owner(starts("p002"))) == ("a.tsv", "b.tsv")
