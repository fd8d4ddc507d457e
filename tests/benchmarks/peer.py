"""The peer: ``asn_generate`` of jwst with its rules of stage 3 or 2, run by the Python that ASNFORGE_PEER_PYTHON names."""

from __future__ import annotations

import os
from pathlib import Path

_CODE = """
import sys, time
from pathlib import Path
import jwst.associations
from jwst.associations.main import Main, main

generate = Main.generate

def timed(self):
    started = time.perf_counter()
    generate(self)
    print("generation", time.perf_counter() - started)

Main.generate = timed
rules = Path(jwst.associations.__file__).parent / "lib" / sys.argv[1]
main(["--ignore-default", "-r", str(rules), "-d", "\\t", *sys.argv[2:]])
"""


_RULES = {2: "rules_level2b.py", 3: "rules_level3.py"}
"""The peer's rules of each stage."""


def python() -> str | None:
    """The Python that has jwst; None, with a notice, if the environment variable is not set."""
    named = os.environ.get("ASNFORGE_PEER_PYTHON")
    if not named:
        print("\nASNFORGE_PEER_PYTHON is not set: the peer is skipped")
    return named


def command(interpreter: str, pool: Path, folder: Path, stage: int = 3) -> list[str]:
    """The command that runs the peer with a new output folder and prints a line ``generation SECONDS``."""
    folder.mkdir(parents=True)
    return [interpreter, "-c", _CODE, _RULES[stage], "-p", str(folder), str(pool)]


def generation_seconds(output: str) -> float:
    """The seconds of generation alone, from the output of `command`."""
    return next(float(line.split()[1]) for line in output.splitlines() if line.startswith("generation "))
