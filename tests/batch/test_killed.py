"""A batch killed at a random moment: no half-written file at any time, and the same files after it is resumed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(("processes", "kills"), [(1, 100), (2, 5)], ids=["one process", "two processes"])
def test_a_killed_batch_is_resumed(tmp_path: Path, processes: int, kills: int) -> None:
    command = [sys.executable, "-m", "support.killing", str(tmp_path), str(processes), str(kills)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    match = re.fullmatch(r"(\d+) kills in (\d+) folders\n", ran.stdout)
    assert match is not None
    assert int(match[1]) >= kills
