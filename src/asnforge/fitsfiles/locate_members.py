"""Members that exist: the path to the file of each member, and a finding for each member whose file is missing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from asnforge.associations.model import Association, Member, Product
from asnforge.findings import Finding, FindingCode, Severity
from asnforge.fitsfiles.exposures import Exposure
from asnforge.rules.header_mapping import ProductNames
from asnforge.rules.pipelines import Pipelines
from asnforge.rules.rule import SCIENCE

PathStyle = Literal["relative", "absolute", "bare"]

MISSING_FILE = FindingCode(
    "G123",
    "a member's file is not among the files",
    "The pipeline needs a product of an exposure, and the folder has only other products of it. The message names the product "
    "that exists, and what makes the missing one from it. --present-only leaves out members without a file.",
    wrong="jw01234001001_02101_00001_nrs1_cal.fits, and a background member jw01234001001_02101_00001_nrs1_x1d.fits",
    right="both files",
)


@dataclass(frozen=True, slots=True)
class MemberFiles:
    """How members are written.

    Attributes
    ----------
    style : {"relative", "absolute", "bare"}
        A member's name is the path from the output folder to the file, its absolute path, or the file's name alone.
    present_only : bool
        Members without a file are left out, and associations without science members with them.
    suffix : str
        The suffix of home-made products, which are used, where they exist, in place of those that `ProductNames.replaceable`
        lists.
    """

    style: PathStyle = "relative"
    present_only: bool = False
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class LocatedMembers:
    """Associations whose members are files that exist.

    Attributes
    ----------
    associations : tuple of Association
        The associations, with paths as the names of their members.
    findings : tuple of Finding
        Members whose files are missing.
    not_read : int
        How many missing members the pipelines do not read, so nothing is lost.
    left_out : int
        How many associations were left out, as they have no science member with a file.
    """

    associations: tuple[Association, ...]
    findings: tuple[Finding, ...]
    not_read: int = 0
    left_out: int = 0


class MemberLocator:
    """Finds the files of members among the products of exposures.

    Parameters
    ----------
    exposures : iterable of Exposure
        The exposures.
    names : ProductNames
        What file names say.
    output : path
        The folder of the association files.
    options : MemberFiles
        How members are written.
    """

    def __init__(
        self, exposures: Iterable[Exposure], names: ProductNames, output: str | Path, options: MemberFiles
    ) -> None:
        self._products: Mapping[str, Mapping[str, str]] = {
            exposure.root.casefold(): {suffix.casefold(): file.path for suffix, file in exposure.products.items()}
            for exposure in exposures
        }
        self._names = names
        self._output = os.path.realpath(output)
        self._options = options
        self._located: dict[str, str] = {}

    def locate(self, expname: str) -> str | None:
        """The name under which a pipeline finds the file of a member; None if there is no such file."""
        if expname not in self._located:
            self._located[expname] = self._written(self._file(expname))
        return self._located[expname] or None

    def others(self, expname: str) -> Sequence[str]:
        """The files of other products of a member's exposure, the least processed first."""
        parts = self._names.split(expname)
        return list(self._products.get(parts[0].casefold(), {}).values()) if parts is not None else []

    def maker(self, expname: str) -> str:
        """What makes a member's product; empty if the rule set does not say it."""
        parts = self._names.split(expname)
        return self._names.made_by.get(parts[1].casefold(), "") if parts is not None else ""

    def _file(self, expname: str) -> str:
        parts = self._names.split(expname)
        if parts is None:
            return ""
        products, suffix = self._products.get(parts[0].casefold(), {}), parts[1].casefold()
        if self._options.suffix and suffix in self._names.replaceable:
            own = products.get(self._options.suffix.casefold().lstrip("_"))
            if own is not None:
                return own
        return products.get(suffix, "")

    def _written(self, file: str) -> str:
        if not file:
            return ""
        match self._options.style:
            case "bare":
                return os.path.basename(file)  # noqa: PTH119
            case "absolute":
                return os.path.abspath(file)  # noqa: PTH100
            case "relative":
                folder, name = os.path.split(file)
                return os.path.normpath(os.path.join(os.path.relpath(os.path.realpath(folder), self._output), name))  # noqa: PTH118


def locate_members(
    associations: Iterable[Association], locator: MemberLocator, pipelines: Pipelines, *, present_only: bool = False
) -> LocatedMembers:
    """Associations with the paths of their members.

    Parameters
    ----------
    associations : iterable of Association
        The associations, with the names that rules give to members.
    locator : MemberLocator
        Finds the files.
    pipelines : Pipelines
        Which exptypes each pipeline reads: a missing file that it does not read is not reported.
    present_only : bool
        Members without a file are left out.
    """
    located: list[Association] = []
    missing: dict[tuple[str, str, Severity], list[str]] = {}
    unread: set[str] = set()
    left_out = 0
    for association in associations:
        asn_type = pipelines.find(association.asn_type)
        products = []
        for product in association.products:
            members = []
            for member in product.members:
                path = locator.locate(member.expname)
                if path is None:
                    if asn_type is not None and asn_type.reads and member.exptype not in asn_type.reads:
                        unread.add(member.expname)
                    else:
                        severity: Severity = "error" if member.exptype == SCIENCE else "warning"
                        key = (member.expname, member.exptype, severity)
                        missing.setdefault(key, []).append(association.file_name)
                    if present_only:
                        continue
                members.append(member if path is None else replace(member, expname=path))
            products.append(Product(product.name, tuple(members)))
        if present_only:
            products = [product for product in products if _has_science(product.members)]
        if products:
            located.append(replace(association, products=tuple(products)))
        else:
            left_out += 1
    findings = tuple(
        _missing(expname, exptype, "warning" if present_only else severity, files, locator)
        for (expname, exptype, severity), files in sorted(missing.items())
    )
    return LocatedMembers(tuple(located), findings, len(unread), left_out)


def _has_science(members: Sequence[Member]) -> bool:
    return any(member.exptype == SCIENCE for member in members)


def _missing(
    expname: str, exptype: str, severity: Severity, associations: Sequence[str], locator: MemberLocator
) -> Finding:
    others, maker = locator.others(expname), locator.maker(expname)
    message = "needs {expname} ({exptype}), which is not among the files"
    if others:
        message += "; there is {nearest}"
    used = Counter(associations)
    return MISSING_FILE.finding(
        message + ("" if len(used) == 1 else " (in {count:association})"),
        associations[0],
        hint=f"run {maker} first" if others and maker else "" if others else "download it",
        severity=severity,
        expname=expname,
        exptype=exptype,
        nearest=os.path.basename(others[-1]) if others else None,  # noqa: PTH119
        count=len(used),
        associations=tuple(used),
    )
