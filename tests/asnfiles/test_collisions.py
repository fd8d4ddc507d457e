"""Product names that several files of a folder have are reported at each of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asnforge.asnfiles.collisions import with_collisions
from asnforge.asnfiles.use import UseCheck
from asnforge.asnfiles.validate import validate_one

HINT = "pipelines that run on all of them in one folder overwrite each other's products: use other folders or names"


def write(path: Path, *names: str | None) -> None:
    """Write an association with products of some names; None: a product without a name."""
    members = [{"expname": "a.fits", "exptype": "science"}]
    products = [{**({} if name is None else {"name": name}), "members": members} for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"asn_id": "a", "asn_pool": "p", "products": products}, indent=1))


def collisions(*paths: str) -> list[str]:
    use = UseCheck(())
    files = with_collisions(validate_one(path, use) for path in paths)
    assert tuple(file.path for file in files) == paths
    return [str(finding) for file in files for finding in file.findings]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_of_two_files_names_the_other() -> None:
    write(Path("a_asn.json"), "p1")
    write(Path("b_asn.json"), "p0", "p1")
    assert collisions("a_asn.json", "b_asn.json") == [
        f"a_asn.json:6:12: A121 warning: the product name 'p1' is also in b_asn.json; {HINT}",
        f"b_asn.json:15:12: A121 warning: the product name 'p1' is also in a_asn.json; {HINT}",
    ]


def test_names_that_differ_in_case_are_the_same() -> None:
    write(Path("a_asn.json"), "Straße")
    write(Path("b_asn.json"), "STRASSE")
    assert [each.partition(";")[0] for each in collisions("a_asn.json", "b_asn.json")] == [
        "a_asn.json:6:12: A121 warning: the product name 'Straße' is also in b_asn.json",
        "b_asn.json:6:12: A121 warning: the product name 'STRASSE' is also in a_asn.json",
    ]


def test_of_many_files_three_are_named() -> None:
    names = [f"{letter}_asn.json" for letter in "abcdef"]
    for name in names:
        write(Path(name), "p1")
    found = collisions(*names)
    assert len(found) == 6
    assert "is also in b_asn.json, c_asn.json, d_asn.json and 2 more;" in found[0]
    assert "is also in a_asn.json, b_asn.json, c_asn.json and 2 more;" in found[-1]


@pytest.mark.parametrize(
    ("first", "second"),
    [("night/a_asn.json", "day/a_asn.json"), ("a_asn.json", "day/a_asn.json"), ("a_asn.json", "./a_asn.json")],
    ids=["other folders", "a folder below", "one file named twice"],
)
def test_files_of_other_folders_and_the_file_itself_do_not_collide(first: str, second: str) -> None:
    write(Path(first), "p1")
    write(Path(second), "p1")
    assert collisions(first, second) == []


def test_files_of_one_folder_collide_however_the_folder_is_written() -> None:
    write(Path("night/a_asn.json"), "p1")
    write(Path("night/b_asn.json"), "p1")
    assert len(collisions("night/a_asn.json", "./night/../night/b_asn.json")) == 2


def test_products_without_a_name_and_the_same_product_in_one_file_do_not_collide() -> None:
    write(Path("a_asn.json"), None, "p1", "p1")
    write(Path("b_asn.json"), None, "p2")
    assert [each.split()[1] for each in collisions("a_asn.json", "b_asn.json")] == ["A115"]


def test_a_file_that_cannot_be_read_does_not_hide_collisions_of_others() -> None:
    write(Path("a_asn.json"), "p1")
    Path("b_asn.json").write_text("{")
    write(Path("c_asn.json"), "p1")
    found = collisions("a_asn.json", "b_asn.json", "absent_asn.json", "c_asn.json")
    assert [each.split()[1] for each in found] == ["A121", "A104", "A101", "A121"]


def test_collisions_stand_among_the_other_findings_in_the_order_of_lines() -> None:
    write(Path("a_asn.json"), "p1")
    write(Path("b_asn.json"), "p1")
    text = (
        Path("b_asn.json")
        .read_text()
        .replace('"asn_pool": "p"', '"asn_pool": 3')
        .replace('"a.fits"', '"b.fits"')
        .replace('"science"', '"psf"')
    )
    Path("b_asn.json").write_text(text)
    assert [each.split()[:2] for each in collisions("a_asn.json", "b_asn.json")] == [
        ["a_asn.json:6:12:", "A121"],
        ["b_asn.json:3:14:", "A112"],
        ["b_asn.json:6:12:", "A121"],
        ["b_asn.json:7:15:", "A114"],
    ]


@pytest.mark.parametrize(
    ("first", "second", "collide"),
    [
        (("spec3", "a science", "b background"), ("spec3", "a science", "b imprint"), False),
        (("spec3", "a science", "b background"), ("spec3", "a science", "b background"), True),
        (("spec3", "a science", "b science"), ("spec3", "a science"), True),
        (("spec3", "a science"), ("spec3", "b science"), True),
        (("coron3", "a science", "b science"), ("ami3", "a science", "b science"), False),
        (("image3", "a science", "b science"), ("spec3", "a science"), False),
        (("image3", "a science", "b science"), ("coron3", "a science", "c science"), True),
        (("image3", "sub/a science"), ("image3", "a background"), False),
    ],
)
def test_versions_of_one_association_do_not_collide(
    first: tuple[str, ...], second: tuple[str, ...], collide: bool
) -> None:
    for name, (asn_type, *members) in (("a_asn.json", first), ("b_asn.json", second)):
        listed = [dict(zip(("expname", "exptype"), member.split(), strict=True)) for member in members]
        products = [{"name": "p1", "members": listed}]
        Path(name).write_text(json.dumps({"asn_id": "a", "asn_pool": "p", "asn_type": asn_type, "products": products}))
    assert any("A121" in text for text in collisions("a_asn.json", "b_asn.json")) is collide
