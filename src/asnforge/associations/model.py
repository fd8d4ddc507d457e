"""Associations as values, with every keyword of the stage 3 format (docs/format.md#keywords)."""

from __future__ import annotations

from dataclasses import dataclass


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
    members : tuple of Member
        Science members first, each type by file name.
    file : str
        The file name that the product has as a member of other associations; empty if it has none. Not a keyword of the format.
    needs : tuple of str
        The file names of products of other associations among the members. Not a keyword of the format.
    """

    name: str
    members: tuple[Member, ...]
    file: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
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
