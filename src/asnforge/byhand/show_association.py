"""What an association combines: its members by exptype, whether their files exist, and what their headers say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from asnforge.byhand.association_file import read_association
from asnforge.findings import FindingCode, InputError, pluralize, printable
from asnforge.fitsfiles.cards import read_cards
from asnforge.fitsfiles.read_headers import read_headers
from asnforge.overview.setups import setup_columns
from asnforge.rules.header_mapping import FITS_ENDINGS, CombinedProducts
from asnforge.rules.ruleset import Ruleset

NO_MEMBERS_LISTED = FindingCode(
    "A132",
    "the FITS file does not say what it was made from",
    "A product of several exposures names its association in its header, or lists the files that it was made from in a table; "
    "the rule set declares where, under 'combined'. This file does neither: it is of one exposure, or of other software.",
    wrong="asnforge show x_cal.fits",
    right="asnforge show x_i2d.fits",
)

_NO_ASSOCIATION = ("", "none", "null")


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member with what is known of its file.

    Attributes
    ----------
    expname, exptype : str
        As in the association.
    exists : bool or None
        Whether the file exists; None if that is not known, as for a combined product.
    cells : tuple of str
        The values of the columns that define a setup, as far as the header has them.
    """

    expname: str
    exptype: str
    exists: bool | None
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product with its members, and a sentence that says where they are from, if that is not the file itself.

    The name is None if the association does not name the product, as the format allows.
    """

    name: str | None
    members: tuple[ShownMember, ...]
    source: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The product for JSON."""
        members = [asdict(member) | {"cells": dict(member.cells)} for member in self.members]
        return {"name": self.name, "source": self.source or None, "members": members}

    def lines(self) -> Iterator[str]:
        """The product as text: the members of each exptype below a heading with what they have in common."""
        if self.source:
            yield printable(self.source)
        if self.source and not self.members:
            return
        name = "a product without a name" if self.name is None else printable(self.name)
        yield f"{name}: {pluralize(len(self.members), 'member')}"
        exptypes = dict.fromkeys(member.exptype for member in self.members)
        for exptype in exptypes:
            members = [member for member in self.members if member.exptype == exptype]
            missing = sum(member.exists is False for member in members)
            common = set.intersection(*(set(member.cells) for member in members))
            shared = " ".join(f"{name}={value}" for name, value in members[0].cells if (name, value) in common)
            heading = f"  {printable(exptype or 'files')} ({len(members)}" + (
                f", {missing} missing)" if missing else ")"
            )
            yield heading + (f"  {printable(shared)}" if shared else "")
            for member in members:
                own = " ".join(f"{name}={value}" for name, value in member.cells if (name, value) not in common)
                note = "  missing" if member.exists is False else ""
                yield f"    {printable(member.expname)}" + (f"  {printable(own)}" if own else "") + note


def describe(path: str, ruleset: Ruleset) -> tuple[ShownProduct, ...]:
    """What an association file, or a FITS file made from one, combines.

    Parameters
    ----------
    path : str
        An association file, or a combined product that names its association or lists its members.
    ruleset : Ruleset
        How headers are read, what combined products say, and which columns define a setup.

    Raises
    ------
    InputError
        The file cannot be read, or lists no members.
    """
    if path.casefold().endswith(FITS_ENDINGS):
        return _of_fits(path, ruleset)
    association = read_association(path)
    files = [association.member_path(member["expname"]) for member in association.members()]
    cells = _cells([file for file in files if os.path.isfile(file)], ruleset)  # noqa: PTH113
    products = []
    for product in association.content["products"]:
        members = []
        for member in product["members"]:
            file = association.member_path(member["expname"])
            exists = os.path.isfile(file)  # noqa: PTH113
            members.append(ShownMember(member["expname"], member["exptype"], exists, cells.get(file, ())))
        products.append(ShownProduct(product.get("name"), tuple(members)))
    return tuple(products)


def _cells(files: list[str], ruleset: Ruleset) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The values of the columns that define a setup, and of the observation, by file."""
    mapping = ruleset.headers
    if mapping is None:
        return {}
    columns = setup_columns(ruleset)
    names = dict.fromkeys((*columns.setup, *columns.within))
    if mapping.candidates is not None:
        names = dict.fromkeys((mapping.candidates.program, mapping.candidates.observation, *names))
    headers = read_headers(files, mapping.keywords())
    chosen = [column for name in names for column in mapping.columns if column.name == name]
    return {
        file: tuple(
            (column.name, value)
            for column in chosen
            if (value := column.cell(header.cards)).casefold() not in ruleset.undefined
        )
        for file, header in headers.items()
    }


def _of_fits(path: str, ruleset: Ruleset) -> tuple[ShownProduct, ...]:
    """The members of a combined product: those of its association, if that is found, else those that its table lists."""
    combined = ruleset.headers.combined if ruleset.headers is not None else CombinedProducts()
    name = os.path.basename(path)  # noqa: PTH119
    header = read_cards(path, [combined.association] if combined.association else [])
    if header.problem:
        raise InputError(NO_MEMBERS_LISTED.finding("the file cannot be read: {reason}", path, reason=header.problem))
    association = header.cards.get(combined.association, "")
    if association.casefold() in _NO_ASSOCIATION:
        association = ""
    file = _found_near(path, association) if association else None
    if file is not None:
        return tuple(replace(product, source=f"{name}: made from {file}") for product in describe(file, ruleset))
    listed = tuple(ShownMember(member, "", None, ()) for member in _listed(path, combined))
    if not listed and not association:
        message = "the file does not say which files or association it was made from"
        raise InputError(NO_MEMBERS_LISTED.finding(message, path))
    where = f"{name}: made from {association}, which is not near it" if association else ""
    return (ShownProduct(name, listed, where),)


def _found_near(path: str, association: str) -> str | None:
    """An association file in the folder of a product, or in a folder next to that, as in a download from an archive."""
    folder = os.path.dirname(path)  # noqa: PTH120
    name = os.path.basename(association)  # noqa: PTH119
    parent = os.path.join(folder, os.pardir) if folder else os.pardir  # noqa: PTH118
    with os.scandir(parent) as entries:
        neighbors = sorted(entry.name for entry in entries if entry.is_dir())
    files = [os.path.join(folder, name)]  # noqa: PTH118
    files += (os.path.normpath(os.path.join(parent, neighbor, name)) for neighbor in neighbors)  # noqa: PTH118
    return next(filter(os.path.isfile, files), None)


def _listed(path: str, combined: CombinedProducts) -> list[str]:
    """The names of files in the table of a combined product."""
    if not combined.table:
        return []
    from astropy.io import fits

    try:
        with fits.open(path) as hdus:
            table = hdus[combined.table].data if combined.table in hdus else None
            return [] if table is None else [str(name).strip() for name in table[combined.column]]
    except (OSError, KeyError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(NO_MEMBERS_LISTED.finding("the file cannot be read: {reason}", path, reason=reason)) from error
