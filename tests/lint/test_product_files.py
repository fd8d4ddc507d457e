"""File names of products that two rules give, that do not distinguish products, or that nothing uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.observatory import rule, write_ruleset

from asnforge.lint.check_rules import check_rules

RED = {"select": {"camera": {"column": "CAMERA", "is": "red"}}}
BLUE = {"select": {"camera": {"column": "CAMERA", "is": "blue"}}}
CAMERA, PLAIN = "{camera}.fits", "master.fits"


def warnings(tmp_path: Path, *rules: dict[str, Any]) -> list[str]:
    folder = write_ruleset(tmp_path / "lynx", *rules)
    found = [finding for finding in check_rules(folder).findings if finding.code in ("R330", "R331", "R332")]
    assert all(finding.line and finding.column for finding in found)
    return [f"{Path(finding.file).name}: {finding.code} {finding.message}" for finding in found]


def making(name: str, product: str, file: str, **blocks: Any) -> dict[str, Any]:
    return rule(name, product=product, product_file=file, **blocks)


USES = rule("User", product="{program}-{camera}-x", attach={"one": {"product_of": "One", "match": ["CAMERA"]}})
USES["attach"]["two"] = {"product_of": "Two", "match": ["CAMERA"]}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("{camera}-1", "{product}.fits", {}), ("{camera}-2", "{product}.fits", {}), []),
        (
            ("{camera}", "{product}.fits", {}),
            ("{camera}", "{product}.FITS", {}),
            ["two.yaml: R330 products of Two and One have the same file name, {product}.FITS, if they agree in CAMERA"],
        ),
        (
            ("{camera}", "{product}.fits", {}),
            ("{camera}", CAMERA, {}),
            ["two.yaml: R330 products of Two and One have the same file name, {camera}.fits, if they agree in CAMERA"],
        ),
        (
            ("{asn_type}", PLAIN, {}),
            ("{asn_type}", PLAIN, {}),
            ["two.yaml: R330 products of Two and One have the same file name, master.fits"],
        ),
        (("{camera}", CAMERA, RED), ("{camera}", CAMERA, BLUE), []),
        (
            ("{camera}", CAMERA, RED),
            ("{camera}", CAMERA, RED),
            ["two.yaml: R330 products of Two and One have the same file name, {camera}.fits, if they agree in CAMERA"],
        ),
        (("{camera}", CAMERA, {}), ("{camera}", CAMERA, {"group_by": {"camera": {"column": "COLOR"}}}), []),
        (("{camera}-{asn_type}", "{product}", {}), ("{camera}-{asn_type}", "{product}", {"asn_type": "tile"}), []),
        (
            ("{program}-{camera}", CAMERA, {}),
            ("{asn_type}", "two.fits", {}),
            [
                "one.yaml: R331 product_file of One does not have {program}, so products with different names have the "
                "same file"
            ],
        ),
        (
            ("{program}-{camera}", PLAIN, {}),
            ("{asn_type}", "two.fits", {}),
            [
                "one.yaml: R331 product_file of One does not have {camera} and {program}, so products with different names "
                "have the same file"
            ],
        ),
    ],
)
def test_products_with_the_same_file_name_are_reported(
    tmp_path: Path, first: tuple[str, str, Any], second: tuple[str, str, Any], expected: list[str]
) -> None:
    rules = (making("One", *first[:2], **first[2]), making("Two", *second[:2], **second[2]))
    assert warnings(tmp_path, *rules, USES) == expected


def test_a_file_name_that_nothing_uses_is_reported(tmp_path: Path) -> None:
    assert warnings(tmp_path, making("Two", "{camera}", "{product}.fits")) == [
        "two.yaml: R332 no rule uses products of Two, so product_file has no effect"
    ]
    mosaic = rule("Mosaic", product="{camera}-m", product_of="Two", group_by={"camera": {"column": "CAMERA"}})
    assert warnings(tmp_path / "used", making("Two", "{camera}", "{product}.fits"), mosaic) == []
