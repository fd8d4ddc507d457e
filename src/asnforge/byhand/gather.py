"""Gather associations and the files of their members in one folder, where any pipeline finds them."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from asnforge.asnfiles.staging import make_folder
from asnforge.atomic import temporary_name
from asnforge.byhand.association_file import AssociationFile, read_association, write_association
from asnforge.byhand.check_members import SAME_BASE_NAME, MemberChecker
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rules.ruleset import Ruleset

Means = Literal["link", "copy"]

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


def gather(paths: Sequence[str], folder: str, ruleset: Ruleset, means: Means = "link") -> Gathered:
    """Copy associations into a folder, with the files of their members, so that members have bare names.

    Parameters
    ----------
    paths : sequence of str
        Association files.
    folder : str
        The folder, which is created if it is missing.
    ruleset : Ruleset
        Which exptypes pipelines read, and what file names say.
    means : {"link", "copy"}
        Whether members become symbolic links, with absolute paths so that the folder can be moved, or copies.

    Raises
    ------
    InputError
        A file cannot be read, a science member's file does not exist, or two files have the same name; nothing is done then.
    """
    checker = MemberChecker(ruleset)
    sources: dict[str, str] = {}
    findings: list[Finding] = []
    gathered: dict[str, AssociationFile] = {}
    for association in map(read_association, dict.fromkeys(paths)):
        findings += (each for each in checker.findings(association.path) if each.code != SAME_BASE_NAME.code)
        result = replace(association, content=copy.deepcopy(dict(association.content)))
        for member in result.members():
            source = association.member_path(member["expname"])
            name = os.path.basename(source)  # noqa: PTH119
            member["expname"] = name
            if not os.path.isfile(source):  # noqa: PTH113
                continue
            if not _is_free(name, source, sources, folder):
                findings.append(_conflict(name, source, association.path))
            sources.setdefault(name, source)
        target = os.path.join(folder, os.path.basename(association.path))  # noqa: PTH118, PTH119
        if target in gathered:
            findings.append(_conflict(os.path.basename(target), association.path, gathered[target].path))  # noqa: PTH119
        gathered[target] = result
    if any(finding.severity == "error" for finding in findings):
        raise InputError(*findings)
    make_folder(Path(folder))
    for name, source in sources.items():
        _place(source, os.path.join(folder, name), means)  # noqa: PTH118
    for path, result in gathered.items():
        findings += write_association(replace(result, path=path), path)
    return Gathered(tuple(gathered), len(sources), tuple(findings))


def _conflict(name: str, source: str, at: str) -> Finding:
    message = "another file of the name {name} is gathered or in the folder already"
    hint = "remove it, or gather in another folder"
    return NAME_CONFLICT.finding(message, at, hint=hint, name=name, source=source)


def _is_free(name: str, source: str, sources: dict[str, str], folder: str) -> bool:
    """Whether no other file has the name: neither one that is gathered, nor one in the folder."""
    real = os.path.realpath(source)
    if name in sources:
        return os.path.realpath(sources[name]) == real
    target = os.path.join(folder, name)  # noqa: PTH118
    if not os.path.exists(target):  # a link that leads nowhere is replaced  # noqa: PTH110
        return True
    return os.path.realpath(target) == real or _same_content(target, source)


def _same_content(target: str, source: str) -> bool:
    import filecmp

    return os.path.isfile(target) and filecmp.cmp(target, source, shallow=False)  # noqa: PTH113


def _place(source: str, target: str, means: Means) -> None:
    """Link or copy a file, whole or not at all; what is there already and has the content is kept."""
    real = os.path.realpath(source)
    if os.path.exists(target) and (os.path.realpath(target) != real or _is_placed(target, real, means)):  # noqa: PTH110
        return
    temporary = os.path.join(os.path.dirname(target), temporary_name())  # noqa: PTH118, PTH120
    try:
        if means == "link":
            os.symlink(real, temporary)  # noqa: PTH211
        else:
            shutil.copy2(real, temporary)
        os.replace(temporary, target)  # noqa: PTH105
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108


def _is_placed(target: str, real: str, means: Means) -> bool:
    """Whether a target that leads to a source is the source itself, or a link that is as requested."""
    if not os.path.islink(target):  # noqa: PTH114
        return True
    return means == "link" and os.readlink(target) == real  # noqa: PTH115
