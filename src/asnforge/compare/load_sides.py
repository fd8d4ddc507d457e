"""Read the associations of one side of a comparison from files, or take them as they were generated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from asnforge.asnfiles.read_text import read_bytes
from asnforge.asnfiles.search import FolderFiles, files_below, is_folder
from asnforge.asnfiles.validate import validate_bytes
from asnforge.associations.model import Association
from asnforge.compare.compact import COMPACT_SUFFIXES, read_compact
from asnforge.compare.model import ReadAssociation, ReadProduct, sort_products
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.system_errors import memory_for

UNREADABLE = FindingCode(
    "C101",
    "a side of the comparison cannot be read",
    "The file or folder does not exist, has nothing to compare, or a file in it is not an association.",
    wrong="asnforge compare expectd actual",
    right="asnforge compare expected actual",
)


class _Member(msgspec.Struct):
    expname: str
    exptype: str


class _Product(msgspec.Struct):
    members: list[_Member]
    name: str | None = None


class _Association(msgspec.Struct):
    products: list[_Product]
    asn_type: Any = None
    asn_rule: Any = None
    asn_id: Any = None
    asn_pool: Any = None
    program: Any = None
    target: Any = None
    degraded_status: Any = None
    version_id: Any = None


_KEYWORDS = _Association.__struct_fields__[1:]
_DECODER = msgspec.json.Decoder(_Association)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes
    ----------
    name : str
        The side as the user named it.
    associations : tuple of ReadAssociation
        The associations that could be read.
    findings : tuple of Finding
        One for each file that could not be read.
    unreadable : frozenset of (str, str)
        The folder and name of each of these files.
    skipped : tuple of str
        JSON files in a folder that do not contain an association.
    """

    name: str
    associations: tuple[ReadAssociation, ...]
    findings: tuple[Finding, ...] = ()
    unreadable: frozenset[tuple[str, str]] = frozenset()
    skipped: tuple[str, ...] = ()


def load_side(path: str, *, strict: bool = False) -> Side:
    """Read an association file, a compact file, or a folder with association files in it or below.

    Parameters
    ----------
    path : str
        File or folder.
    strict : bool
        Keep everything of each association, for a strict comparison.

    Returns
    -------
    Side
        A file that cannot be read is a finding; the others are read.
    """
    if path.endswith(COMPACT_SUFFIXES) and not is_folder(path):
        try:
            return Side(path, read_compact(read_bytes(path), path))
        except InputError as error:
            return Side(path, (), error.findings)
    files = files_below(path) if is_folder(path) else FolderFiles([(path, ".")])
    findings = list(files.findings)
    strings: dict[str, str] = {}
    associations: list[ReadAssociation] = []
    unreadable: list[tuple[str, str]] = []
    for file, folder in files.files:
        try:
            with memory_for(file):
                associations.append(read_association(read_bytes(file), file, folder, strings, strict=strict))
        except InputError as error:
            findings.append(error.findings[0])
            unreadable.append((folder, _file_name(file)))
    return Side(path, tuple(associations), tuple(findings), frozenset(unreadable), tuple(files.skipped))


def read_association(
    data: bytes, file: str, folder: str = ".", strings: dict[str, str] | None = None, *, strict: bool = False
) -> ReadAssociation:
    """Read one association from JSON.

    Parameters
    ----------
    data : bytes
        The JSON; only products, members, expname and exptype are required.
    file, folder : str
        As in `ReadAssociation`.
    strings : dict of str to str, optional
        The strings of earlier associations, so that equal strings are kept only once; new strings are added.
    strict : bool
        Keep everything.

    Raises
    ------
    InputError
        With one finding: it is not valid JSON, or not an association.
    """
    try:
        content = _DECODER.decode(data)
        raw = msgspec.json.decode(data) if strict else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(_reason(data, file, error)) from error
    shared = ({} if strings is None else strings).setdefault
    products = (
        ReadProduct(
            product.name,
            tuple(sorted((shared(m.expname, m.expname), shared(m.exptype, m.exptype)) for m in product.members)),
        )
        for product in content.products
    )
    keywords: dict[str, str] = {}
    for name in _KEYWORDS:
        value = getattr(content, name)
        if value is not None:
            value = value if isinstance(value, str) else json.dumps(value)
            keywords[name] = shared(value, value)
    return ReadAssociation(file, folder, _file_name(file), keywords, sort_products(products), raw)


def from_associations(associations: Iterable[Association], folder: str = ".") -> tuple[ReadAssociation, ...]:
    """Convert generated associations, which have no files, for a comparison."""
    return tuple(_from_association(association, folder) for association in associations)


def _from_association(association: Association, folder: str) -> ReadAssociation:
    products = (
        ReadProduct(product.name, tuple(sorted((member.expname, member.exptype) for member in product.members)))
        for product in association.products
    )
    keywords = {name: value for name in _KEYWORDS if (value := getattr(association, name, None)) is not None}
    sorted_products = sort_products(products)
    return ReadAssociation("", folder, association.file_name, keywords, sorted_products, added=association.extra)


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


def _reason(data: bytes, file: str, error: Exception) -> Finding:
    """Why a file is not an association; with line and column if validation finds the reason."""
    errors = [finding for finding in validate_bytes(data, file) if finding.severity == "error"]
    return (
        errors[0] if errors else UNREADABLE.finding("cannot be read as an association: {error}", file, error=str(error))
    )
