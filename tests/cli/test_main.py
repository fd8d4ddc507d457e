"""The command line's door: lazy verbs, help without heavy imports, and no traceback whatever happens."""

from __future__ import annotations

import importlib
import subprocess
import sys

import click
import pytest

from asnforge import __version__
from asnforge.cli import generate, main
from asnforge.findings import Finding, InputError

HEAVY = ("astropy", "numpy", "jsonschema", "jsonschema_rs", "rich", "yaml", "msgspec", "distributed")
ROOMS = [("asnforge.cli", main.VERBS), ("asnforge.cli.rules", importlib.import_module("asnforge.cli.rules").VERBS)]
VERBS = [(room, verb) for room, verbs in ROOMS for verb in verbs]


def run(*arguments: str) -> tuple[int, str, str]:
    """The command in a process of its own, told of the heavy modules that it imported."""
    code = (
        "import atexit, sys; from asnforge.cli.main import main;"
        f"atexit.register(lambda: print('IMPORTED', [name for name in {HEAVY} if name in sys.modules]));"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    said, _, imported = done.stdout.rpartition("IMPORTED ")
    assert imported == "[]\n"
    return done.returncode, said, done.stderr


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), ("generate", "--help"), ("rules", "--help"), ("rules", "-h")]
)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    status, said, errors = run(*arguments)
    assert (status, errors) == (0, "")
    assert "asnforge" in said.splitlines()[0]


def test_help_lists_every_verb_in_order() -> None:
    _, said, _ = run("--help")
    commands = said.partition("Commands:")[2].splitlines()
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
def test_an_unknown_verb(arguments: tuple[str, ...], message: str) -> None:
    status, said, errors = run(*arguments)
    assert (status, said) == (2, "")
    assert errors.splitlines()[-1] == f"Error: {message}"


@pytest.mark.parametrize(("room", "verb"), VERBS)
def test_every_verb_has_a_command_that_says_what_it_does(room: str, verb: str) -> None:
    command = importlib.import_module(f"{room}.{verb}").command
    assert isinstance(command, click.Command)
    assert (command.help or "").strip()


LISTED = InputError(Finding("G101", "no", "a.tsv", 1), Finding("G102", "neither", hint="do"))
FAULT = "asnforge: a fault of asnforge itself: "
REFUSED = "A191 the system refuses it:"
PERMISSIONS = "check the permissions of the file and of its folder"
REPORT = "Please report it, with what ASNFORGE_DEBUG=1 shows.\n"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (LISTED, 2, "a.tsv:1: G101 no\nG102 neither; do\n"),
        (OSError(13, "Permission denied", "x/y"), 2, f"x/y: {REFUSED} permission is denied; {PERMISSIONS}\n"),
        (
            OSError(28, "No space left on device"),
            2,
            f"{REFUSED} no space is left on the device; make space, or choose another folder\n",
        ),
        (BrokenPipeError(32, "Broken pipe"), 2, f"{REFUSED} nobody reads it any more; keep its reader running\n"),
        (OSError("no number"), 2, f"{REFUSED} no number\n"),
        (MemoryError(), 2, "A192 there is not enough memory; use a machine with more memory, or split the file\n"),
        (ZeroDivisionError("by\nzero"), 2, f"{FAULT}ZeroDivisionError: by zero\n{REPORT}"),
        (RecursionError(), 2, f"{FAULT}RecursionError: \n{REPORT}"),
        (KeyboardInterrupt(), 130, "\nasnforge: interrupted\n"),
        (click.UsageError("no"), 2, None),
    ],
)
def test_no_error_ends_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    said: str | None,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(generate.command, "callback", fail)
    monkeypatch.delenv("ASNFORGE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        main.main(["generate", "x.tsv"])
    found = capsys.readouterr()
    assert (stop.value.code, found.out) == (status, "")
    assert said in (None, found.err)
    assert "Traceback" not in found.err


def test_a_fault_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(generate.command, "callback", fail)
    monkeypatch.setenv("ASNFORGE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main.main(["generate", "x.tsv"])
