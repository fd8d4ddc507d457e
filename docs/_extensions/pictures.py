"""The pictures of the documentation: what commands print, as SVG, and the page of a report, as Chromium shows it.

``python docs/_extensions/pictures.py`` makes them in ``docs/pictures``; the build of the site does so in its copy of the
repository, with the tag ``pictures``. Without Chromium the picture of the report is the one in the repository.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text
from sphinx.application import Sphinx

WIDTH = 110

COMMANDS = {
    "pool-show": "asnforge pool show data/download --where EXP_TYPE=MIR_MRS --where CHANNEL=34 --candidates guess",
    "explain": "asnforge explain data/niriss_ami_pool.tsv --why-not 2 12",
}
"""The command of each picture of a terminal, by the name of its file."""

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,800",
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the pictures before pages are read."""
    app.connect("builder-inited", lambda app: make_pictures(Path(app.srcdir)) if app.tags.has("pictures") else None)
    return {"parallel_read_safe": True}


def make_pictures(root: Path) -> None:
    """Make all pictures in ``docs/pictures``."""
    folder = root / "docs/pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for name in ("data", "rules"):
            shutil.copytree(root / name, work / name)
        for name, command in COMMANDS.items():
            (folder / f"{name}.svg").write_text(_terminal(command, work), encoding="utf-8")
        _run("asnforge report data/download -o report.html --quiet", work)
        _photograph(work / "report.html", folder / "report.png", work / "profile")


def _run(command: str, folder: Path) -> str:
    bin_folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((bin_folder, os.environ["PATH"])),
        "COLUMNS": str(WIDTH),
        "FORCE_COLOR": "1",
        "ASNFORGE_CACHE": str(folder / "cache"),
    }
    words = shlex.split(command)
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True).stdout


def _terminal(command: str, folder: Path) -> str:
    """A terminal in which a command was run, as SVG that needs no fonts from the network."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(_run(command, folder)))
    svg = console.export_svg(title="asnforge", theme=DIMMED_MONOKAI, unique_id=re.sub(r"\W+", "-", command.split()[1]))
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def _photograph(page: Path, picture: Path, profile: Path) -> None:
    """Save what Chromium shows of a page; nothing without Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser:
        arguments = [browser, *CHROMIUM, f"--user-data-dir={profile}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(arguments, capture_output=True, check=False, timeout=120)


if __name__ == "__main__":
    make_pictures(Path(__file__).parents[2])
