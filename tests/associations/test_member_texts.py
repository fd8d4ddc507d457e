"""The JSON of members: the same bytes as those of each member by itself, whatever their names, templates and errors are."""

from __future__ import annotations

from dataclasses import asdict

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import generated, rule

from asnforge.associations.member_cache import CachedMembers
from asnforge.associations.member_texts import MemberFacts, join_members, to_json
from asnforge.associations.model import Member

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MEMBERS = st.builds(Member, STRINGS, STRINGS, st.none() | STRINGS, st.none() | STRINGS)

SETUP_MEMBERS = [{"name": "{root}_x{extension}", "exptype": "setup"}, {"name": '{root}_"y".fits', "exptype": "aim"}]
SETUP = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"], "members": SETUP_MEMBERS}}
IMAGE = rule(select={"no_setup": {"not": {"use": "setup"}}}, attach=SETUP)
HEADER = "FILE PROPOSAL CAMERA OBS INTENT CANDIDATES STAR TROUBLE\n"


def formatted(members: list[Member]) -> str:
    """The members as msgspec formats them inside a product."""
    value = {"products": [{"members": [asdict(member) for member in members]}]}
    text = msgspec.json.format(msgspec.json.encode(value), indent=4).decode()
    return text.partition('"members": [')[2].rpartition("\n            ]")[0].removeprefix("\n")


@given(st.lists(MEMBERS, max_size=4))
def test_members_are_formatted_as_in_a_file(members: list[Member]) -> None:
    expected = formatted(members) if members else ""
    assert "".join(join_members(members)) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(None, "null"), ("a", '"a"'), ('é"\\\t', '"é\\"\\\\\\t"'), ([1, "b"], '[1,"b"]')]
)
def test_values_are_compact_and_only_what_must_be_is_escaped(value: object, text: str) -> None:
    assert to_json(value) == text


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["a_raw.fit"], id="one file"),
        pytest.param(["a_raw.fit", "b_raw.fit", "c_raw.fit"], id="plain names"),
        pytest.param(["a_raw.fit", 'b"_raw.fit', "c\\_raw.fit"], id="names that are escaped"),
        pytest.param(["é_raw.fit", "ñ_raw.fit", "星_raw.fit"], id="names beyond ASCII"),
        pytest.param([f"f{number:02}_raw.fit" for number in range(40)], id="many files"),
        pytest.param(["raw.fit", "_.fit", "no extension"], id="names that stay as they are"),
    ],
)
@pytest.mark.parametrize("setups", [0, 1, 2])
def test_joined_members_are_those_made_one_by_one(names: list[str], setups: int) -> None:
    rows = [
        f"{name.replace(' ', '-')} 7 red {1 + number % 2} . o1/night {'yes' if number % 3 == 2 else '.'} {trouble}\n"
        for number, (name, trouble) in enumerate(zip(names, ["clouds", ".", "d\\'oh"] * len(names), strict=False))
    ]
    rows += [f"setup{number}_raw.fit 7 red {number + 1} setup o1/night . .\n" for number in range(setups)]
    found = 0
    for association in generated(HEADER + "".join(rows), IMAGE).associations:
        members = association.products[0].members
        assert isinstance(members, CachedMembers)
        assert "".join(members.texts()) == "".join(join_members(tuple(members)))
        assert members.first_exptype() == "science"
        found += len(members)
    assert found == len(names) + 2 * min(setups, len(names))


def test_members_without_an_exptype_are_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    table = HEADER + "a_raw.fit 7 red 1 . o1/night . .\n"
    members = generated(table, IMAGE).associations[0].products[0].members
    assert isinstance(members, CachedMembers)

    def empty(*_: object) -> str:
        return ""

    monkeypatch.setattr(MemberFacts, "exptype", empty)
    assert (members.first_exptype(), members[0].exptype) == (None, "")
