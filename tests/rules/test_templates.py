"""Name parts and templates."""

from __future__ import annotations

import pytest

from asnforge.rules.templates import NamePart, is_unsafe_path_part, parse_template

KEYS = {"number": "7", "long": "123456", "band": "r", "grid": "fine", "frame": "whole"}
DISTINCT = {"slit": ("s2", "s1"), "none": ()}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (NamePart(keys=("band",)), "r"),
        (NamePart(keys=("absent",)), ""),
        (NamePart(keys=("absent",), empty="open"), "open"),
        (NamePart(keys=("absent",), before="f", after="-"), ""),
        (NamePart(keys=("number",), zero_fill=3), "007"),
        (NamePart(keys=("long",), zero_fill=3), "123456"),
        (NamePart(keys=("number",), zero_fill=3, before="p", after="-"), "p007-"),
        (NamePart(keys=("band", "grid")), "r-fine"),
        (NamePart(keys=("band", "grid"), sort=True), "fine-r"),
        (NamePart(keys=("band", "grid"), join="+"), "r+fine"),
        (NamePart(keys=("band", "absent")), "r"),
        (NamePart(keys=("frame",), leave_out=("whole",), before="-"), ""),
        (NamePart(keys=("frame", "band"), leave_out=("whole",), before="-"), "-r"),
        (NamePart(keys=("frame",), leave_out=("whole",), empty="all"), "all"),
        (NamePart(values_of="slit", sort=True, before="-"), "-s1-s2"),
        (NamePart(values_of="slit", leave_out=("s1",)), "s2"),
        (NamePart(values_of="none", before="-", empty="x"), "x"),
    ],
)
def test_join_values_fills_a_name_part(part: NamePart, text: str) -> None:
    values = DISTINCT[part.values_of] if part.values_of else tuple(KEYS.get(name, "") for name in part.keys)
    assert part.join_values(values) == text


@pytest.mark.parametrize(
    ("template", "pairs"),
    [
        ("", ()),
        ("plain", (("plain", None),)),
        ("{a}", (("", "a"),)),
        ("x-{a}_{b}!", (("x-", "a"), ("_", "b"), ("!", None))),
        ("{{suffix}}", (("{", None), ("suffix}", None))),
        ("{a}{{b}}", (("", "a"), ("{", None), ("b}", None))),
    ],
)
def test_parse_template_returns_literals_and_names(template: str, pairs: tuple[tuple[str, str | None], ...]) -> None:
    assert parse_template(template) == pairs


@pytest.mark.parametrize("template", ["{", "}", "{a", "a}", "{}", "{a:3}", "{a!r}", "{a{b}}"])
def test_invalid_template_is_rejected(template: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_template(template)


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [("", False), ("{target}-é b", False), ("..", False), ("a/b", True), ("..\\b", True), ("a\0", True), ("a\n", True)],
)
def test_unsafe_path_parts(text: str, unsafe: bool) -> None:
    assert is_unsafe_path_part(text) is unsafe
