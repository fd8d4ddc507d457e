"""What a run of the command line opens: every file and every connection, as Python's audit events report them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_WATCHED = """
import json, os, sys
seen = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        seen.append(["open", os.path.realpath(os.fsdecode(arguments[0]))])
    elif event.startswith(("socket.", "urllib.", "subprocess.", "os.system", "os.exec", "ftplib.", "http.client")):
        seen.append([event, str(arguments)])
sys.addaudithook(hook)
report = os.dup(2)
from asnforge.cli.main import main
status = 0
try:
    main(sys.argv[1:])
except SystemExit as stop:
    status = stop.code
os.write(report, b"\\0" + json.dumps([status, seen]).encode())
"""

_INSTALLED = tuple(
    map(os.path.realpath, (sys.prefix, sys.base_prefix, Path(__file__).parents[2] / "src", "/proc", "/sys"))
)
_SYSTEM = ("/etc/ld.so.cache", "/etc/localtime", "/usr/", "/lib", "/dev/null")


@dataclass(frozen=True)
class Watched:
    """What a run opened outside of the installation, what it connected to, and what it said."""

    status: int
    opened: tuple[str, ...]
    connections: tuple[str, ...]
    stderr: str


def watched(*arguments: str) -> Watched:
    """Run the command line in a process of its own, in the current folder and with a home folder that is empty."""
    home = Path("home")
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home.resolve()), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _WATCHED, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    said, _, report = ran.stderr.rpartition("\0")
    status, events = json.loads(report)
    ignored = (*_INSTALLED, *_SYSTEM, os.path.realpath(home), os.path.realpath("rules"))
    opened = sorted({what for event, what in events if event == "open" and not what.startswith(ignored)})
    connections = tuple(f"{event} {what}" for event, what in events if event != "open")
    here = f"{os.path.realpath('.')}/"
    return Watched(status, tuple(name.removeprefix(here) for name in opened), connections, said)
