"""Pools are read where the home folder, in which astropy looks for its settings, may not be looked into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import asnforge.pool

# As for a user who may not look into the folder; the one who runs the tests may be allowed everything.
CODE = """
import os, sys

stat = os.stat

def denied(path, *arguments, **options):
    if str(path).startswith(sys.argv[1]):
        raise PermissionError(13, "Permission denied", path)
    return stat(path, *arguments, **options)

os.stat = denied
from asnforge.pool import read_pool
before = dict(os.environ)
print(len(read_pool(sys.argv[2]).lines), dict(os.environ) == before)
"""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOME", "{denied}"),
        ("XDG_CONFIG_HOME", "{denied}"),
        ("ASTROPY_CONFIG_DIR", "{denied}/deep"),
        ("HOME", "{free}"),
    ],
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pool.tsv", "a\tb\n1\t2\n"),
        (
            "pool.ecsv",
            "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: string}\n# schema: astropy-2.0\na\n1\n",
        ),
    ],
)
def test_settings_that_may_not_be_read(tmp_path: Path, variable: str, value: str, name: str, text: str) -> None:
    denied, free = tmp_path / "denied", tmp_path / "free"
    denied.mkdir()
    free.mkdir()
    (tmp_path / name).write_text(text)
    environment = {**os.environ, "HOME": str(free), variable: value.format(denied=denied, free=free)}
    command = [sys.executable, "-c", CODE, str(denied), str(tmp_path / name)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (ran.stdout, ran.stderr) == ("1 True\n", "")
    assert not Path(asnforge.pool.__file__).with_name("astropy").is_symlink()
