"""An association file as a value that can be changed: read it, and write it again whole and valid."""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from asnforge.asnfiles.read_text import decode, read_bytes
from asnforge.asnfiles.staging import make_folder
from asnforge.asnfiles.validate import validate_bytes
from asnforge.associations.member_paths import written_path
from asnforge.atomic import write_atomically
from asnforge.findings import Finding, FindingCode, InputError, pluralize

if TYPE_CHECKING:
    from asnforge.rules.ruleset import Ruleset

UNUSABLE = FindingCode(
    "A126",
    "a file that is not a valid association cannot be changed",
    "A file is changed or gathered only if it can be read as an association. Run asnforge validate, and fix the errors first.",
    wrong='{"asn_id": "o001"}',
    right='{"asn_id": "o001", "asn_pool": "none", "products": [{"name": "x", "members": [...]}]}',
)
OTHER_FILE = FindingCode(
    "A142",
    "an association would replace a file that is not one",
    "The file that is to be written exists, and it is something else, such as the FITS file of a member.",
    wrong="asnforge new a_cal.fits -o a_cal.fits",
    right="asnforge new a_cal.fits -o a_asn.json",
)

_START = 100_000


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

    def moved_to(self, folder: str) -> AssociationFile:
        """The association for another folder: relative paths of files that exist are named from there."""
        if os.path.realpath(folder) == os.path.realpath(self.folder):
            return self
        moved = replace(self, content=copy.deepcopy(dict(self.content)))
        for member in moved.members():
            file = self.member_path(member["expname"])
            if not os.path.isabs(member["expname"]) and os.path.exists(file):  # noqa: PTH110, PTH117
                member["expname"] = written_path(file, "relative", os.path.realpath(folder))
        return moved

    def member_counts(self) -> str:
        """``2 science and 1 background members``."""
        counts = Counter(member["exptype"] for member in self.members())
        *most, last = (f"{count} {exptype}" for exptype, count in counts.items())
        noun = pluralize(counts.total(), "member").partition(" ")[2]
        return f"{', '.join(most)} and {last} {noun}" if most else f"{last} {noun}"


def read_association(path: str, ruleset: Ruleset | None = None) -> AssociationFile:
    """Read an association file.

    Parameters
    ----------
    path : str
        The file.
    ruleset : Ruleset or None
        The rule set that declares what pipelines need, for the findings; what they need may still be missing.

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
    if ruleset is not None:
        findings = validate_bytes(data, path, ruleset)
    return AssociationFile(path, json.loads(text), findings)


def write_association(association: AssociationFile, path: str, ruleset: Ruleset | None = None) -> tuple[Finding, ...]:
    """Write an association, whole and only if it is valid.

    Parameters
    ----------
    association : AssociationFile
        The association.
    path : str
        Its file, which may be an association already, but not another kind of file. Members are named from its folder,
        which is created if it is missing.
    ruleset : Ruleset or None
        The rule set that declares what pipelines need; None: only what applies to every association is checked.

    Returns
    -------
    tuple of Finding
        Warnings about what was written.

    Raises
    ------
    InputError
        The association has errors that were not in the file that it was read from, or the file cannot be written; nothing
        is written then.
    """
    data, findings = encode_valid(association, path, ruleset)
    make_folder(Path(path).parent)
    write_atomically(path, data, follow=True)
    return findings


def encode_valid(
    association: AssociationFile, path: str, ruleset: Ruleset | None = None
) -> tuple[bytes, tuple[Finding, ...]]:
    """The bytes of an association for a file, with warnings; arguments and errors as for `write_association`."""
    association = association.moved_to(os.path.dirname(path) or ".")  # noqa: PTH120
    data = msgspec.json.format(msgspec.json.encode(association.content), indent=4) + b"\n"
    findings = tuple(replace(finding, line=None, column=None) for finding in validate_bytes(data, path, ruleset))
    known = {(finding.code, finding.message) for finding in association.findings}
    if any(each.severity == "error" and (each.code, each.message) not in known for each in findings):
        raise InputError(*findings)
    if os.path.isfile(path) and not _is_replaceable(path):  # noqa: PTH113
        message, hint = "the file is not an association and would be replaced", "choose another file"
        raise InputError(OTHER_FILE.finding(message, path, hint=hint))
    return data, findings


def _is_replaceable(path: str) -> bool:
    """Whether a file is empty or contains an association, valid or not."""
    with open(path, "rb") as file:  # noqa: PTH123
        start = file.read(_START)
    return not start.strip() or (start.lstrip()[:1] == b"{" and (b'"asn_' in start or b'"products"' in start))
