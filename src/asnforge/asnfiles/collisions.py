"""Product names that several association files of one folder have: their pipelines would overwrite each other's files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from asnforge.asnfiles.codes import PRODUCT_IN_OTHER_FILE
from asnforge.asnfiles.json_positions import JSONSyntaxError, Lines, parse
from asnforge.asnfiles.read import decode, read_bytes
from asnforge.asnfiles.semantics import objects
from asnforge.asnfiles.validate import Validated
from asnforge.findings import Finding, InputError, quoted, truncated

_MOST_FILES = 3
_MOST_COMPARED = 200
"""Files with one product name whose exposures are compared; where there are more, all of them are reported."""
_HINT = "pipelines that run on all of them in one folder overwrite each other's products: use other folders or names"


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of a file: where its name is, the file's asn_type, and its members as base name and exptype."""

    line: int
    column: int
    asn_type: object
    members: frozenset[tuple[str, str]]

    def is_version_of(self, other: _Product) -> bool:
        """Whether one is the other with exposures in other roles, or for another pipeline, which makes other files."""
        own, others = ({name for name, _ in each.members} for each in (self, other))
        if self.asn_type != other.asn_type:
            return own <= others or others <= own
        return own == others and self.members != other.members


def with_collisions(files: Iterable[Validated]) -> tuple[Validated, ...]:
    """Validated files with a warning at each product name that another file of the same folder has, too.

    Names that differ only in case are the same. A file that was named twice does not collide with itself, and neither do
    versions of one association: files of the same exposures in other roles, or of other asn_types.
    """
    files = tuple(files)
    real = [os.path.abspath(file.path) for file in files]  # noqa: PTH100  pathlib is slow for very many files
    owners: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for file, path in zip(files, real, strict=True):
        for name in file.product_names if file.path != "-" else ():
            owners[os.path.dirname(path), name.casefold()][path] = file.path  # noqa: PTH120
    shared = {key: tuple(paths) for key, paths in owners.items() if len(paths) > 1}
    if not shared:
        return files
    products = {path: _products(path) for path in dict.fromkeys(path for paths in shared.values() for path in paths)}
    return tuple(
        _with_own(file, path, shared, products) if path in products and file.path != "-" else file
        for file, path in zip(files, real, strict=True)
    )


def _with_own(
    file: Validated,
    path: str,
    shared: dict[tuple[str, str], tuple[str, ...]],
    products: dict[str, dict[str, _Product]],
) -> Validated:
    found = []
    for name in dict.fromkeys(file.product_names):
        paths = shared.get((os.path.dirname(path), name.casefold()), ())  # noqa: PTH120
        others = _colliding(path, name, paths, products)
        if others:
            found.append(_collision(file.path, name, others, products[path].get(name.casefold())))
    ordered = sorted((*file.findings, *found), key=lambda finding: (finding.line or 0, finding.column or 0))
    return replace(file, findings=tuple(ordered))


def _colliding(path: str, name: str, paths: Sequence[str], products: dict[str, dict[str, _Product]]) -> list[str]:
    """The other files that have a product of a name and are not versions of this one."""
    others = [other for other in paths if other != path]
    own = products[path].get(name.casefold())
    if own is None or len(paths) > _MOST_COMPARED:
        return others
    found = ((other, products[other].get(name.casefold())) for other in others)
    return [other for other, product in found if product is None or not own.is_version_of(product)]


def _collision(file: str, name: str, others: Sequence[str], product: _Product | None) -> Finding:
    first = [truncated(os.path.basename(other)) for other in others[:_MOST_FILES]]  # noqa: PTH119
    more = len(others) - len(first)
    listed = ", ".join(first) + (f" and {more} more" if more else "")
    line, column = (None, None) if product is None else (product.line, product.column)
    message = f"the product name {quoted(name)} is also in {listed}"
    return Finding(PRODUCT_IN_OTHER_FILE.code, message, file, line, column, _HINT, "warning")


def _products(path: str) -> dict[str, _Product]:
    """The products of a file by their case-folded names; nothing where the file can no longer be read."""
    try:
        text, _ = decode(read_bytes(path), path)
        document = parse(text)
    except (InputError, JSONSyntaxError):
        return {}
    lines = Lines(text)
    found: dict[str, _Product] = {}
    content = document.value if isinstance(document.value, dict) else {}
    for index, product in objects(content.get("products")):
        if isinstance(name := product.get("name"), str):
            members = ((each.get("expname"), each.get("exptype")) for _, each in objects(product.get("members")))
            named = frozenset((os.path.basename(each), str(role)) for each, role in members if isinstance(each, str))  # noqa: PTH119
            line, column = lines.line_and_column(document.values["products", index, "name"])
            found.setdefault(name.casefold(), _Product(line, column, content.get("asn_type"), named))
    return found
