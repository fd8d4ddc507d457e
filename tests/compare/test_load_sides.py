"""Association files of any origin are read for a comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.runs import association, write_run

from asnforge.compare.load_sides import load_side, read_association
from asnforge.compare.model import ReadProduct
from asnforge.findings import InputError


def test_files_below_a_folder_are_read_with_their_folder(tmp_path: Path) -> None:
    write_run(tmp_path / "one", association("a"), association("b"))
    write_run(tmp_path / "two" / "deeper", association("c"))
    (tmp_path / "one" / "notes.json").write_text("no association")
    side = load_side(str(tmp_path))
    assert [(item.folder, item.title) for item in side.associations] == [
        ("one", "a"),
        ("one", "b"),
        ("two/deeper", "c"),
    ]
    assert side.associations[0].file == f"{tmp_path}/one/run-o001_image_00001_asn.json"
    assert side.findings == ()


def test_only_products_and_members_are_required() -> None:
    content = {"products": [{"members": [{"expname": "b", "exptype": "psf"}, {"expname": "a", "exptype": "science"}]}]}
    result = read_association(json.dumps(content).encode(), "here/mine.json")
    assert result.products == (ReadProduct(None, (("a", "science"), ("b", "psf"))),)
    assert (result.keywords, result.file_name, result.title) == ({}, "mine.json", "mine.json")


def test_keyword_that_is_not_a_string_is_kept_as_json() -> None:
    result = read_association(json.dumps(association(program=7, target=None)).encode(), "x")
    assert result.keywords["program"] == "7"
    assert "target" not in result.keywords


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x: A102 is empty; an association has the keywords asn_id, asn_pool and products"),
        (b"<html>", "x:1:1: A102 is HTML or XML; an association is JSON; was an error page saved instead?"),
        (b'{"products": [', "x:1:15: A104 invalid JSON: expecting value; the file is cut short"),
        (b"[" * 100_000, "x:1:65: A103 the JSON is nested deeper than 64 levels"),
        (
            b'{"type": "x"}',
            "x:1:1: A106 the file is JSON, but not an association; an association has the keywords asn_id, ",
        ),
        (
            b'{"asn_id": "1", "asn_pool": "2", "products": [{"name": 3, "members": []}]}',
            "x:1:56: A112 expected a string for the keyword 'name', got the number 3",
        ),
    ],
)
def test_file_that_is_not_an_association_gives_one_finding(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_association(data, "x")
    assert len(caught.value.findings) == 1
    assert str(caught.value).startswith(message)


def test_other_files_are_read_if_one_is_invalid(tmp_path: Path) -> None:
    write_run(tmp_path, association("a"), association("b"))
    (tmp_path / "run-o001_image_00001_asn.json").write_text("{")
    side = load_side(str(tmp_path))
    assert [item.title for item in side.associations] == ["b"]
    assert [finding.code for finding in side.findings] == ["A104"]
    assert side.unreadable == {(".", "run-o001_image_00001_asn.json")}
