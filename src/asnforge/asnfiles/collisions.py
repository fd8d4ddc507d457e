"""Product names that several association files of a folder have: their pipelines would overwrite each other's products."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from asnforge.asnfiles.json_positions import parse
from asnforge.asnfiles.read_text import Lines, decode, read_bytes
from asnforge.asnfiles.semantics import objects
from asnforge.asnfiles.validate import ValidatedFile
from asnforge.findings import Finding, FindingCode, InputError, SourceLocation

PRODUCT_IN_OTHER_FILE = FindingCode(
    "A121",
    "several files of a folder have the same product name",
    "The name, ignoring case, is the beginning of the names of the product's files: if pipelines run on all these "
    "associations in one folder, each overwrites the products of the one before. Run them in different folders, or give the "
    "products different names.",
    wrong="a_asn.json has the product star, and b_asn.json the product STAR",
    right="a_asn.json has the product star1, and b_asn.json the product star2",
)

_MOST_FILES = 3
_MOST_COMPARED = 200
"""The most files with the same product name whose exposures are compared; if there are more, all are reported."""
_HINT = "pipelines that run on all of them in one folder overwrite each other's products: use other folders or names"

_Products = dict[str, dict[str, "_Product"]]
"""The products of files by absolute path and case-folded name."""


@dataclass(frozen=True, slots=True)
class _Product:
    """A product of a file: the position of its name, the file's asn_type, and its members as base name and exptype."""

    location: SourceLocation
    asn_type: object
    members: frozenset[tuple[str, str]]

    def is_version_of(self, other: _Product) -> bool:
        """Whether both are versions of one product: exposures have other roles, or the pipeline names files differently."""
        left, right = ({name for name, _ in product.members} for product in (self, other))
        if self.asn_type != other.asn_type:
            return left <= right or right <= left
        return left == right and self.members != other.members


def add_collisions(files: Iterable[ValidatedFile]) -> tuple[ValidatedFile, ...]:
    """Validated files with a warning at each product name that another file of the same folder also has.

    Names that differ only in case are the same. A file that was named twice does not collide with itself, and neither do
    versions of one association: files of the same exposures in other roles, or of other asn_types.
    """
    files = tuple(files)
    paths = _absolute([file.path for file in files])
    owners: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)  # paths, in the order of the files
    for file, path in zip(files, paths, strict=True):
        for name in file.product_names if file.path != "-" else ():
            owners[os.path.dirname(path), name.casefold()][path] = None  # noqa: PTH120
    shared = {key: tuple(same_name) for key, same_name in owners.items() if len(same_name) > 1}
    products: _Products = {
        path: _read_products(path) for path in {path for same_name in shared.values() for path in same_name}
    }
    return tuple(
        replace(file, findings=_add(file, path, shared, products)) if path in products and file.path != "-" else file
        for file, path in zip(files, paths, strict=True)
    )


def _absolute(paths: Iterable[str]) -> list[str]:
    """Absolute paths; that of a folder is found once for all files in it."""
    folders: dict[str, str] = {}
    result = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            result.append(os.path.abspath(path))  # noqa: PTH100
            continue
        if folder not in folders:
            folders[folder] = os.path.abspath(folder or ("/" if path.startswith("/") else ""))  # noqa: PTH100
        result.append(f"{folders[folder].rstrip('/')}/{name}")
    return result


def _add(
    file: ValidatedFile, path: str, shared: dict[tuple[str, str], tuple[str, ...]], products: _Products
) -> tuple[Finding, ...]:
    """The findings of a file with its collisions, in the order of lines."""
    findings = list(file.findings)
    for name in dict.fromkeys(file.product_names):
        same_name = shared.get((os.path.dirname(path), name.casefold()), ())  # noqa: PTH120
        others = _colliding(path, name, same_name, products)
        if others:
            shown = tuple(os.path.basename(other) for other in others[:_MOST_FILES])  # noqa: PTH119
            more = max(0, len(others) - _MOST_FILES)
            message = "the product name {name:quoted} is also in {files}" + (" and {more} more" if more else "")
            product = products[path].get(name.casefold())
            at = replace(product.location, file=file.path) if product else file.path
            findings.append(
                PRODUCT_IN_OTHER_FILE.finding(
                    message, at, hint=_HINT, severity="warning", name=name, files=shown, more=more
                )
            )
    return tuple(sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0)))


def _colliding(path: str, name: str, same_name: Sequence[str], products: _Products) -> list[str]:
    """The files of `same_name`, all those with this product name, whose product is not a version of that of the file itself."""
    others = [other for other in same_name if other != path]
    own = products[path].get(name.casefold())
    if own is None or len(same_name) > _MOST_COMPARED:
        return others
    candidates = ((other, products[other].get(name.casefold())) for other in others)
    return [other for other, product in candidates if product is None or not own.is_version_of(product)]


def _read_products(path: str) -> dict[str, _Product]:
    """The products of a file by case-folded name; none if the file can no longer be read."""
    try:
        text, _ = decode(read_bytes(path), path)
        document = parse(text, path)
    except InputError:
        return {}
    lines = Lines(text, path)
    products: dict[str, _Product] = {}
    content = document.value if isinstance(document.value, dict) else {}
    for index, product in objects(content.get("products")):
        if isinstance(name := product.get("name"), str):
            members = ((item.get("expname"), item.get("exptype")) for _, item in objects(product.get("members")))
            named = frozenset(
                (expname.rpartition("/")[2], str(role)) for expname, role in members if isinstance(expname, str)
            )
            at = lines.location(document.values["products", index, "name"])
            products.setdefault(name.casefold(), _Product(at, content.get("asn_type"), named))
    return products
