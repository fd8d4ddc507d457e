"""The command line as its user sees it: arguments, exit status, output and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from asnforge.cli.main import main

LYNX = ("--ignore-default", "--rules", "lynx")
"""The options for using only the rules of the invented observatory."""


@dataclass(frozen=True)
class Ran:
    """The result of a run: exit status, output, and the files in ``out``."""

    status: int
    stdout: str
    stderr: str

    @property
    def files(self) -> list[str]:
        return sorted(str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file())


Run = Callable[..., Ran]


def run_main(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run the command line in this process."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        main([*arguments])
    output = capsys.readouterr()
    return Ran(int(stop.value.code or 0), output.out, output.err)
