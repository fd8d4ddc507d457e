"""What the archive's association files say about exposures: candidates, targets and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from asnforge.grouping.candidate_cells import Candidate, read_candidates
from asnforge.rules.header_candidates import HeaderCandidates
from asnforge.rules.header_mapping import ProductNames
from asnforge.rules.regex import compiled
from asnforge.rules.rule import SCIENCE

_LARGEST = 50_000_000


class _Member(msgspec.Struct):
    expname: str
    exptype: str = ""
    exposerr: str | None = None
    asn_candidate: str = ""


class _Product(msgspec.Struct):
    members: list[_Member]


class _Association(msgspec.Struct):
    products: list[_Product]
    target: str = ""


@dataclass(slots=True)
class ArchiveFacts:
    """What association files say about one exposure.

    Attributes
    ----------
    candidates : dict
        Its candidates, in the order in which they were found.
    target : str
        The number of its target; empty if no association is of one target.
    exposerr : str
        Its error; empty if there is none.
    """

    candidates: dict[Candidate, None] = field(default_factory=dict)
    target: str = ""
    exposerr: str = ""


def read_archive(paths: Sequence[str], names: ProductNames, rules: HeaderCandidates) -> Mapping[str, ArchiveFacts]:
    """The facts about exposures by root. Files that are not associations are passed over.

    Parameters
    ----------
    paths : sequence of str
        Association files.
    names : ProductNames
        What file names say.
    rules : HeaderCandidates
        How candidates and targets are written.
    """
    facts: dict[str, ArchiveFacts] = {}
    for path in sorted(paths):
        association = _read(path)
        if association is None:
            continue
        target = _target(association.target, rules)
        for member in (member for product in association.products for member in product.members):
            parts = names.split(member.expname.rpartition("/")[2])
            if parts is None:
                continue
            known = facts.setdefault(parts[0], ArchiveFacts())
            known.candidates.update(dict.fromkeys(read_candidates(member.asn_candidate, bool).candidates))
            if target and member.exptype.casefold() == SCIENCE:
                known.target = known.target or target
            if member.exposerr and member.exposerr.casefold() not in ("null", "none"):
                known.exposerr = known.exposerr or member.exposerr
    return facts


def _read(path: str) -> _Association | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return msgspec.json.decode(file.read(_LARGEST), type=_Association)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _target(text: str, rules: HeaderCandidates) -> str:
    if not text or not rules.target_in_associations:
        return ""
    match = compiled(rules.target_in_associations).fullmatch(text)
    return (match[1].lstrip("0") or "") if match is not None else ""
