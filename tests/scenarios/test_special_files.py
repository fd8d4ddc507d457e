"""Pipes, sockets and devices are refused wherever a path comes from, unless the shell has opened them."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from support.batches import GENERATE, write_pools
from support.command import LYNX, run_main
from support.observatory import pool_text, rule, write_ruleset

from asnforge.asnfiles.portable import MANIFEST
from asnforge.associations.model import Association
from asnforge.batch import manifest
from asnforge.batch.manifest import Manifest
from asnforge.findings import InputError
from asnforge.generation.files import run_pools
from asnforge.generation.inputs import Evaluated, GenerateOptions, PoolInput, evaluate_input

POOL = pool_text("FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 red o1/night")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule())
    Path("pool.tsv").write_text(POOL)


def pipe(name: str) -> None:
    os.mkfifo(name)


def unix_socket(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)


def device(name: str) -> None:
    Path(name).symlink_to("/dev/zero")


SPECIAL = pytest.mark.parametrize("make", [pipe, unix_socket, device])
REGULAR = "P118 not a regular file; save the table to a file"


@pytest.mark.parametrize("verb", ["generate", "explain", "batch"])
@SPECIAL
@pytest.mark.timeout(20)
def test_special_files_are_not_pools(
    capsys: pytest.CaptureFixture[str], make: Callable[[str], None], verb: str
) -> None:
    make("special.tsv")
    ran = run_main(capsys, verb, "special.tsv", *LYNX, *(() if verb == "explain" else ("-o", "out")))
    assert ran.status == 2
    assert re.search(r"special\.tsv: P118 ", ran.stdout + ran.stderr)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no names for open files")
def test_an_open_file_descriptor_is_read_as_a_pool(capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.write(writing, POOL.encode())
    os.close(writing)
    try:
        ran = run_main(capsys, "explain", f"/dev/fd/{reading}", "a_raw.f", *LYNX)
    finally:
        os.close(reading)
    assert ran.status == 0


@SPECIAL
@pytest.mark.parametrize("key", ["pool", "expected", "allow", "rules"])
@pytest.mark.timeout(20)
def test_a_special_file_that_a_suite_names_is_not_opened(
    capsys: pytest.CaptureFixture[str], make: Callable[[str], None], key: str
) -> None:
    make("special.yaml")
    entry = {"pool": "pool.tsv", "expected": "expected", "rules": "[lynx]"}
    entry[key] = "[special.yaml]" if key == "rules" else "special.yaml"
    text = ", ".join(f"{name}: {value}" for name, value in entry.items())
    Path("suite.yaml").write_text(f"entries:\n- {{{text}, ignore_default: 'true'}}\n")
    ran = run_main(capsys, "regress", "suite.yaml")
    assert ran.status == 2
    if make is device:  # a link to a device, which is outside the suite's folder
        assert f"C124 '{key}' leads outside the suite's folder: 'special.yaml'" in ran.stderr
        return
    assert "special.yaml: " in ran.stderr
    if key in ("pool", "expected"):
        assert REGULAR in ran.stderr


@SPECIAL
@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "pool.tsv", "--ignore-default", "--rules", "special"),
        ("rules", "check", "special"),
        ("rules", "test", "special"),
        ("regress", "special"),
        ("compare", "lynx", "lynx", "--allow", "special"),
        ("batch", "special", "-o", "out", *LYNX),
        ("batch", "pool.tsv", "-o", "special", *LYNX),
        ("batch", "pool.tsv", "--archive", "special", *LYNX),
    ],
)
@pytest.mark.timeout(20)
def test_a_special_file_as_an_argument_is_rejected(
    capsys: pytest.CaptureFixture[str], make: Callable[[str], None], arguments: tuple[str, ...]
) -> None:
    make("special")
    ran = run_main(capsys, *arguments)
    assert ran.status in (1, 2)
    assert "Traceback" not in ran.stderr
    assert "fault of asnforge" not in ran.stderr


@pytest.mark.parametrize("verb", ["validate", "compare"])
@SPECIAL
@pytest.mark.timeout(20)
def test_special_files_are_not_associations(
    capsys: pytest.CaptureFixture[str], make: Callable[[str], None], verb: str
) -> None:
    make("special_asn.json")
    ran = run_main(capsys, verb, *["special_asn.json"] * (2 if verb == "compare" else 1))
    assert ran.status == 2
    assert "special_asn.json: A101 is not a regular file" in ran.stdout + ran.stderr


@SPECIAL
@pytest.mark.timeout(20)
def test_a_special_file_in_place_of_the_manifest_is_rejected(make: Callable[[str], None]) -> None:
    make(MANIFEST)
    with pytest.raises(InputError, match=r"^manifest\.jsonl: A193 the file is .*; "):
        Manifest(Path())


def test_a_manifest_has_a_size_limit_and_its_invalid_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(MANIFEST).write_text('{"pool":"a.tsv"}\n' + "nonsense\n" * 1000)
    findings = Manifest(Path()).findings
    assert len(findings) == 21
    assert str(findings[-1]) == "manifest.jsonl: G307 warning: 980 other lines are not records of a batch either"
    monkeypatch.setattr(manifest, "LARGEST", 1 << 20)
    Path(MANIFEST).write_bytes(b'{"pool":"a.tsv"}\n' + b"\n" * (1 << 20))
    with pytest.raises(
        InputError, match=r"^manifest\.jsonl: G307 the manifest is larger than 1 MiB; choose another folder"
    ):
        Manifest(Path())


def test_a_lack_of_memory_for_one_pool_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pools = write_pools(tmp_path / "pools", 2)
    import asnforge.generation.rulesets_together as running

    def hungry(source: PoolInput, options: GenerateOptions, folder_of: Callable[[Association], Path]) -> Evaluated:
        if source.name == pools[0]:
            raise MemoryError
        return evaluate_input(source, options, folder_of)

    monkeypatch.setattr(running, "evaluate_input", hungry)
    first, second = run_pools(pools, Path("out"), GENERATE)
    assert [str(finding) for finding in first.findings] == [
        f"{pools[0]}: A192 not enough memory; use a machine with more memory, or split the file"
    ]
    assert not second.failed
