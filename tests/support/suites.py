"""A suite of an invented observatory, next to a folder with files that it must not use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.observatory import pool_text, rule, write_ruleset
from support.runs import association

from asnforge.cli.main import command

POOL = pool_text("""
FILE         PROPOSAL CAMERA CANDIDATES
e1_raw.fits  7        wide   o1/night
e2_raw.fits  7        wide   o1/night
""")

FILE = "p007-o1_stack_01_asn.json"
OF_NIGHT, OF_DAY = (json.dumps(association("mine", asn_pool=pool)) for pool in ("night.tsv", "day.tsv"))

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a suite with one entry; its folder is next to one that is not the suite's, and both have a pool and rules."""
    monkeypatch.chdir(tmp_path)
    for folder in ("suite", "other"):
        write_ruleset(tmp_path / folder / "lynx", rule())
        (tmp_path / folder / "night.tsv").write_text(POOL)
        (tmp_path / folder / "allow.yaml").write_text("allow: [{kind: missing, reason: old}]\n")
    (tmp_path / "other" / FILE).write_text(OF_NIGHT)
    (tmp_path / "other" / "mine.yaml").write_text("mine\n")
    (tmp_path / "suite" / "link").symlink_to("../other")
    (tmp_path / "suite" / "link.tsv").symlink_to("../other/night.tsv")
    (tmp_path / "suite" / "link.yaml").symlink_to("../other/mine.yaml")

    def run(entry: str, *arguments: str) -> Result:
        (tmp_path / "suite" / "suite.yaml").write_text(
            "defaults: {ignore_default: true, rules: [lynx], scopes: candidates}\n" + f"entries:\n- {{{entry}}}\n"
        )
        return CliRunner().invoke(command, ["regress", "suite/suite.yaml", *arguments])

    return run


def files(folder: Path) -> dict[str, str | bytes]:
    """Every file and link below a folder, with its content."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }
