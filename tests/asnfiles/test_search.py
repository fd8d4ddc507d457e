"""Association files are found in folders under any name; other JSON files are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asnforge.asnfiles.search import association_files, describe_skipped, files_below

GOOD = '{"asn_id": "a", "asn_pool": "p", "products": [{"members": [{"expname": "x", "exptype": "science"}]}]}'
BROKEN = GOOD[:-1] + ",}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("night_asn.json", "anything"),
        ("NIGHT_ASN.JSON", "anything"),
        ("asn.json", GOOD),
        ("l3_results.json", GOOD),
        ("Night.JSON", GOOD),
        ("seq_001.asn", GOOD),
        ("seq_001.ASN", GOOD),
        ("l3.json", '{"asn_id": "a3001", "products": []}'),
        ("no_ids.json", '{"products": [{"members": []}]}'),
        ("upper.json", '{"ASN_ID": "a", "Products": []}'),
        ("marked.json", "\ufeff" + GOOD),
        ("image3_asnfile.json", "{,}"),
        ("asn_copy.json", ""),
        ("l3_broken.json", BROKEN),
        ("broken.asn", "{,}"),
        ("python.json", GOOD.replace('"', "'")),
    ],
)
def test_file_with_an_association_or_intended_as_one_is_found(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = files_below(str(tmp_path))
    assert result.files == [(f"{tmp_path}/{name}", ".")]
    assert (result.skipped, result.findings) == ([], [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_association_in_utf_16_is_found(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    (tmp_path / "night.json").write_bytes((mark + GOOD).encode(encoding))
    result = files_below(str(tmp_path))
    assert (result.files, result.skipped) == ([(f"{tmp_path}/night.json", ".")], [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package.json", '{"name": "x", "products": ["a", "b"]}'),
        ("list.json", f"[{GOOD}]"),
        ("nested.json", f'{{"pool": "p", "associations": [{GOOD}]}}'),
        ("number.json", "3"),
        ("broken.json", "{,}"),
        ("empty.json", ""),
        ("wasn.json", "{,}"),
        ("module.asn", "World DEFINITIONS ::= BEGIN END"),
    ],
)
def test_other_json_file_is_skipped(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = files_below(str(tmp_path))
    assert (result.files, result.skipped, result.findings) == ([], [f"{tmp_path}/{name}"], [])


@pytest.mark.parametrize("name", ["night_asn.txt", "night_asn.json.bak", "pool.tsv", "manifest.jsonl"])
def test_file_with_another_suffix_is_not_a_json_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(GOOD)
    result = files_below(str(tmp_path))
    assert (result.files, result.skipped, result.findings) == ([], [], [])


@pytest.mark.timeout(20)
def test_pipe_is_reported_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe_asn.json")
    os.mkfifo(tmp_path / "pipe.json")
    result = files_below(str(tmp_path))
    assert (result.files, result.skipped) == ([], [f"{tmp_path}/pipe.json"])
    assert [str(finding) for finding in result.findings] == [f"{tmp_path}/pipe_asn.json: A101 is not a regular file"]


def test_file_with_the_usual_name_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "lost_asn.json").symlink_to("nowhere")
    (tmp_path / "lost.json").symlink_to("nowhere")
    result = files_below(str(tmp_path))
    assert result.files == [(f"{tmp_path}/lost_asn.json", ".")]
    assert result.skipped == [f"{tmp_path}/lost.json"]


def test_named_files_are_returned_and_folders_searched(tmp_path: Path) -> None:
    (tmp_path / "night" / "deeper").mkdir(parents=True)
    for name in ("night/b_asn.json", "night/deeper/a.asn", "night/other.json"):
        (tmp_path / name).write_text(GOOD if "other" not in name else "[]")
    (tmp_path / "empty").mkdir()
    result = association_files(["x.txt", f"{tmp_path}/night", f"{tmp_path}/empty"])
    assert result.files == ("x.txt", f"{tmp_path}/night/b_asn.json", f"{tmp_path}/night/deeper/a.asn")
    assert result.skipped == (f"{tmp_path}/night/other.json",)
    assert [str(finding) for finding in result.findings] == [
        f"{tmp_path}/empty: A101 contains no association files, not even in its subfolders"
    ]


@pytest.mark.parametrize(
    ("skipped", "sentence"),
    [
        (["a.json"], "1 JSON file without an association skipped: a.json"),
        (["a.json", "b\x1b.json"], "2 JSON files without an association skipped: a.json, b\\x1b.json"),
        (list("abcde"), "5 JSON files without an association skipped: a, b, c and 2 more"),
    ],
)
def test_skipped_files_are_described_in_one_sentence(skipped: list[str], sentence: str) -> None:
    assert describe_skipped(skipped) == sentence
