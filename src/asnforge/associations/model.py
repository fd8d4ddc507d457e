"""Associations as values, with every keyword of the stage 3 format (docs/format.md#keywords)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asnforge.findings import html_table, pluralize, printable

if TYPE_CHECKING:
    from asnforge.associations.member_paths import PathStyle


@dataclass(frozen=True, slots=True)
class Member:
    """An exposure inside a product (docs/format.md#members).

    Attributes
    ----------
    expname : str
        The exposure's file name, as it will be named by stage 3.
    exptype : str
        The role of the exposure in the product: ``science``, ``background``, ``psf``, ...
    exposerr : str or None
        The observatory's note of an error in the exposure.
    asn_candidate : str or None
        The candidates that the exposure names, ``[('o001', 'observation')]``.
    """

    expname: str
    exptype: str
    exposerr: str | None = None
    asn_candidate: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product that a pipeline makes from its members (docs/format.md#products).

    Attributes
    ----------
    name : str
        The root of the product's file names.
    members : sequence of Member
        Science members first, each type by file name. Those of a generated association are made when they are read.
    file : str
        The file name that the product has as a member of other associations; empty if it has none. Not a keyword of the format.
    needs : tuple of str
        The file names of products of other associations among the members. Not a keyword of the format.
    """

    name: str
    members: Sequence[Member]
    file: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Association:
    """One association (docs/format.md#keywords).

    Attributes
    ----------
    file_name : str
        The name of its file, without a folder. Not a keyword of the format.
    asn_type, asn_rule, asn_id, asn_pool, program, target, constraints, degraded_status, version_id, code_version
        The keywords of the format, all strings; `version_id` may be None.
    products : tuple of Product
        One, or several if products were merged.
    has_paths : bool
        Whether members are absolute paths to files; if not, they are file names. Not a keyword of the format.
    extra : mapping of str to object
        The keywords that the rule set adds to those of the format.
    """

    file_name: str
    asn_type: str
    asn_rule: str
    asn_id: str
    asn_pool: str
    program: str
    target: str
    constraints: str
    degraded_status: str
    version_id: str | None
    code_version: str
    products: tuple[Product, ...]
    has_paths: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def keywords(self) -> dict[str, Any]:
        """The keywords without the products, in the order of a file: those of the format, then those that the rules add."""
        return {
            "asn_type": self.asn_type,
            "asn_rule": self.asn_rule,
            "version_id": self.version_id,
            "code_version": self.code_version,
            "degraded_status": self.degraded_status,
            "program": self.program,
            "constraints": self.constraints,
            "asn_id": self.asn_id,
            "asn_pool": self.asn_pool,
            "target": self.target,
            **self.extra,
        }

    def to_dict(self) -> dict[str, Any]:
        """The content of its file as a dictionary of its own, as the calibration pipelines accept it.

        Members whose files are known are absolute paths, so the dictionary can be used in any folder; others are file names,
        which a pipeline looks for in the current folder.
        """
        return {
            **self.keywords(),
            "products": [
                {"name": product.name, "members": list(map(asdict, product.members))} for product in self.products
            ],
        }

    def write(self, folder: str | os.PathLike[str], *, paths: PathStyle = "relative") -> Path:
        """Write the association to its file in a folder, and return the path of the file.

        Parameters and errors are those of `asnforge.write_associations`.
        """
        from asnforge.asnfiles.write import write_associations

        return write_associations([self], folder, paths=paths).paths[0]

    def __repr__(self) -> str:
        """The file, the type, the products and the number of members."""
        names = ", ".join(product.name for product in self.products)
        return f"<Association {printable(self.file_name)}: {printable(self.asn_type)}, {printable(names)}, {self._count()}>"

    def _count(self) -> str:
        return pluralize(sum(len(product.members) for product in self.products), "member")

    def _repr_html_(self) -> str:
        """A table of the first members, for notebooks."""
        rows = [
            (product.name, member.exptype, member.expname) for product in self.products for member in product.members
        ]
        caption = f"{self.file_name}: {self.asn_type}, {self._count()}"
        return html_table(caption, ("product", "exptype", "expname"), rows, len(rows))
