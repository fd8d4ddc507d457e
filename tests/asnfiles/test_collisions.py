"""A product name that several files of a folder have is reported in each of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asnforge.asnfiles.collisions import add_collisions
from asnforge.asnfiles.pipeline_checks import PipelineChecker
from asnforge.asnfiles.validate import validate_files

HINT = "pipelines that run on all of them in one folder overwrite each other's products: use other folders or names"


def write(path: Path, *names: str | None) -> None:
    """Write an association with products of these names; None is a product without a name."""
    members = [{"expname": "a.fits", "exptype": "science"}]
    products = [{**({} if name is None else {"name": name}), "members": members} for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"asn_id": "a", "asn_pool": "p", "products": products}, indent=1))


def collisions(*paths: str) -> list[str]:
    checker = PipelineChecker(())
    files = add_collisions(validate_files(paths, checker))
    assert tuple(file.path for file in files) == paths
    return [str(finding) for file in files for finding in file.findings]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_collision_is_reported_in_both_files() -> None:
    write(Path("a_asn.json"), "p1")
    write(Path("b_asn.json"), "p0", "p1")
    assert collisions("a_asn.json", "b_asn.json") == [
        f"a_asn.json:6:12: A121 warning: the product name 'p1' is also in b_asn.json; {HINT}",
        f"b_asn.json:15:12: A121 warning: the product name 'p1' is also in a_asn.json; {HINT}",
    ]


def test_names_that_differ_in_case_are_the_same() -> None:
    write(Path("a_asn.json"), "Straße")
    write(Path("b_asn.json"), "STRASSE")
    assert [line.partition(";")[0] for line in collisions("a_asn.json", "b_asn.json")] == [
        "a_asn.json:6:12: A121 warning: the product name 'Straße' is also in b_asn.json",
        "b_asn.json:6:12: A121 warning: the product name 'STRASSE' is also in a_asn.json",
    ]


def test_collision_of_many_files_names_three() -> None:
    names = [f"{letter}_asn.json" for letter in "abcdef"]
    for name in names:
        write(Path(name), "p1")
    lines = collisions(*names)
    assert len(lines) == 6
    assert "is also in b_asn.json, c_asn.json, d_asn.json and 2 more;" in lines[0]
    assert "is also in a_asn.json, b_asn.json, c_asn.json and 2 more;" in lines[-1]


@pytest.mark.parametrize(
    ("first", "second"),
    [("night/a_asn.json", "day/a_asn.json"), ("a_asn.json", "day/a_asn.json"), ("a_asn.json", "./a_asn.json")],
    ids=["other folders", "a folder below", "one file named twice"],
)
def test_files_of_different_folders_and_the_same_file_do_not_collide(first: str, second: str) -> None:
    write(Path(first), "p1")
    write(Path(second), "p1")
    assert collisions(first, second) == []


def test_files_of_a_folder_collide_whatever_the_path_to_it() -> None:
    write(Path("night/a_asn.json"), "p1")
    write(Path("night/b_asn.json"), "p1")
    assert len(collisions("night/a_asn.json", "./night/../night/b_asn.json")) == 2


def test_unnamed_products_and_products_of_one_file_do_not_collide() -> None:
    write(Path("a_asn.json"), None, "p1", "p1")
    write(Path("b_asn.json"), None, "p2")
    assert [line.split()[1] for line in collisions("a_asn.json", "b_asn.json")] == ["A115"]


def test_unreadable_file_does_not_hide_collisions_of_others() -> None:
    write(Path("a_asn.json"), "p1")
    Path("b_asn.json").write_text("{")
    write(Path("c_asn.json"), "p1")
    lines = collisions("a_asn.json", "b_asn.json", "absent_asn.json", "c_asn.json")
    assert [line.split()[1] for line in lines] == ["A121", "A104", "A101", "A121"]


def test_collisions_and_other_findings_are_in_the_order_of_lines() -> None:
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
    assert [line.split()[:2] for line in collisions("a_asn.json", "b_asn.json")] == [
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
