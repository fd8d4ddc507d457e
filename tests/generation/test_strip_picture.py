"""A picture of associations: one row each, marks where exposures are members, bounded and escaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from asnforge.associations.model import Association, Member, Product
from asnforge.generation.strip_picture import strip_picture

SVG = "{http://www.w3.org/2000/svg}"


def association(name: str, **exptypes: list[str]) -> Association:
    """An association with a product of this name, and the members of each exptype."""
    members = tuple(Member(expname, exptype) for exptype, names in exptypes.items() for expname in names)
    return Association(
        file_name=f"{name}_asn.json",
        asn_id="o1",
        asn_type="stack",
        asn_rule="Image",
        asn_pool="pool.tsv",
        program="7",
        target="none",
        constraints="",
        degraded_status="",
        version_id=None,
        code_version="",
        products=(Product(name, members),),
    )


def parsed(html: str) -> ElementTree.Element:
    """The picture with its legend, which has to be well-formed."""
    return ElementTree.fromstring(f"<div>{html}</div>")


def marks(html: str) -> list[list[list[float]]]:
    """For each row and exptype the left edges of its marks, in columns of 24 pixels."""
    rows = parsed(html).iter(f"{SVG}g")
    return [
        [
            [(float(left) - 330) / 24 for left in re.findall(r"M([\d.]+)", path.attrib["d"])]
            for path in row.iter(f"{SVG}path")
        ]
        for row in rows
    ]


def test_rows_have_marks_in_one_order_of_exposures() -> None:
    made = [
        association("red", science=["a.f", "c.f"], background=["d.f"]),
        association("blue", science=["b.f"], background=["sky/d.f"]),
    ]
    html = strip_picture(made, 2)
    assert marks(html) == [[[0, 2], [3]], [[1], [3]]]
    texts = [text.text for text in parsed(html).iter(f"{SVG}text")]
    assert texts == ["a.f", "d.f", "red", "3 members", "blue", "2 members"]
    assert parsed(html).find(f"{SVG}svg") is not None
    assert [span.tail for span in parsed(html).iter("span")] == ["\xa0science ", "\xa0background"]


def test_science_is_drawn_at_full_height_and_other_exptypes_at_half() -> None:
    html = strip_picture([association("red", background=["b.f"], science=["a.f"])], 1)
    assert re.findall(r'd="M\d+ \d+h\d+v(\d+)', html) == ["15", "7"]


def test_nothing_is_shown_without_associations() -> None:
    assert strip_picture([], 0) == ""


def test_the_first_associations_are_shown() -> None:
    made = [association(f"p{number}", science=[f"{number}.f"]) for number in range(25)]
    html = strip_picture(made, 25)
    assert len(marks(html)) == 20
    assert html.endswith("<div>and 5 more</div>")
    assert ">p19<" in html
    assert ">p20<" not in html


@pytest.mark.parametrize("count", [50, 500, 100_000])
def test_a_row_of_many_exposures_is_short_and_stays_in_its_strip(count: int) -> None:
    names = [f"{number:06}.f" for number in range(count)]
    html = strip_picture([association("all", science=names), association("half", science=names[::2])], 2)
    assert len(html) < 25_000
    edges = [(float(left), float(long)) for left, long in re.findall(r"M([\d.]+) \d+h([\d.]+)", html)]
    assert max(left + long for left, long in edges) <= 330 + 540.5
    assert f"{count} members" in html


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "</title></svg><img src=x onerror=alert(1)>", "\"'&", "a\x00\u202eb\n", "x" * 5000],
)
def test_every_value_is_escaped(text: str) -> None:
    html = strip_picture([association(text, **{text: [f"{text}.f", "b.f"]})], 1)
    tags = {element.tag.removeprefix(SVG) for element in parsed(html).iter()}
    assert tags == {"div", "svg", "text", "g", "title", "rect", "path", "span"}
    assert "\u202e" not in html
    assert {name for element in parsed(html).iter() for name in element.attrib if name.startswith("on")} == set()
