"""The structure of the source: layers, names and sizes of modules."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/asnforge"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 350


def test_the_diagram_has_the_layers_that_are_enforced() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    picture = re.search(
        r"^```text\n(.*?)^```", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert picture is not None
    lines = [line.partition(":")[0].strip() for line in picture[1].splitlines()]
    assert lines == settings["contracts"][0]["layers"]


def test_no_two_modules_have_the_same_name() -> None:
    names = Counter(path.name for path in MODULES if path.parent not in (SOURCE / "cli", SOURCE / "cli/rules"))
    assert [name for name, count in names.items() if count > 1 and name not in ("__init__.py", "model.py")] == []


def test_no_module_is_too_long() -> None:
    lines = {str(path.relative_to(SOURCE)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_the_source_names_no_observatory() -> None:
    words = re.compile(
        r"jwst|jw\d|webb(?!rowser)|mastdownload|nircam|miri\b|nirspec|niriss|hubble|\bhst\b", re.IGNORECASE
    )
    files = [path for path in (ROOT / "src").rglob("*") if path.suffix in (".py", ".json")]
    assert files
    assert [str(path) for path in files if words.search(path.read_text(encoding="utf-8"))] == []
