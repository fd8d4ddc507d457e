"""An error of the operating system is a finding with the file, the reason, and what to do."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.command import LYNX, Run, run_main
from support.observatory import pool_text, rule, write_ruleset

from asnforge.batch import worker
from asnforge.findings import InputError
from asnforge.generation import files, inputs
from asnforge.pool import Pool, read_pool
from asnforge.system_errors import cannot_print, cannot_write, memory_for, reading_reason, system_error

NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
"""
FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})
LONG = "x" * 300
EMFILE = "too many files are open; raise the limit with ulimit -n, or use fewer processes"
CYCLE = "the symbolic links form a cycle; remove one of the links"
TOO_LONG = "the name is too long for the file system; choose a shorter name"
A_FOLDER = "it is a folder; give a file inside it"
PART_IS_FILE = "part of the path is a file, not a folder; check the name"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder with a pool, rules, and names that cannot be opened."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS)
    Path("pool.tsv").write_text(pool_text(NIGHT))
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    return lambda *arguments: run_main(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generate", *LYNX, "loop", "-o", "out"), f"loop: P103 the file cannot be read: {CYCLE}"),
        (("generate", *LYNX, LONG, "-o", "out"), f"{LONG}: P103 the file cannot be read: {TOO_LONG}"),
        (("batch", *LYNX, "loop", "-o", "out"), f"loop: P103 the file cannot be read: {CYCLE}"),
        (("explain", *LYNX, LONG), f"{LONG}: P103 the file cannot be read: {TOO_LONG}"),
        (("rules", "check", "loop"), f"loop: R101 cannot be read: {CYCLE}"),
        (("rules", "list", LONG), f"{LONG}: R101 cannot be read: {TOO_LONG}"),
        (("rules", "test", "pool.tsv/x"), f"pool.tsv/x: R101 cannot be read: {PART_IS_FILE}"),
        (("rules", "new", "Next", "--folder", "loop"), f"loop: R101 the folder cannot be read: {CYCLE}"),
        (("generate", "-r", "loop", "pool.tsv"), f"loop: R101 cannot be read: {CYCLE}"),
        (("regress", "folder"), f"folder: C120 cannot be read: {A_FOLDER}"),
        (("regress", "loop"), f"loop: C120 cannot be read: {CYCLE}"),
        (("compare", "lynx", "lynx", "--allow", "folder"), f"folder: C110 cannot be read: {A_FOLDER}"),
        (("compare", "loop", LONG), f"loop: A101 cannot be read: {CYCLE}"),
        (("validate", LONG), f"{LONG}: A101 cannot be read: {TOO_LONG}"),
        (("validate", "pool.tsv/x"), f"pool.tsv/x: A101 cannot be read: {PART_IS_FILE}"),
        (("generate", *LYNX, "pool.tsv", "-o", LONG), f"{LONG}: G109 the folder cannot be created: {TOO_LONG}"),
        (("rules", "test", "lynx", "--junit", "loop"), f"loop: A190 the file cannot be written: {CYCLE}"),
    ],
    ids=lambda value: (
        " ".join(argument[:20] for argument in value if argument not in LYNX) if isinstance(value, tuple) else ""
    ),
)
def test_a_name_that_the_system_cannot_open_is_a_finding(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert any(line.startswith(message) for line in (ran.stderr + ran.stdout).splitlines())


def refusing(number: int, name: str) -> Callable[..., object]:
    """A function like `os.open` or `os.listdir` that fails for one file."""

    def refuse(real: Callable[..., object]) -> Callable[..., object]:
        def call(path: object, *more: object, **others: object) -> object:
            if str(path) == name:
                raise OSError(number, os.strerror(number), path)
            return real(path, *more, **others)

        return call

    return refuse


@pytest.mark.parametrize(
    ("name", "function", "arguments", "message"),
    [
        ("lynx", "listdir", ("rules", "check", "lynx"), f"lynx: R101 the folder cannot be read: {EMFILE}"),
        ("lynx", "listdir", ("rules", "test", "lynx"), f"lynx: R101 the folder cannot be read: {EMFILE}"),
        (
            "folder",
            "scandir",
            ("batch", *LYNX, "folder", "-o", "out"),
            f"folder: G301 the folder cannot be read: {EMFILE}",
        ),
        ("folder", "scandir", ("validate", "folder"), f"folder: A101 the folder cannot be read: {EMFILE}"),
        ("folder", "scandir", ("compare", "lynx", "folder"), f"folder: A101 the folder cannot be read: {EMFILE}"),
        ("out", "open", ("batch", *LYNX, "pool.tsv", "-o", "out"), f"out: G306 the folder cannot be locked: {EMFILE}"),
    ],
)
def test_a_folder_that_cannot_be_opened_is_a_finding(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, function: str, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.setattr(os, function, refusing(errno.EMFILE, name)(getattr(os, function)))
    ran = run(*arguments)
    assert ran.status == 2
    assert message in (ran.stderr + ran.stdout).splitlines()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EIO, "input/output error on the device; check the device, or use a copy on another one"),
        (errno.ESTALE, "the file server no longer has this file; run the command again"),
        (errno.EMFILE, EMFILE),
        (errno.EACCES, "no permission to read it; check its permissions"),
        (errno.ELOOP, CYCLE),
        (errno.EPROTO, os.strerror(errno.EPROTO)),
    ],
)
@pytest.mark.parametrize(
    ("arguments", "name", "before"),
    [
        (("generate", *LYNX, "pool.tsv", "-o", "out"), "pool.tsv", "pool.tsv: P103 the file cannot be read: "),
        (("batch", *LYNX, "pool.tsv", "-o", "out"), "pool.tsv", "pool.tsv: P103 the file cannot be read: "),
        (("validate", "pool.tsv"), "pool.tsv", "pool.tsv: A101 cannot be read: "),
        (("compare", "pool.tsv", "pool.tsv"), "pool.tsv", "pool.tsv: A101 cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_finding(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    reason: str,
    arguments: tuple[str, ...],
    name: str,
    before: str,
) -> None:
    monkeypatch.setattr("builtins.open", refusing(number, name)(open))
    monkeypatch.setattr("io.open", refusing(number, name)(open))
    monkeypatch.setattr(os, "open", refusing(number, name)(os.open))
    ran = run(*arguments)
    assert ran.status == 2
    assert f"{before}{reason}" in ran.stderr.splitlines() + ran.stdout.splitlines()


def test_a_folder_in_place_of_the_manifest_is_a_finding(run: Run) -> None:
    Path("out", "manifest.jsonl").mkdir(parents=True)
    ran = run("batch", *LYNX, "pool.tsv", "-o", "out")
    message = (
        "out/manifest.jsonl: A190 the file cannot be written: a folder has this name; "
        "choose another name, or move the folder\n"
    )
    assert (ran.status, ran.stderr) == (2, message)


def test_a_file_that_exceeds_the_size_limit_is_a_finding(run: Run) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from asnforge.cli.main import main; main()"
    )
    command = [sys.executable, "-c", code, "generate", *LYNX, "pool.tsv", "-o", "out", "--all-candidates"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, list(Path("out").iterdir())) == (2, [])
    assert ran.stderr == (
        "out/p007-o1_stack_01_asn.json: A190 the file cannot be written: the file would exceed the size limit; "
        "raise the limit with ulimit -f\n"
    )


NO_MEMORY = "pool.tsv: A192 not enough memory; use a machine with more memory, or split the file"


@pytest.mark.parametrize(
    ("module", "function", "arguments"),
    [
        (inputs, "read_pool", ("generate", *LYNX, "pool.tsv", "-o", "out")),
        (inputs, "group", ("generate", *LYNX, "pool.tsv", "-o", "out")),
        (files, "write_associations", ("generate", *LYNX, "pool.tsv", "-o", "out")),
        (worker, "encode_all", ("batch", *LYNX, "pool.tsv", "-o", "out")),
        ("asnforge.pool.read", "read_header", ("explain", *LYNX, "pool.tsv")),
        ("asnforge.explain.several_rulesets", "trace_rules", ("explain", *LYNX, "pool.tsv")),
        ("asnforge.pool.read", "find_source", ("rules", "coverage", "lynx", "-p", "pool.tsv")),
        ("asnforge.authoring.diff", "generate", ("rules", "diff", "lynx", "lynx", "-p", "pool.tsv")),
        ("asnforge.asnfiles.validate", "decode", ("validate", "pool.tsv")),
        ("asnforge.compare.load_sides", "read_bytes", ("compare", "pool.tsv", "pool.tsv")),
    ],
)
def test_a_lack_of_memory_names_the_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: ModuleType | str, function: str, arguments: tuple[str, ...]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(f"{module}.{function}" if isinstance(module, str) else f"{module.__name__}.{function}", fail)
    ran = run(*arguments)
    assert ran.status == 2
    assert NO_MEMORY in (ran.stderr + ran.stdout).splitlines()


def test_a_lack_of_memory_for_one_pool_leaves_the_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.tsv").write_text(pool_text(NIGHT))

    def fail(path: str, **options: Any) -> Pool:
        if path == "pool.tsv":
            raise MemoryError
        return read_pool(path, **options)

    monkeypatch.setattr(inputs, "read_pool", fail)
    ran = run("generate", *LYNX, "pool.tsv", "other.tsv", "-o", "out")
    assert (ran.status, ran.stderr) == (2, f"{NO_MEMORY}\n")
    assert {name.split("/")[0] for name in ran.files} == {"other"}


@pytest.mark.skipif(
    not hasattr(resource, "RLIMIT_AS") or sys.platform == "darwin", reason="the system does not limit memory"
)
def test_a_pool_that_is_larger_than_memory_is_a_finding(run: Run) -> None:
    with Path("pool.tsv").open("ab") as file:
        file.writelines(b"a" * (1 << 20) + b"\n" for _ in range(300))
    code = (
        "import resource, asnforge.generation.files; from asnforge.cli import generate; from asnforge.cli.main import main;"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)); main()"
    )
    command = [sys.executable, "-c", code, "generate", *LYNX, "pool.tsv", "-o", "out", "--save-orphans", "orphans.tsv"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, "internal error" in ran.stderr) == (2, False)
    assert NO_MEMORY in ran.stderr.splitlines()


