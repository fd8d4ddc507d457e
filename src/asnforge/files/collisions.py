"""Product names that several association files of one folder have: their pipelines would overwrite each other's files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from asnforge.files.codes import PRODUCT_IN_OTHER_FILE
from asnforge.files.meaning import objects
from asnforge.files.positions import JSONSyntaxError, Lines, parse
from asnforge.files.read import decode, read_bytes
from asnforge.files.validate import Validated
from asnforge.findings import CannotContinue, Finding, plain, quoted

_MOST_FILES = 3
_HINT = "pipelines that run on all of them in one folder overwrite each other's products: use other folders or names"


def with_collisions(files: Iterable[Validated]) -> tuple[Validated, ...]:
    """Validated files with a warning at each product name that another file of the same folder has, too.

    Names that differ only in case are the same. A file that was named twice does not collide with itself.
    """
    files = tuple(files)
    real = [os.path.abspath(file.path) for file in files]  # noqa: PTH100  pathlib is slow for very many files
    owners: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for file, path in zip(files, real, strict=True):
        for name in file.product_names if file.path != "-" else ():
            owners[os.path.dirname(path), name.casefold()][path] = file.path  # noqa: PTH120
    shared = {key: tuple(paths) for key, paths in owners.items() if len(paths) > 1}
    return tuple(_with_own(file, path, shared) for file, path in zip(files, real, strict=True)) if shared else files


def _with_own(file: Validated, path: str, shared: dict[tuple[str, str], tuple[str, ...]]) -> Validated:
    folder = os.path.dirname(path)  # noqa: PTH120
    names = [name for name in dict.fromkeys(file.product_names) if (folder, name.casefold()) in shared]
    if not names or file.path == "-":
        return file
    places = _places(file.path)
    found = [_collision(file.path, path, name, shared[folder, name.casefold()], places) for name in names]
    ordered = sorted((*file.findings, *found), key=lambda finding: (finding.line or 0, finding.column or 0))
    return replace(file, findings=tuple(ordered))


def _collision(file: str, path: str, name: str, owners: Sequence[str], places: dict[str, tuple[int, int]]) -> Finding:
    first = [owner for owner in owners[: _MOST_FILES + 1] if owner != path][:_MOST_FILES]
    others = [plain(os.path.basename(owner)) for owner in first]  # noqa: PTH119
    more = len(owners) - 1 - len(others)
    listed = ", ".join(others) + (f" and {more} more" if more else "")
    line, column = places.get(name, (None, None))
    message = f"the product name {quoted(name)} is also in {listed}"
    return Finding(PRODUCT_IN_OTHER_FILE.code, message, file, line, column, _HINT, "warning")


def _places(path: str) -> dict[str, tuple[int, int]]:
    """Line and column of each product name in a file; nothing where the file can no longer be read."""
    try:
        text, _ = decode(read_bytes(path), path)
        document = parse(text)
    except (CannotContinue, JSONSyntaxError):
        return {}
    lines = Lines(text)
    places: dict[str, tuple[int, int]] = {}
    products = objects(document.value.get("products")) if isinstance(document.value, dict) else ()
    for index, product in products:
        if isinstance(name := product.get("name"), str):
            places.setdefault(name, lines.line_and_column(document.values["products", index, "name"]))
    return places
