"""Print the size and structure of the source and the tests: ``python tests/benchmarks/structure.py [FOLDER]``.

Run it in two checkouts to compare them.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

_SHORT = 40
_LONGEST = 5


def _measure(folder: Path) -> None:
    files = sorted(folder.rglob("*.py"))
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    names = Counter(file.name for file in files if file.name not in ("__init__.py", "model.py"))
    imports = sum(
        isinstance(node, ast.Import | ast.ImportFrom)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    )
    repeated = {name: count for name, count in sorted(names.items()) if count > 1}
    code = sum(
        bool(line.strip()) and not line.lstrip().startswith("#")
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    print(f"{folder}: {sum(lines.values()):,} lines ({code:,} without empty lines and comments) in {len(files)} files")
    print(f"  imports: {imports}")
    print(f"  file names that occur more than once: {len(repeated)} {', '.join(repeated)}")
    longest = sorted(files, key=lambda file: -lines[file])[:_LONGEST]
    print("  longest:", ", ".join(f"{file.relative_to(folder)} {lines[file]}" for file in longest))
    short = [file for file in files if lines[file] < _SHORT and file.name != "__init__.py"]
    print(f"  modules under {_SHORT} lines: {len(short)}")
    docstrings = sum(
        node.end_lineno - node.lineno + 1
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if node.end_lineno is not None
    )
    print(f"  lines of docstrings: {docstrings:,}")


if __name__ == "__main__":
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    for name in ("src", "tests"):
        _measure(root / name)
