"""An association file as a value that can be changed: read it, and write it again whole and valid."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from asnforge.asnfiles.read_text import decode, read_bytes
from asnforge.asnfiles.validate import validate_bytes
from asnforge.atomic import write_atomically
from asnforge.findings import Finding, FindingCode, InputError

UNUSABLE = FindingCode(
    "A126",
    "a file that is not a valid association cannot be changed",
    "A file is changed or gathered only if it can be read as an association. Run asnforge validate, and fix the errors first.",
    wrong='{"asn_id": "o001"}',
    right='{"asn_id": "o001", "asn_pool": "none", "products": [{"name": "x", "members": [...]}]}',
)


@dataclass(frozen=True, slots=True)
class AssociationFile:
    """An association file with all of its keywords, those that asnforge does not know too.

    Attributes
    ----------
    path : str
        The file as the user named it.
    content : mapping
        The keywords, in the order of the file.
    findings : tuple of Finding
        Warnings about the file.
    """

    path: str
    content: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of the file, from which the names of members are resolved."""
        return os.path.dirname(self.path) or "."  # noqa: PTH120

    def members(self) -> Iterator[dict[str, Any]]:
        """The members of all products."""
        for product in self.content["products"]:
            yield from product["members"]

    def member_path(self, expname: str) -> str:
        """The file of a member: its name, relative to the folder of the association."""
        return os.path.join(self.folder, expname)  # noqa: PTH118


def read_association(path: str) -> AssociationFile:
    """Read an association file.

    Raises
    ------
    InputError
        The file cannot be read, or has errors; with all of them.
    """
    data = read_bytes(path)
    findings = validate_bytes(data, path)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InputError(UNUSABLE.finding("the file is not a valid association", path), *errors)
    text, _ = decode(data, path)
    return AssociationFile(path, json.loads(text), findings)


def write_association(association: AssociationFile, path: str) -> tuple[Finding, ...]:
    """Write an association, whole and only if it is valid.

    Returns
    -------
    tuple of Finding
        Warnings about what was written.

    Raises
    ------
    InputError
        The association has errors, or the file cannot be written; nothing is written then.
    """
    data = msgspec.json.format(msgspec.json.encode(association.content), indent=4) + b"\n"
    findings = validate_bytes(data, path)
    if any(finding.severity == "error" for finding in findings):
        raise InputError(*findings)
    write_atomically(path, data, follow=True)
    return findings
