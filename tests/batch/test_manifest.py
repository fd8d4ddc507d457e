"""The manifest is read as it was written, whatever a killed batch has left of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asnforge.asnfiles.portable import MANIFEST
from asnforge.asnfiles.staging import OutputFile
from asnforge.batch.manifest import FAILED, Manifest, Record, outputs_fingerprint, outputs_unchanged
from asnforge.findings import InputError

A = Record(
    "a.tsv", "1f", "lynx", "2f", "3f", "1.0", exposures=3, rules={"Image": 2}, files=("a/x_asn.json",), state="9"
)
B = Record("b.tsv", status=FAILED, errors=("b.tsv: P101 no such file",), seconds=0.5)


def written(folder: Path, *records: Record) -> Path:
    manifest = Manifest(folder)
    for record in records:
        manifest.add(record)
    return folder / MANIFEST


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    written(tmp_path, B, A)
    assert Manifest(tmp_path).records == {"a.tsv": A, "b.tsv": B}


def test_the_last_record_of_a_pool_is_used_and_lines_are_sorted(tmp_path: Path) -> None:
    later = replace(B, status="done", errors=())
    path = written(tmp_path, B, A, later)
    assert len(path.read_text().splitlines()) == 3
    assert Manifest(tmp_path).records == {"a.tsv": A, "b.tsv": later}
    assert [line.split('"')[3] for line in path.read_text().splitlines()] == ["a.tsv", "b.tsv"]


@pytest.mark.parametrize("text", ["nonsense", "nonsense\n", '{"a":1}', '{"name":"x"}\n{"name":"y"}\n'])
def test_a_file_that_is_not_a_manifest_is_rejected_and_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError, match=r"G307 the file is not a manifest of batches; .*, or move the file$"):
        Manifest(tmp_path)
    assert (tmp_path / MANIFEST).read_text() == text


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_truncated_last_line_is_ignored(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, A, B)
    path.write_bytes(path.read_bytes()[:-cut])
    manifest = Manifest(tmp_path)
    assert (manifest.findings, set(manifest.records)) == ((), {"a.tsv", "b.tsv"} if cut == 1 else {"a.tsv"})
    manifest.add(B)
    assert Manifest(tmp_path).records == {"a.tsv": A, "b.tsv": B}


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        '{"status":"done"}',
        '{"pool":1}',
        '{"pool":"c.tsv","exposures":"many"}',
        '{"pool":"c.tsv","files":["../secret"]}',
        '{"pool":"c.tsv","files":["/etc/passwd"]}',
        '{"pool":"c.tsv","files":[""]}',
    ],
)
def test_an_invalid_line_is_a_warning(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, A)
    path.write_text(line + "\n" + path.read_text())
    manifest = Manifest(tmp_path)
    assert manifest.records == {"a.tsv": A}
    assert [str(finding) for finding in manifest.findings] == [
        f"{path}:1: G307 warning: the line is not a record of a batch; its pool is processed again"
    ]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"seconds": 9.0, "exposures": 4, "pool": "elsewhere.tsv"}, True),
        ({"sha256": "0"}, False),
        ({"ruleset_sha256": "0"}, False),
        ({"options": "0"}, False),
        ({"version": "0"}, False),
    ],
)
def test_same_inputs_compares_pool_rules_options_and_version(change: dict[str, Any], same: bool) -> None:
    assert A.same_inputs(replace(A, **change)) is same


def written_files(folder: Path, *names: str) -> Record:
    files = []
    for name in names:
        (folder / name).write_text(name)
        status = (folder / name).stat()
        files.append(OutputFile(name, status.st_size, status.st_mtime_ns))
    return replace(A, files=names, state=outputs_fingerprint(files))


def test_changed_files_are_detected(tmp_path: Path) -> None:
    record = written_files(tmp_path, "x", "y")
    assert outputs_unchanged(record, tmp_path)
    assert outputs_unchanged(replace(record, files=("y", "x")), tmp_path)
    (tmp_path / "y").write_text("another")
    assert not outputs_unchanged(record, tmp_path)
    (tmp_path / "y").unlink()
    assert not outputs_unchanged(record, tmp_path)
