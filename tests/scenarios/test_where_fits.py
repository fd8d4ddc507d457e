"""What is reported about FITS files is about the exposures that ``--where`` selects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.command import run_main

DOWNLOAD = str(Path(__file__).parents[2] / "data/download")


@pytest.mark.parametrize(
    ("where", "programs"),
    [
        ((), {"101", "103", "106", "107"}),
        (("--where", "INSTRUME=MIRI"), {"106"}),
        (("--where", "INSTRUME!=MIRI"), {"101", "103", "107"}),
        (("--where", "PROGRAM=107"), {"107"}),
    ],
)
@pytest.mark.parametrize("command", [("pool", "show"), ("generate",)])
def test_candidates_of_other_programs_are_not_reported(
    command: tuple[str, ...],
    where: tuple[str, ...],
    programs: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run_main(capsys, *command, DOWNLOAD, *where)
    assert ran.status == 0
    assert set(re.findall(r"^program (\d+): ", ran.stderr, re.MULTILINE)) == programs
    assert set(re.findall(r"P127 warning: program (\d+): ", ran.stderr)) == programs - {"107"}
