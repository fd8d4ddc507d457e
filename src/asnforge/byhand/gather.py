"""Gather associations and the files of their members in one folder, where any pipeline finds them."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from asnforge.asnfiles.write import make_folder
from asnforge.byhand.association_file import AssociationFile, read_association, write_association
from asnforge.findings import Finding, FindingCode, InputError

Means = Literal["link", "copy"]

MISSING_MEMBER = FindingCode(
    "A130",
    "a member's file does not exist",
    "The pipeline looks for a member by its expname, from the folder of the association, and there is no such file.",
    wrong='"expname": "x_cal.fits", and no x_cal.fits next to the association',
    right='"expname": "../night/x_cal.fits"',
)
NAME_CONFLICT = FindingCode(
    "A131",
    "two files of the same name cannot be gathered in one folder",
    "Two members, or a member and a file that is in the folder already, have the same file name and are different files.",
    wrong="a/x_cal.fits and b/x_cal.fits",
    right="a/x_cal.fits alone",
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered.

    Attributes
    ----------
    associations : tuple of str
        The association files that were written.
    files : int
        How many files of members are in the folder.
    findings : tuple of Finding
        Warnings about the associations.
    """

    associations: tuple[str, ...]
    files: int
    findings: tuple[Finding, ...]


def gather(paths: Sequence[str], folder: str, means: Means = "link") -> Gathered:
    """Copy associations into a folder, with the files of their members, so that members have bare names.

    Parameters
    ----------
    paths : sequence of str
        Association files.
    folder : str
        The folder, which is created if it is missing.
    means : {"link", "copy"}
        Whether members become symbolic links or copies.

    Raises
    ------
    InputError
        A file cannot be read, a member's file does not exist, or two files have the same name; nothing is done then.
    """
    associations = [read_association(path) for path in paths]
    sources: dict[str, str] = {}
    findings: list[Finding] = []
    gathered: list[tuple[str, AssociationFile]] = []
    for association in associations:
        content = copy.deepcopy(dict(association.content))
        result = replace(association, content=content)
        for member in result.members():
            source = association.member_path(member["expname"])
            name = os.path.basename(source)  # noqa: PTH119
            if not os.path.isfile(source):  # noqa: PTH113
                findings.append(
                    MISSING_MEMBER.finding("there is no {expname}", association.path, expname=member["expname"])
                )
                continue
            if not _is_free(name, source, sources, folder):
                message = "another file of the name {name} is gathered or in the folder already"
                findings.append(NAME_CONFLICT.finding(message, association.path, name=name, source=source))
            sources.setdefault(name, source)
            member["expname"] = name
        gathered.append((os.path.join(folder, os.path.basename(association.path)), result))  # noqa: PTH118, PTH119
    if findings:
        raise InputError(*findings)
    make_folder(Path(folder))
    for name, source in sources.items():
        _place(source, os.path.join(folder, name), means)  # noqa: PTH118
    warnings = [finding for path, result in gathered for finding in write_association(result, path)]
    return Gathered(tuple(path for path, _ in gathered), len(sources), tuple(warnings))


def _is_free(name: str, source: str, sources: dict[str, str], folder: str) -> bool:
    """Whether no other file has the name: neither one that is gathered, nor one in the folder."""
    real = os.path.realpath(source)
    if name in sources:
        return os.path.realpath(sources[name]) == real
    target = os.path.join(folder, name)  # noqa: PTH118
    return not os.path.lexists(target) or os.path.realpath(target) == real or _same_content(target, source)


def _same_content(target: str, source: str) -> bool:
    import filecmp

    return os.path.isfile(target) and filecmp.cmp(target, source, shallow=False)  # noqa: PTH113


def _place(source: str, target: str, means: Means) -> None:
    if os.path.lexists(target):
        return
    if means == "link":
        os.symlink(os.path.relpath(os.path.realpath(source), os.path.realpath(os.path.dirname(target))), target)  # noqa: PTH120, PTH211
    else:
        shutil.copyfile(source, target)
