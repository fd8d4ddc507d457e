"""Associations that can be written, and those whose files are in the way of each other or would be outside their folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asnforge.associations.model import Association
from asnforge.findings import Finding
from asnforge.grouping import codes
from asnforge.rules.templates import file_name_key, is_unsafe_path_part

_PRODUCT_HINT = "change product of the rule"
_FILE_HINT = "change file_name of the rule, or of keywords in ruleset.yaml"


@dataclass(frozen=True, slots=True)
class Separated:
    """Associations by whether they can be written.

    Attributes
    ----------
    writable : tuple of Association
        Those whose file is theirs alone.
    findings : tuple of Finding
        An error for each file that cannot be written, with all associations that it would contain.
    """

    writable: tuple[Association, ...]
    findings: tuple[Finding, ...]


def separate_files(associations: Iterable[Association], pool: str) -> Separated:
    """Keep the associations that can be written; of several that would be the same file, on any system, none is.

    Parameters
    ----------
    associations : iterable of Association
        All associations that go to one folder.
    pool : str
        The path of their pool, for findings.
    """
    associations = tuple(associations)
    by_file: dict[str, list[Association]] = defaultdict(list)
    for association in associations:
        by_file[file_name_key(association.file_name)].append(association)
    findings = tuple(finding for same in by_file.values() for finding in _faults(same, pool))
    if not findings:
        return Separated(associations, ())
    writable = (one for one in associations if not any(_faults(by_file[file_name_key(one.file_name)], pool)))
    return Separated(tuple(writable), findings)


def _faults(same: list[Association], pool: str) -> Iterator[Finding]:
    """What keeps the associations of a file from being written."""
    name = same[0].file_name
    if name in ("", ".", "..") or is_unsafe_path_part(name):
        message = f"{_named(same)} would be written to {name!r}, which is not the name of a file in the folder"
        yield Finding(codes.OUTSIDE.code, message, pool, hint=_FILE_HINT)
        return
    products = [product.name for one in same for product in one.products]
    if any(map(is_unsafe_path_part, products)):
        message = f"{_named(same)} would have a product whose files are outside the folder"
        yield Finding(codes.OUTSIDE.code, message, pool, hint=_PRODUCT_HINT)
    elif not all(products):
        message = f"{_named(same)} has a product without a name"
        yield Finding(codes.BREAKS_SCHEMA.code, message, pool, hint=_PRODUCT_HINT)
    elif len(same) > 1:
        spellings = " and ".join(dict.fromkeys(one.file_name for one in same))
        note = " where letter case does not count" if spellings != name else ""
        message = f"{_named(same)} would be the same file {spellings}{note}: none of them is written"
        hint = f"{_FILE_HINT}: {{product}}, or name parts of the rule, the scope and the sequence, distinguish files"
        yield Finding(codes.SAME_FILE.code, message, pool, hint=hint)


def _named(same: list[Association]) -> str:
    named = [f"{one.asn_rule} in {one.asn_id} (product {one.products[0].name})" for one in same[:2]]
    more = len(same) - len(named)
    return " and ".join(named) + (f" and {more} more" if more else "")
