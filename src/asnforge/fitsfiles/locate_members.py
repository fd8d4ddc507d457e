"""Members that exist: the path to the file of each member, and a finding for each member whose file is missing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from asnforge.associations.model import Association, Product
from asnforge.findings import Finding, FindingCode
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
    wrong="ly001_1_red_flat.fits, and a background member ly001_1_red_spec.fits",
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
        self.options = options
        self._located: dict[str, str] = {}

    def locate(self, expname: str) -> str | None:
        """The name under which a pipeline finds the file of a member; None if there is no such file."""
        if expname not in self._located:
            self._located[expname] = self._written(self._file(expname))
        return self._located[expname] or None

    def others(self, expname: str) -> Sequence[str]:
        """The files of other products of a member's exposure, the least processed first."""
        return list(self._parts(expname)[0].values())

    def maker(self, expname: str) -> str:
        """What makes a member's product; empty if the rule set does not say it."""
        return self._names.made_by.get(self._parts(expname)[1], "")

    def _parts(self, expname: str) -> tuple[Mapping[str, str], str]:
        """The products of a member's exposure, and the suffix of the member."""
        parts = self._names.split(expname)
        return ({}, "") if parts is None else (self._products.get(parts[0].casefold(), {}), parts[1].casefold())

    def _file(self, expname: str) -> str:
        products, suffix = self._parts(expname)
        if self.options.suffix and suffix in self._names.replaceable:
            own = products.get(self.options.suffix.casefold().lstrip("_"))
            if own is not None:
                return own
        return products.get(suffix, "")

    def _written(self, file: str) -> str:
        if not file:
            return ""
        match self.options.style:
            case "bare":
                return os.path.basename(file)  # noqa: PTH119
            case "absolute":
                return os.path.abspath(file)  # noqa: PTH100
            case "relative":
                folder, name = os.path.split(file)
                return os.path.normpath(os.path.join(os.path.relpath(os.path.realpath(folder), self._output), name))  # noqa: PTH118


def locate_members(
    associations: Iterable[Association], locator: MemberLocator, pipelines: Pipelines
) -> tuple[tuple[Association, ...], tuple[Finding, ...]]:
    """Associations with the paths of their members, and findings about members whose files are missing.

    Parameters
    ----------
    associations : iterable of Association
        The associations, with the names that rules give to members.
    locator : MemberLocator
        Finds the files.
    pipelines : Pipelines
        Which exptypes each pipeline reads: a missing file that it does not read is not reported.
    """
    present_only = locator.options.present_only
    located: list[Association] = []
    missing: dict[tuple[str, str], dict[str, None]] = {}
    for association in associations:
        asn_type = pipelines.find(association.asn_type)
        products = []
        for product in association.products:
            members = []
            for member in product.members:
                path = locator.locate(member.expname)
                if path is not None:
                    members.append(replace(member, expname=path))
                    continue
                if asn_type is None or not asn_type.reads or member.exptype in asn_type.reads:
                    missing.setdefault((member.expname, member.exptype), {})[association.file_name] = None
                if not present_only:
                    members.append(member)
            if not present_only or any(member.exptype == SCIENCE for member in members):
                products.append(Product(product.name, tuple(members)))
        if products:
            located.append(replace(association, products=tuple(products)))
    findings = (_missing(*member, tuple(files), locator) for member, files in sorted(missing.items()))
    return tuple(located), tuple(findings)


def _missing(expname: str, exptype: str, associations: Sequence[str], locator: MemberLocator) -> Finding:
    others, maker = locator.others(expname), locator.maker(expname)
    message = "needs {expname} ({exptype}), which is not among the files"
    if others:
        message += "; there is {nearest}"
    if len(associations) > 1:
        message += " (in {count:association})"
    is_error = exptype == SCIENCE and not locator.options.present_only
    return MISSING_FILE.finding(
        message,
        associations[0],
        hint=f"run {maker} first" if others and maker else "" if others else "download it",
        severity="error" if is_error else "warning",
        expname=expname,
        exptype=exptype,
        nearest=os.path.basename(others[-1]) if others else None,  # noqa: PTH119
        count=len(associations),
        associations=tuple(associations),
    )
