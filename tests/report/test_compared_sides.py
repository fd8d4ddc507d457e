from __future__ import annotations

import pytest

from asnforge.compare import Comparison, ReadAssociation, ReadProduct, compare
from asnforge.report.compared_sides import SAME, report_of_comparison
from asnforge.report.model import SIDES, Report
from asnforge.report.render import render_page


def association(name: str, *members: str) -> ReadAssociation:
    """An association with these members, each ``root`` or ``root:exptype``."""
    pairs = (each.partition(":") for each in members)
    product = ReadProduct(
        name, tuple(sorted((f"{root}_flat.fits", exptype or "science") for root, _, exptype in pairs))
    )
    keywords = {"asn_type": "stack", "asn_rule": "Image", "asn_id": name.partition("_")[0]}
    return ReadAssociation(f"{name}_asn.json", ".", f"{name}_asn.json", keywords, (product,))


def comparison(expected: list[ReadAssociation], actual: list[ReadAssociation]) -> Comparison:
    return compare(expected, actual)


def rows(report: Report) -> list[tuple[str, str, list[str]]]:
    """For each row its heading, its product, and the names of its exposures with the side that has them."""
    return [
        (
            row.heading,
            row.product,
            [
                f"{report.exposures.names[exposure].partition('_')[0]} {SIDES[side]}"
                for exposure, side in zip(row.exposures.tolist(), row.sides.tolist(), strict=True)
            ],
        )
        for row in report.associations
    ]


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        (
            [association("o1_red", "a", "b")],
            [association("o1_red", "a", "b")],
            [(SAME, "o1_red", ["a both", "b both"])],
        ),
        ([association("o1_red", "b", "a")], [], [("missing", "o1_red", ["a expected", "b expected"])]),
        ([], [association("o1_red", "a")], [("unexpected", "o1_red", ["a actual"])]),
        (
            [association("o1_red", "a", "b", "c"), association("o2_red", "d")],
            [association("o1_red", "b", "c", "x"), association("o2_red", "d")],
            [("changed", "o1_red", ["a expected", "b both", "c both", "x actual"]), (SAME, "o2_red", ["d both"])],
        ),
        (
            [association("o1_red", "a", "b", "c", "d")],
            [association("o1_green", "a", "b"), association("o1_blue", "c", "d")],
            [
                ("split", "o1_red", ["a both", "b both", "c both", "d both"]),
                ("split", "o1_blue", ["c both", "d both"]),
                ("split", "o1_green", ["a both", "b both"]),
            ],
        ),
    ],
)
def test_expected_and_actual_members_are_on_one_strip(
    expected: list[ReadAssociation], actual: list[ReadAssociation], shown: list[tuple[str, str, list[str]]]
) -> None:
    assert rows(report_of_comparison([("", comparison(expected, actual))])) == shown


def test_another_exptype_is_a_change_of_a_member_that_both_sides_have() -> None:
    report = report_of_comparison(
        [("", comparison([association("o1_red", "a", "b")], [association("o1_red", "a", "b:psf")]))]
    )
    assert rows(report) == [("changed", "o1_red", ["a both", "b both"])]
    assert report.associations[0].changes == (
        "o1_red (stack, Image)",
        "exptype of b_flat.fits: expected science, actual psf",
    )


def test_each_pool_has_exposures_of_its_own() -> None:
    same = comparison([association("o1_red", "a")], [association("o1_red", "a")])
    missing = comparison([association("o1_red", "a")], [])
    report = report_of_comparison([("dawn", same), ("night", missing)])
    observation = report.exposures.observation
    assert observation is not None
    assert (observation.title, [observation.words[code] for code in observation.codes]) == ("pool", ["dawn", "night"])
    assert rows(report) == [("missing", "o1_red", ["a expected"]), (SAME, "o1_red", ["a both"])]
    assert [(tile.count, tile.label.partition("/")[0]) for tile in report.tiles] == [
        (2, "expected"),
        (1, "actual"),
        (1, "the same"),
        (1, "missing"),
    ]


def test_names_of_a_comparison_are_shown_as_text() -> None:
    name = "</script><img src=x onerror=alert(1)>"
    report = report_of_comparison([(name, comparison([association(name, name)], []))], command=name)
    page = render_page(report).decode()
    assert page.count("</script>") == 2
    assert "<img" not in page
    assert "\\u003cimg" in page
