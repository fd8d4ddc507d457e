"""The page about files that commands write lists the keys that their JSON has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.command import run_main

ROOT = Path(__file__).parents[2]
POOL = str(ROOT / "data/niriss_ami_pool.tsv")
EXPECTED = str(ROOT / "data/expected/niriss_ami_pool")
ROWS = dict(re.findall(r"^\| `([\w ]+)` \| (.*) \|$", (ROOT / "docs/outputs.md").read_text("utf-8"), re.MULTILINE))

ARGUMENTS = {
    "generate": (POOL, "-o", "out"),
    "batch": (POOL, "-o", "out"),
    "explain": (POOL, "2"),
    "show": (EXPECTED,),
    "validate": (EXPECTED,),
    "compare": (EXPECTED, EXPECTED),
    "rules check": ("jwst-stage3",),
}


def test_the_table_lists_these_commands() -> None:
    assert ROWS.keys() == ARGUMENTS.keys()


@pytest.mark.parametrize("command", ARGUMENTS)
def test_the_keys_that_are_listed_are_in_the_output(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run_main(capsys, *command.split(), *ARGUMENTS[command], "--json")
    assert isinstance(json.loads(ran.stdout), dict | list)
    missing = [key for key in re.findall(r"`(\w+)`", ROWS[command]) if f'"{key}":' not in ran.stdout]
    assert missing == []