def test_an_error_has_a_reason_and_a_hint() -> None:
    assert reading_reason(ValueError("embedded null byte")) == ("embedded null byte", "")
    assert str(cannot_write("a", OSError(errno.EPIPE, "Broken pipe"))) == (
        "a: A190 the file cannot be written: the program that reads it has ended; keep that program running"
    )
    assert str(cannot_print(OSError(errno.EIO, "x"))).startswith("A190 standard output cannot be written: input/output")
    moved = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "one", None, "other")
    assert str(system_error(moved)).startswith(
        "one and other: A191 the operating system reports: no space is left on the device"
    )
    assert str(system_error(OSError(errno.EBADF, "x", 7))).startswith("A191 the operating system reports: it is closed")


def test_only_a_memory_error_is_a_lack_of_memory() -> None:
    with pytest.raises(InputError, match=r"^a: A192 "), memory_for("a"):
        raise MemoryError
    with pytest.raises(ZeroDivisionError), memory_for("a"):
        raise ZeroDivisionError


def test_a_removed_current_folder_is_a_finding(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gone").mkdir()
    monkeypatch.chdir("gone")
    (tmp_path / "gone").rmdir()
    ran = run("generate", str(tmp_path / "pool.tsv"), "-r", str(tmp_path / "lynx"), "--ignore-default", "-o", "out")
    error = "A191 the current folder no longer exists; change to another folder\n"
    assert (ran.status, ran.stderr) == (2, error)
