"""The command line as its user sees it: arguments in, exit status, output and files out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from asnforge.cli.main import main

LYNX = ("--ignore-default", "--rules", "lynx")
"""The options that let a verb use the invented observatory's rules alone."""


@dataclass(frozen=True)
class Ran:
    """What a run left: exit status, what it printed, and the files in ``out``."""

    status: int
    stdout: str
    stderr: str

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file())


Run = Callable[..., Ran]


def run_main(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run the command line in this process, through its own door."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        main([*arguments])
    said = capsys.readouterr()
    return Ran(int(stop.value.code or 0), said.out, said.err)
