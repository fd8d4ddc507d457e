"""Output that cannot be written: full disks, closed pipes and closed streams, for every command."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.command import LYNX
from support.observatory import pool_text, rule, write_ruleset

from asnforge.cli.streams import keep_working

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams close differently there")

NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 7        red    2     o1/night
c_raw.f 7        red    2     o2/night
"""
FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})
FIRST, SECOND = Path("one.tsv"), Path("other.tsv")

SMALLEST = 4096
"""The size of the smallest pipe in bytes."""

FULL = "A190 standard output cannot be written: no space is left on the device; free space, or choose another folder\n"
CLOSED = "A190 standard output cannot be written: it is closed; redirect it to a file\n"

PRINTING = {
    "help": ("--help",),
    "help of a rules command": ("rules", "check", "--help"),
    "version": ("--version",),
    "dry run as JSON": ("generate", *LYNX, "one.tsv", "--dry-run", "--json"),
    "explain": ("explain", *LYNX, "one.tsv"),
    "compare differences": ("compare", "same", "empty_asn.json"),
    "validate as JSON": ("validate", "same", "--json"),
    "validate findings": ("validate", "empty_asn.json"),
    "rules show": ("rules", "show", "-r", "lynx"),
    "rules diff": ("rules", "diff", "lynx", "lynx", "-p", "one.tsv"),
    "regress": ("regress", "suite.yaml"),
}
WRITING = {
    "generate as JSON": ("generate", *LYNX, "one.tsv", "other.tsv", "-o", "out", "--json"),
    "batch": ("batch", *LYNX, "one.tsv", "other.tsv", "-o", "out"),
    "batch of processes": ("batch", *LYNX, "one.tsv", "other.tsv", "-o", "out", "-j", "2"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two pools, rules, associations and a suite."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASNFORGE_DEBUG", raising=False)
    write_ruleset(Path("lynx"), FIELDS)
    for pool in (FIRST, SECOND):
        pool.write_text(pool_text(NIGHT))
    content = {"asn_id": "o001", "asn_pool": "one.tsv", "products": [{"name": "p", "members": []}]}
    Path("empty_asn.json").write_text(json.dumps(content))
    content["products"] = [{"name": "p", "members": [{"expname": "a", "exptype": "science"}]}]
    Path("same").mkdir()
    Path("same", "a_asn.json").write_text(json.dumps(content))
    entry = "entries:\n- {pool: one.tsv, expected: same, rules: [lynx], ignore_default: true}\n"
    Path("suite.yaml").write_text(entry)
    return tmp_path


def asnforge(*arguments: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a separate process; standard error is captured by default."""
    code = "from asnforge.cli.main import main; main()"
    streams = {"stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **streams}
    return subprocess.run([sys.executable, "-c", code, *arguments], text=True, timeout=60, **streams)


@contextmanager
def pipe_without_reader() -> Iterator[int]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@contextmanager
def full_disk() -> Iterator[int]:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full does not exist")
    descriptor = os.open("/dev/full", os.O_WRONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def closing(*descriptors: int) -> dict[str, Any]:
    """The options of a process without these streams."""

    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return {"preexec_fn": close}


def written() -> set[str]:
    return {str(path.relative_to("out")) for path in Path("out").rglob("*_asn.json")}


def complete() -> set[str]:
    """The files of a complete run."""
    names = {"p007-o1_stack_01_asn.json", "p007-o2_stack_01_asn.json"}
    return {f"{pool.stem}/{name}" for pool in (FIRST, SECOND) for name in names}


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_printing_command_fails_if_standard_output_cannot_be_written(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    with full_disk() as full:
        ran = asnforge(*arguments, stdout=full)
    assert ran.returncode == 2
    assert ran.stderr.endswith(FULL)
    ran = asnforge(*arguments, **closing(1))
    assert ran.returncode == 2
    assert ran.stderr.endswith(CLOSED)


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_printing_command_ends_if_its_reader_has_gone(folder: Path, arguments: tuple[str, ...]) -> None:
    with pipe_without_reader() as pipe:
        ran = asnforge(*arguments, stdout=pipe)
    assert (ran.returncode, "Traceback" in ran.stderr, "A190" in ran.stderr) == (141, False, False)


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_a_writing_command_completes_if_its_reader_has_gone(folder: Path, arguments: tuple[str, ...]) -> None:
    with pipe_without_reader() as pipe:
        ran = asnforge(*arguments, stdout=pipe)
    assert (ran.returncode, ran.stderr) == (141, "")
    assert complete() <= written()


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_a_writing_command_completes_if_standard_output_cannot_be_written(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    with full_disk() as full:
        ran = asnforge(*arguments, stdout=full)
    assert (ran.returncode, ran.stderr) == (2, FULL)
    assert complete() <= written()
    ran = asnforge(*arguments, **closing(1))
    assert (ran.returncode, ran.stderr) == (2, CLOSED)
    ran = asnforge(*arguments, **closing(0, 1))
    assert (ran.returncode, ran.stderr) == (2, CLOSED)


STATUSES = {"compare differences": 1, "validate findings": 1, "explain": 0, "generate as JSON": 0, "batch": 0}


@pytest.mark.parametrize(("arguments", "usual"), [({**PRINTING, **WRITING}[name], STATUSES[name]) for name in STATUSES])
def test_the_status_does_not_depend_on_standard_error(folder: Path, arguments: tuple[str, ...], usual: int) -> None:
    assert asnforge(*arguments, stdout=subprocess.DEVNULL, **closing(2)).returncode == usual
    with full_disk() as full:
        assert asnforge(*arguments, stdout=subprocess.DEVNULL, stderr=full).returncode == usual
        assert asnforge(*arguments, stdout=full, stderr=full).returncode == 2
    assert asnforge(*arguments, **closing(1, 2)).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [("generate", *LYNX, "absent.tsv", "one.tsv", "-o", "out"), ("batch", *LYNX, "absent.tsv", "one.tsv", "-o", "out")],
    ids=["generate", "batch"],
)
def test_a_failure_keeps_its_status_if_the_reader_has_gone(folder: Path, arguments: tuple[str, ...]) -> None:
    with pipe_without_reader() as pipe:
        ran = asnforge(*arguments, stdout=pipe)
        both = asnforge(*arguments, stdout=pipe, stderr=pipe)
    assert (ran.returncode, ran.stderr) == (2, "absent.tsv: P101 no such file\n")
    assert both.returncode == 2


@pytest.mark.parametrize("arguments", [("generate", "--dry-run"), ("generate", "no"), ("nothing",), ("codes", "X1")])
def test_wrong_usage_keeps_its_status_without_output(folder: Path, arguments: tuple[str, ...]) -> None:
    with pipe_without_reader() as pipe:
        assert asnforge(*arguments, stdout=pipe, stderr=pipe).returncode == 2
    assert asnforge(*arguments, **closing(1, 2)).returncode == 2


def test_accept_and_reports_are_complete_if_the_reader_has_gone(folder: Path) -> None:
    with pipe_without_reader() as pipe:
        ran = asnforge("regress", "suite.yaml", "--accept", "--junit", "report.xml", stdout=pipe)
        assert (ran.returncode, ran.stderr) == (141, "")
        names = sorted(path.name for path in Path("same").iterdir())
        assert names == [
            f"p007-{name}_asn.json" for name in ("o1_stack_01", "o2_stack_01", "z9_stack_01", "z9_stack_02")
        ]
        assert Path("report.xml").read_text().startswith("<?xml")
        ran = asnforge("rules", "test", "lynx", "-v", "--junit", "cases.xml", stdout=pipe)
        assert (ran.returncode, ran.stderr) == (141, "0 cases, 0 passed, 1 finding, 0.00 s\n")
        assert Path("cases.xml").read_text().startswith("<?xml")


def test_an_opened_file_does_not_replace_a_closed_stream(folder: Path) -> None:
    code = (
        "import os, sys; from asnforge.cli import codes, main\n"
        "def show():\n"
        "    file = open('opened', 'w'); print('printed'); sys.stdout.flush(); sys.exit(0)\n"
        "codes.command.callback = lambda **_: show()\n"
        "main.main(['codes'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, **closing(0, 1))
    assert (ran.returncode, ran.stderr) == (2, CLOSED)
    assert Path("opened").read_text() == ""


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="the size of a pipe cannot be set")
def test_a_non_blocking_pipe_gets_all_output(folder: Path) -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, SMALLEST)
    os.set_blocking(writing, False)
    code = "from asnforge.cli.main import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, "rules", "show", "--markdown"], stdout=writing) as process:
        os.close(writing)
        with os.fdopen(reading) as reader:
            text = reader.read()
    assert process.returncode == 0
    assert len(text) > 2 * SMALLEST
    assert text.endswith("\n")


def test_keep_working_without_a_run_does_nothing() -> None:
    keep_working()
