"""The peer, jwst 3.0.0, run in an environment of its own."""

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
    """The interpreter that has jwst: the one that ASNFORGE_PEER_PYTHON names, else this one; a skip where neither has it."""
    named = os.environ.get("ASNFORGE_PEER_PYTHON")
    if named:
        return named
    if importlib.util.find_spec("jwst") is not None:
        return sys.executable
    pytest.skip("jwst is not installed: name a python that has it in ASNFORGE_PEER_PYTHON")


def peer_generate(pool: Path, folder: Path, *options: str) -> Path:
    """What the peer's stage 3 rules make of a pool, as files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [peer_python(), "-c", _GENERATE, "-p", str(folder), *options, str(pool)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return folder
