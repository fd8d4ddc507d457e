"""Associations are written to files: the text, the folder, and what is refused."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.observatory import generated, rule

from asnforge.asnfiles.association_text import encode
from asnforge.asnfiles.output_checks import unexpected_files
from asnforge.asnfiles.validate import validate_file
from asnforge.asnfiles.write import write_associations
from asnforge.associations.model import Association, Member, Product
from asnforge.atomic import create_file, temporary_name
from asnforge.findings import InputError, printable

ASSOCIATION = Association(
    file_name="p007-o1_stack_01_asn.json",
    asn_type="stack",
    asn_rule="Image",
    asn_id="o1",
    asn_pool="night.tsv",
    program="007",
    target="f01",
    constraints="Constraints:\n    band: g",
    degraded_status="All is well.",
    version_id=None,
    code_version="asnforge x",
    products=(Product("p007", (Member("a.f", "science", None, "[('o1', 'night')]"), Member("é.f", "psf", 'a "b"'))),),
)

TEXT = r"""{
    "asn_type": "stack",
    "asn_rule": "Image",
    "version_id": null,
    "code_version": "asnforge x",
    "degraded_status": "All is well.",
    "program": "007",
    "constraints": "Constraints:\n    band: g",
    "asn_id": "o1",
    "asn_pool": "night.tsv",
    "target": "f01",
    "products": [
        {
            "name": "p007",
            "members": [
                {
                    "expname": "a.f",
                    "exptype": "science",
                    "exposerr": null,
                    "asn_candidate": "[('o1', 'night')]"
                },
                {
                    "expname": "é.f",
                    "exptype": "psf",
                    "exposerr": "a \"b\"",
                    "asn_candidate": null
                }
            ]
        }
    ]
}
"""


def refused(folder: Path, *associations: Association) -> str:
    with pytest.raises(InputError) as stop:
        write_associations(associations, folder)
    return str(stop.value).replace(printable(str(folder)), "DIR")


def test_file_has_keywords_in_a_fixed_order_and_is_indented() -> None:
    assert encode(ASSOCIATION).decode() == TEXT


def test_text_is_that_of_the_standard_library() -> None:
    assert encode(ASSOCIATION).decode() == json.dumps(json.loads(TEXT), indent=4, ensure_ascii=False) + "\n"


def test_files_with_the_same_content_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "deeper"
    other = replace(ASSOCIATION, file_name="b_asn.json", asn_id="o2")
    first = write_associations([ASSOCIATION, other], folder)
    assert first.paths == (folder / ASSOCIATION.file_name, folder / "b_asn.json")
    assert first.unchanged == 0
    assert first.paths[0].read_text("utf-8") == TEXT
    changed = replace(other, asn_id="o3")
    second = write_associations([ASSOCIATION, changed], folder)
    assert (second.paths, second.unchanged) == (first.paths, 1)
    assert json.loads(second.paths[1].read_bytes())["asn_id"] == "o3"
    assert sorted(path.name for path in folder.iterdir()) == ["b_asn.json", ASSOCIATION.file_name]


def test_generated_files_pass_validation(tmp_path: Path) -> None:
    associations = generated("FILE PROPOSAL CAMERA CANDIDATES\na 7 red o1/night\nb 7 red .", rule()).associations
    assert [validate_file(str(path)) for path in write_associations(associations, tmp_path).paths] == [(), ()]


def test_unexpected_association_files_are_reported(tmp_path: Path) -> None:
    for name in ("z_asn.json", "a_asn.json", "other.json"):
        (tmp_path / name).write_text("{}")
    names = {path.name for path in write_associations([ASSOCIATION], tmp_path).paths}
    (finding,) = unexpected_files(tmp_path, names)
    assert (
        finding.message
        == "the folder holds 2 other association files that this run did not write, a_asn.json among them"
    )
    assert unexpected_files(tmp_path, {*names, "z_asn.json", "a_asn.json"}) == ()


@pytest.mark.parametrize("name", ["", ".", "..", "../x_asn.json", "/x_asn.json", "a/b", "a\\b", "a\0b", "a\nb", "a/"])
def test_file_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    assert refused(folder, ASSOCIATION, replace(ASSOCIATION, file_name=name)) == (
        f"DIR: G110 the file of an association of Image would be '{printable(name)}', outside the folder; "
        "correct file_name in the rule set's keywords"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "a\\b", "a\nb"])
def test_product_whose_files_would_be_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    product = replace(ASSOCIATION.products[0], name=name)
    assert refused(tmp_path / "out", ASSOCIATION, replace(ASSOCIATION, products=(product,))) == (
        f"DIR: G110 a product of Image would be '{printable(name)}', outside the folder; "
        "correct the product template of the rule"
    )
    assert list(tmp_path.iterdir()) == []


def test_two_associations_with_the_same_file_are_refused(tmp_path: Path) -> None:
    other = replace(ASSOCIATION, asn_rule="Other")
    assert refused(tmp_path, ASSOCIATION, other) == (
        "DIR: G113 two associations of Image and Other would both be the file p007-o1_stack_01_asn.json; "
        "correct file_name in the rule set's keywords"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "products",
    [(), (Product("p", ()),), (Product("p", (Member("a", "psf"),)),), (Product("", (Member("a", "science"),)),)],
)
def test_invalid_association_is_not_written(tmp_path: Path, products: tuple[Product, ...]) -> None:
    assert refused(tmp_path, replace(ASSOCIATION, products=products)) == (
        "DIR/p007-o1_stack_01_asn.json: G108 the association does not pass the schema"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("file", "G109 the folder cannot be created: a file is in the way; choose another folder, or move the file"),
        (
            "file/deeper",
            "G109 the folder cannot be created: a file is in the way; choose another folder, or move the file",
        ),
        (
            "x" * 300,
            "G109 the folder cannot be created: the name is too long for the file system; choose a shorter name",
        ),
        ("a\0b", "G109 the folder cannot be created: its name has a NUL character"),
    ],
)
def test_folder_that_cannot_be_created_is_refused(tmp_path: Path, folder: str, message: str) -> None:
    (tmp_path / "file").write_text("in the way")
    assert refused(tmp_path / folder, ASSOCIATION) == f"DIR: {message}"


def test_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / ASSOCIATION.file_name).mkdir()
    assert refused(tmp_path, ASSOCIATION).startswith(f"DIR/{ASSOCIATION.file_name}: A190 ")
    assert [path.name for path in tmp_path.iterdir()] == [ASSOCIATION.file_name]


def test_after_an_error_no_file_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def create_until_full(path: str, data: bytes, mode: int, folder: int | None) -> os.stat_result:
        if path == other.file_name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return create_file(path, data, mode, folder)

    monkeypatch.setattr("asnforge.asnfiles.staging.create_file", create_until_full)
    other = replace(ASSOCIATION, file_name="p007-o2_stack_02_asn.json")
    message = "DIR/p007-o2_stack_02_asn.json: A190 the file cannot be written: no space is left on the device"
    assert refused(tmp_path, ASSOCIATION, other).startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_publishes_nothing(tmp_path: Path) -> None:
    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_associations([ASSOCIATION], tmp_path, interrupt)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_staged_is_removed(tmp_path: Path) -> None:
    staged = tmp_path / temporary_name().replace(f".{os.getpid()}-", f".{2**31 - 1}-")
    (staged / "0").mkdir(parents=True)
    (staged / "0" / ASSOCIATION.file_name).write_bytes(b"half")
    write_associations([ASSOCIATION], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [ASSOCIATION.file_name]


def test_a_folder_left_by_a_process_with_the_same_number_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([temporary_name(), temporary_name()])
    left = tmp_path / next(numbers)
    left.mkdir()
    names = iter([left.name, next(numbers)])
    monkeypatch.setattr("asnforge.asnfiles.write.temporary_name", lambda: next(names))
    write_associations([ASSOCIATION], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {ASSOCIATION.file_name, left.name}
    assert list(left.iterdir()) == []


def test_unchanged_files_need_no_permission_to_write(tmp_path: Path) -> None:
    write_associations([ASSOCIATION], tmp_path)
    tmp_path.chmod(0o555)
    try:
        assert write_associations([ASSOCIATION], tmp_path).unchanged == 1
    finally:
        tmp_path.chmod(0o755)


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / ASSOCIATION.file_name
    path.write_text("before")
    path.chmod(0o640)
    write_associations([ASSOCIATION], tmp_path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (encode(ASSOCIATION), 0o640)
