"""The peer, jwst 3.0.0, run in its own environment."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

_GENERATE = """
import sys
from pathlib import Path
import jwst.associations
from jwst.associations.main import main

rules = Path(jwst.associations.__file__).parent / "lib" / "rules_level3.py"
main(["--ignore-default", "-r", str(rules), "-d", "\\t", *sys.argv[1:]])
"""


def peer_python() -> str:
    """The interpreter that has jwst: that of ASNFORGE_PEER_PYTHON, else this one; skips the test if neither has it."""
    named = os.environ.get("ASNFORGE_PEER_PYTHON")
    if named:
        return named
    if importlib.util.find_spec("jwst") is not None:
        return sys.executable
    pytest.skip("jwst is not installed: set ASNFORGE_PEER_PYTHON to a Python that has it")


def peer_generate(pool: Path, folder: Path, *options: str) -> Path:
    """Generate associations with the stage 3 rules of the peer."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [peer_python(), "-c", _GENERATE, "-p", str(folder), *options, str(pool)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return folder
