"""The entry point of the command line: commands imported on demand, help without heavy imports, never a traceback."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.observatory import pool_text, rule, write_ruleset

from asnforge import __version__
from asnforge.cli import generate, main
from asnforge.findings import Finding, InputError

HEAVY = ("astropy", "numpy", "jsonschema", "jsonschema_rs", "rich", "yaml", "msgspec", "distributed")
CACHED = (
    *("jsonschema", "asnforge.rules.amounts", "asnforge.schema_errors"),
    *(f"asnforge.rulefiles.{name}" for name in ("build", "sources", "yaml_document")),
)
"""Modules that a rule set from the cache does not need."""

UNUSUAL = (
    *(
        "asyncio",
        "jsonschema",
        "rich",
        "pebble",
        "distributed",
        "pandas",
        "platformdirs",
        "asnforge.fitsfiles.fits_pool",
    ),
    *(
        f"asnforge.{name}"
        for name in ("authoring", "batch", "byhand", "compare", "explain", "lint", "regress", "report")
    ),
    *(f"asnforge.{name}" for name in ("grouping.pairs", "grouping.gaps", "pieces.partition")),
    *(
        f"asnforge.{name}"
        for name in ("overview.setups", "generation.strip_picture", "pool.votable", "fitsfiles.cards")
    ),
)
"""Modules that generating from a table does not need."""

PACKAGES = [("asnforge.cli", main.VERBS), ("asnforge.cli.rules", importlib.import_module("asnforge.cli.rules").VERBS)]
COMMANDS = [(package, name, text) for package, verbs in PACKAGES for name, text in verbs.items()]


def run(*arguments: str, heavy: tuple[str, ...] = HEAVY) -> tuple[int, str, str]:
    """Run the command in its own process, and check that it imported no heavy module."""
    code = (
        "import atexit, sys; from asnforge.cli.main import main;"
        f"atexit.register(lambda: print('IMPORTED', [name for name in {heavy} if name in sys.modules]));"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    output, _, imported = done.stdout.rpartition("IMPORTED ")
    assert imported == "[]\n"
    return done.returncode, output, done.stderr


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), ("generate", "--help"), ("rules", "--help"), ("rules", "-h")]
)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    status, output, errors = run(*arguments)
    assert (status, errors) == (0, "")
    assert "asnforge" in output.splitlines()[0]


def test_generating_from_a_table_imports_no_module_that_it_does_not_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    rules, pool = write_ruleset(tmp_path / "rules", rule()), tmp_path / "night.tsv"
    pool.write_text(pool_text("FILE PROPOSAL CAMERA CANDIDATES\na_raw.f 7 red ."))
    options = ("--ignore-default", "--rules", str(rules), "-o", str(tmp_path / "out"))
    for heavy in (UNUSUAL, (*UNUSUAL, *CACHED)):
        status, _, errors = run("generate", str(pool), *options, heavy=heavy)
        assert (status, "warning" in errors) == (0, False)
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "status"), [(("codes", "P101"), 0), (("validate", "none.json"), 2), (("none",), 2)]
)
@pytest.mark.parametrize("is_first", [False, True])
def test_everything_that_python_does_at_the_end_of_a_program_is_done(
    arguments: tuple[str, ...], status: int, is_first: bool
) -> None:
    prepare = (
        "import atexit, threading; atexit.register(print, 'REGISTERED');"
        "threading.Thread(target=lambda: (threading.main_thread().join(), print('THREAD'))).start()"
    )
    code = f"from asnforge.cli import main\n{prepare}\nmain.run()"
    if not is_first:
        code = f"from asnforge.cli import main\nusual = main.main\ndef more(): {prepare}; usual()\nmain.main = more\nmain.run()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == status
    assert done.stdout.endswith("THREAD\nREGISTERED\n")


def test_help_lists_every_command_in_order() -> None:
    _, output, _ = run("--help")
    commands = output.partition("Commands:")[2].partition("Examples:")[0].splitlines()
    assert [line.split()[0] for line in commands if line.startswith("  ") and line[2] != " "] == list(main.VERBS)


def test_version() -> None:
    assert run("--version") == (0, f"asnforge, version {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generte",), "No such command 'generte'. Did you mean 'generate'?"),
        (("rules", "chek"), "No such command 'chek'. Did you mean 'check'?"),
        (("xyz", "pool.tsv"), "No such command 'xyz'."),
    ],
)
def test_an_unknown_command_is_rejected_with_a_suggestion(arguments: tuple[str, ...], message: str) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert errors.splitlines()[-1] == f"Error: {message}"


@pytest.mark.parametrize(("package", "name", "text"), COMMANDS)
def test_every_command_has_help(package: str, name: str, text: str) -> None:
    command = importlib.import_module(f"{package}.{name.replace('-', '_')}").command
    assert isinstance(command, click.Command)
    assert (command.help or "").strip()
    assert text.endswith(".")


LISTED = InputError(Finding("G101", "no", "a.tsv", 1), Finding("G102", "neither", hint="do"))
INTERNAL = "asnforge: internal error: "
REFUSED = "A191 the operating system reports:"
PERMISSIONS = "check the permissions of the file and of its folder"
REPORT = "Please report it, with the traceback that ASNFORGE_DEBUG=1 shows.\n"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (LISTED, 2, "a.tsv:1: G101 no\nG102 neither; do\n"),
        (OSError(13, "Permission denied", "x/y"), 2, f"x/y: {REFUSED} permission is denied; {PERMISSIONS}\n"),
        (
            OSError(28, "No space left on device"),
            2,
            f"{REFUSED} no space is left on the device; free space, or choose another folder\n",
        ),
        (
            BrokenPipeError(32, "Broken pipe"),
            2,
            f"{REFUSED} the program that reads it has ended; keep that program running\n",
        ),
        (OSError("no number"), 2, f"{REFUSED} no number\n"),
        (MemoryError(), 2, "A192 not enough memory; use a machine with more memory, or split the file\n"),
        (ZeroDivisionError("by\nzero"), 2, f"{INTERNAL}ZeroDivisionError: by zero\n{REPORT}"),
        (RecursionError(), 2, f"{INTERNAL}RecursionError: \n{REPORT}"),
        (KeyboardInterrupt(), 130, "\nasnforge: interrupted\n"),
        (click.UsageError("no"), 2, None),
    ],
)
def test_no_error_ends_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    message: str | None,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(generate.command, "callback", fail)
    monkeypatch.delenv("ASNFORGE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        main.main(["generate", "x.tsv"])
    output = capsys.readouterr()
    assert (stop.value.code, output.out) == (status, "")
    assert message in (None, output.err)
    assert "Traceback" not in output.err


def test_debug_mode_raises_internal_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(generate.command, "callback", fail)
    monkeypatch.setenv("ASNFORGE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main.main(["generate", "x.tsv"])
