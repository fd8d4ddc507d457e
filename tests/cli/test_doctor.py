"""``asnforge doctor`` on the system that runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import run_main

from asnforge.doctor import surroundings


def test_the_command_reports_a_locale_without_utf_8(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ASNFORGE_CACHE": str(tmp_path),
        "PYTHONIOENCODING": "latin-1",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "asnforge", "doctor", "--quiet"], env=environment, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "")
    ran = subprocess.run([sys.executable, "-m", "asnforge", "doctor"], env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "A207 warning: output is in iso8859-1; set LC_ALL=C.UTF-8, and unset PYTHONIOENCODING" in ran.stdout


def test_the_command_describes_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(surroundings, "_is_kept", lambda _: True)
    monkeypatch.setattr(surroundings, "_output_encoding", lambda: "utf-8")
    ran = run_main(capsys, "doctor")
    assert (ran.status, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("asnforge ")
    assert f"Python {sys.version.split()[0]} " in lines[0]
    assert "jwst-stage3 (default)     21         0  asnforge" in lines
    assert lines[-1] == "no findings"
