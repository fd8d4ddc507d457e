"""What an association combines: its members by exptype, whether their files exist, and what their headers say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asnforge.byhand.association_file import read_association
from asnforge.findings import FindingCode, InputError, pluralize, printable
from asnforge.fitsfiles.read_headers import read_headers
from asnforge.overview.setups import setup_columns
from asnforge.rules.ruleset import Ruleset

NO_MEMBERS_LISTED = FindingCode(
    "A132",
    "the FITS file does not list what it was made from",
    "A combined product lists the files that it was made from in the table HDRTAB, and this file has none. It is a product of "
    "one exposure, or of other software.",
    wrong="asnforge show x_cal.fits",
    right="asnforge show x_i2d.fits",
)


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
    """A product with its members."""

    name: str
    members: tuple[ShownMember, ...]

    def lines(self) -> Iterator[str]:
        """The product as text: the members of each exptype below a heading with what they have in common."""
        yield f"{printable(self.name)}: {pluralize(len(self.members), 'member')}"
        exptypes = dict.fromkeys(member.exptype for member in self.members)
        for exptype in exptypes:
            members = [member for member in self.members if member.exptype == exptype]
            missing = sum(member.exists is False for member in members)
            common = set.intersection(*(set(member.cells) for member in members))
            shared = " ".join(f"{name}={value}" for name, value in members[0].cells if (name, value) in common)
            heading = f"  {printable(exptype)} ({len(members)}" + (f", {missing} missing)" if missing else ")")
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
        An association file, or a combined product whose table HDRTAB lists its members.
    ruleset : Ruleset
        How headers are read, and which columns define a setup.

    Raises
    ------
    InputError
        The file cannot be read, or lists no members.
    """
    if path.casefold().endswith((".fits", ".fits.gz")):
        return (ShownProduct(os.path.basename(path), _of_fits(path)),)  # noqa: PTH119
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
        products.append(ShownProduct(product["name"], tuple(members)))
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


def _of_fits(path: str) -> tuple[ShownMember, ...]:
    from astropy.io import fits

    try:
        with fits.open(path) as hdus:
            table = hdus["HDRTAB"].data if "HDRTAB" in hdus else None
            names = [] if table is None else [str(name).strip() for name in table["FILENAME"]]
    except (OSError, KeyError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(NO_MEMBERS_LISTED.finding("the file cannot be read: {reason}", path, reason=reason)) from error
    if not names:
        raise InputError(NO_MEMBERS_LISTED.finding("the file has no table HDRTAB with the names of its members", path))
    return tuple(ShownMember(name, "science", None, ()) for name in names)
