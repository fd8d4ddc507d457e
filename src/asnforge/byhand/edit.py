"""Add members to an association, remove them, and find their files."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from asnforge.associations.member_paths import written_path
from asnforge.byhand.association_file import AssociationFile
from asnforge.byhand.check_members import files_below
from asnforge.findings import FindingCode, InputError, did_you_mean, suggestion
from asnforge.patterns import find_files

NO_MEMBER = FindingCode(
    "A127",
    "the association has no such member",
    "A member is named by its expname, its file name without folder, or a pattern of either, and none matches.",
    wrong="asnforge edit x_asn.json --remove ly001_1_red_falt.fits",
    right="asnforge edit x_asn.json --remove ly001_1_red_flat.fits",
)
ALREADY_MEMBER = FindingCode(
    "A128",
    "the file is a member already",
    "A file that is added is a member with the same exptype, so the pipeline would read it twice.",
    wrong="asnforge edit x_asn.json --add a_cal.fits --add a_cal.fits",
    right="asnforge edit x_asn.json --add a_cal.fits --add b_cal.fits",
)
NOT_LOCATED = FindingCode(
    "A129",
    "a member's file is not found",
    "No file below the folder has the name of the member, or several do, so its path cannot be written; or a file to add does "
    "not exist.",
    wrong="asnforge edit x_asn.json --locate empty/",
    right="asnforge edit x_asn.json --locate night/",
)


@dataclass(frozen=True, slots=True)
class Addition:
    """A file to add.

    Attributes
    ----------
    path : str
        The file, or a pattern of files, from the current folder.
    exptype : str
        The exptype of the member.
    """

    path: str
    exptype: str


def edited(
    association: AssociationFile,
    add: Sequence[Addition] = (),
    remove: Sequence[str] = (),
    *,
    product: str | None = None,
    locate: str | None = None,
) -> AssociationFile:
    """A changed copy of an association.

    Parameters
    ----------
    association : AssociationFile
        The association.
    add : sequence of Addition
        Files to add, to the first product or the one named by `product`; written as paths from the association's folder.
    remove : sequence of str
        Members to remove from it: names, file names without folder, or patterns.
    product : str or None
        The name of the product.
    locate : str or None
        A folder below which the file of each member is searched, to write its path.

    Raises
    ------
    InputError
        There is no such product or member, a member would be twice, or a file is not found.
    """
    content = copy.deepcopy(dict(association.content))
    result = replace(association, content=content)
    members = _product(content, product, association.path)["members"]
    for pattern in remove:
        kept = [member for member in members if not _is_named(member["expname"], pattern)]
        if len(kept) == len(members):
            names = [os.path.basename(member["expname"]) for member in members]  # noqa: PTH119
            message = "there is no member {name}"
            hint = suggestion(os.path.basename(pattern), names)  # noqa: PTH119
            raise InputError(NO_MEMBER.finding(message, association.path, hint=hint, name=pattern))
        members[:] = kept
    for addition in add:
        for path in _added_files(addition.path, association.path):
            expname = written_path(path, "relative", os.path.realpath(association.folder))
            key = (os.path.normpath(expname), addition.exptype)
            if any((os.path.normpath(member["expname"]), member["exptype"]) == key for member in members):
                message = "{name} is a {exptype} member already"
                raise InputError(
                    ALREADY_MEMBER.finding(message, association.path, name=expname, exptype=addition.exptype)
                )
            members.append({"expname": expname, "exptype": addition.exptype})
    if locate is not None:
        _locate(result.members(), result, locate)
    return result


def _added_files(path: str, association: str) -> list[str]:
    """The file that is added, or those that match a pattern."""
    files = [path] if os.path.isfile(path) else find_files(path)  # noqa: PTH113
    if not files:
        near = os.listdir(os.path.dirname(path) or ".") if os.path.isdir(os.path.dirname(path) or ".") else []  # noqa: PTH112, PTH120, PTH208
        closest = did_you_mean(os.path.basename(path), near)  # noqa: PTH119
        hint = f"did you mean {closest}?" if closest else ""
        raise InputError(NOT_LOCATED.finding("there is no file {path}", association, hint=hint, path=path))
    return files


def _product(content: dict[str, Any], name: str | None, path: str) -> dict[str, Any]:
    products: list[dict[str, Any]] = content["products"]
    if name is None:
        return products[0]
    for product in products:
        if product.get("name") == name:
            return product
    hint = suggestion(name, [product["name"] for product in products if "name" in product])
    raise InputError(NO_MEMBER.finding("there is no product {name}", path, hint=hint, name=name))


def _is_named(expname: str, pattern: str) -> bool:
    name = os.path.basename(expname)  # noqa: PTH119
    return pattern in (expname, name) or fnmatchcase(expname, pattern) or fnmatchcase(name, pattern)


def _locate(members: Iterable[dict[str, Any]], association: AssociationFile, folder: str) -> None:
    """Give each member the path to the one file of its name below a folder."""
    by_name: dict[str, list[str]] = {}
    for path in files_below(folder):
        by_name.setdefault(os.path.basename(path), []).append(path)  # noqa: PTH119
    findings = []
    for member in members:
        name = os.path.basename(member["expname"])  # noqa: PTH119
        paths = by_name.get(name, [])
        if len(set(map(os.path.realpath, paths))) == 1:
            member["expname"] = written_path(paths[0], "relative", os.path.realpath(association.folder))
        else:
            message = (
                "{name} is not below {folder}" if not paths else "{count:file} below {folder} have the name {name}"
            )
            findings.append(
                NOT_LOCATED.finding(
                    message, association.path, name=name, folder=folder, count=len(paths), files=tuple(paths)
                )
            )
    if findings:
        raise InputError(*findings)
