"""The files and connections that a run of the command line opens, as reported by the audit events of Python."""

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
    os.path.realpath(path)
    for path in (sys.prefix, sys.base_prefix, str(Path(__file__).parents[2] / "src"), "/proc", "/sys")
)
_SYSTEM = ("/etc/ld.so.cache", "/etc/localtime", "/usr/", "/lib", "/dev/null")


@dataclass(frozen=True)
class Watched:
    """The files outside of the installation and the connections that a run opened, with its status and its errors."""

    status: int
    opened: tuple[str, ...]
    connections: tuple[str, ...]
    stderr: str


def watched(*arguments: str) -> Watched:
    """Run the command line in a separate process, in the current folder and with an empty home folder."""
    home = Path("home")
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home.resolve()), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _WATCHED, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    errors, _, report = ran.stderr.rpartition("\0")
    status, events = json.loads(report)
    ignored = (*_INSTALLED, *_SYSTEM, os.path.realpath(home), os.path.realpath("rules"))
    opened = sorted({value for event, value in events if event == "open" and not value.startswith(ignored)})
    connections = tuple(f"{event} {value}" for event, value in events if event != "open")
    here = f"{os.path.realpath('.')}/"
    return Watched(status, tuple(name.removeprefix(here) for name in opened), connections, errors)
