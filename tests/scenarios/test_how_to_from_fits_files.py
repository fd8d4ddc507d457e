"""The commands of the page about folders of FITS files do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from support.command import run_main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/howto/from-fits-files.md"


def commands() -> list[list[str]]:
    """The commands of the page, in their order."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def test_every_command_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "data/download", tmp_path / "data/download")
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    printed: dict[str, str] = {}
    for program, *arguments in commands():
        if program == "cd":
            os.chdir(tmp_path if arguments == ["-"] else arguments[0])
            continue
        result = run_main(capsys, *arguments)
        has_findings = arguments[:2] == ["pool", "check"]
        assert result.status == int(has_findings), (arguments, result.stderr)
        printed[arguments[0]] = result.stdout
    assert sorted(path.name for path in Path("out").glob("m*_asn.json")) == [
        "mine_asn.json",
        "mosaic_f150w_asn.json",
        "mosaic_f356w_asn.json",
    ]
    assert printed["edit"] == "out/fewer/mine_asn.json: 3 science and 3 background members\n"
    assert printed["gather"] == "run: 1 association with 6 files of members\n"
    assert sorted(path.suffix for path in Path("run").iterdir()) == [*[".fits"] * 6, ".json"]
