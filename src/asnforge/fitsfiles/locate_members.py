"""Members that exist: the path to the file of each member, and a finding for each member whose file is missing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from asnforge.associations.model import Association
from asnforge.findings import Finding
from asnforge.fitsfiles.missing_members import NearestFile, missing_member
from asnforge.rules.header_mapping import ProductNames
from asnforge.rules.pipelines import AsnType, Pipelines
from asnforge.rules.rule import SCIENCE


@dataclass(frozen=True, slots=True)
class MemberFiles:
    """Which files are members.

    Attributes
    ----------
    present_only : bool
        Members without a file are left out, and associations without science members with them.
    suffix : str
        The suffix of home-made products, which are used, where they exist, in place of those that `ProductNames.replaceable`
        lists.
    """

    present_only: bool = False
    suffix: str = ""


class MemberLocator:
    """Finds the files of members among the products of exposures.

    Parameters
    ----------
    files : mapping of str to mapping of str to str
        The files of products by root and suffix, as in `Pool.files`.
    names : ProductNames
        What file names say.
    options : MemberFiles
        Which files are members.
    """

    def __init__(self, files: Mapping[str, Mapping[str, str]], names: ProductNames, options: MemberFiles) -> None:
        self._products: Mapping[str, Mapping[str, str]] = {
            root.casefold(): {suffix.casefold(): file for suffix, file in products.items()}
            for root, products in files.items()
        }
        self._names = names
        self.options = options
        self._located: dict[str, str] = {}

    def is_made(self, expname: str, made: Collection[str]) -> bool:
        """Whether a member is one of the products that are `made`, or another file of one of them."""
        if expname in made or not made:
            return expname in made
        parts = self._names.split(expname)
        return parts is not None and any((other := self._names.split(name)) and other[0] == parts[0] for name in made)

    def locate(self, expname: str) -> str | None:
        """The file of a member; None if there is no such file."""
        if expname not in self._located:
            self._located[expname] = self._file(expname)
        return self._located[expname] or None

    def expected(self, expname: str) -> str:
        """The name of a member without a file: next to another product of its exposure, where a pipeline writes it."""
        nearest = self.nearest(expname)
        return expname if nearest is None else os.path.join(os.path.dirname(nearest.path), expname)  # noqa: PTH118, PTH120

    def nearest(self, expname: str) -> NearestFile | None:
        """The most processed of the other products of a member's exposure; None if there are none."""
        others = list(self._parts(expname)[0].values())
        return NearestFile(others[-1]) if others else None

    def made_by(self, expname: str) -> str:
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


def locate_members(
    associations: Iterable[Association], locator: MemberLocator, pipelines: Pipelines
) -> tuple[tuple[Association, ...], tuple[Finding, ...]]:
    """Associations with the paths of their members, and findings about members whose files are missing.

    A product that another of the associations makes has no file yet, and keeps its name.

    Parameters
    ----------
    associations : iterable of Association
        The associations, with the names that rules give to members; those that make products come before those that use them.
    locator : MemberLocator
        Finds the files.
    pipelines : Pipelines
        Which exptypes each pipeline reads.
    """
    present_only = locator.options.present_only
    located: list[Association] = []
    missing: dict[tuple[str, str], tuple[AsnType | None, list[str]]] = {}
    made: set[str] = set()
    for association in associations:
        asn_type = pipelines.find(association.asn_type)
        products = []
        for product in association.products:
            members = []
            for member in product.members:
                if locator.is_made(member.expname, made.intersection(product.needs)):
                    members.append(member)
                    continue
                path = locator.locate(member.expname)
                if path is not None:
                    members.append(replace(member, expname=path))
                    continue
                _, files = missing.setdefault((member.expname, member.exptype), (asn_type, []))
                files.append(association.file_name)
                if not present_only:
                    members.append(replace(member, expname=locator.expected(member.expname)))
            if not present_only or any(member.exptype == SCIENCE for member in members):
                products.append(replace(product, members=tuple(members)))
        if products:
            made.update(product.file for product in products if product.file)
            located.append(replace(association, products=tuple(products), has_paths=True))
    findings = (
        missing_member(
            expname,
            exptype,
            files[0],
            asn_type,
            locator.nearest(expname),
            locator.made_by(expname),
            where="which is not among the files",
            associations=tuple(files),
            is_left_out=present_only,
        )
        for (expname, exptype), (asn_type, files) in sorted(missing.items(), key=itemgetter(0))
    )
    return tuple(located), tuple(findings)
