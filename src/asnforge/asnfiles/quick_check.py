"""Find out quickly that an association has no problems, as nearly all have none: a run can have very many files.

These are the checks of `asnforge.asnfiles.semantics` and `asnforge.asnfiles.pipeline_checks`, for all members at once. They
only decide that there is nothing to report; whatever is unusual is left to the other checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from asnforge.asnfiles.pipeline_checks import EXPTYPES, PipelineChecker
from asnforge.asnfiles.problems import known_keywords
from asnforge.json_schema import is_valid
from asnforge.rules.pipelines import AsnType

_NO_ERROR = b'"exposerr": null'
"""A keyword that says nothing, in the usual text; strings have their quotes escaped."""

_MOST_TYPES = 1000
"""The most asn_types that are remembered."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual for an asn_type: exptypes, the facts of its pipeline, and what wrong names of an exptype contain."""

    exptypes: frozenset[str]
    facts: AsnType | None
    wrong: Mapping[str, tuple[str, ...]]


class QuickCheck:
    """Decides that associations have no problems.

    Parameters
    ----------
    checker : PipelineChecker
        What pipelines need.
    """

    def __init__(self, checker: PipelineChecker) -> None:
        self._checker = checker
        self._usual: dict[object, _Usual | None] = {}
        association, product, member = (frozenset(known_keywords(depth)) for depth in (0, 2, 4))
        self._keywords, self._of_product, self._of_member = association, product, member

    def read(self, data: bytes) -> dict[str, Any] | None:
        """The association in the bytes of a file if it has no problems; None if it may have some.

        Only the usual text is decided, with an indentation of 4: its equality with the text of the decoded value proves that
        no keyword is repeated.
        """
        try:
            value = msgspec.json.decode(data)
            text = msgspec.json.format(msgspec.json.encode(value), indent=4)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        if data.rstrip(b"\n") != text or not is_valid(value, "association"):
            return None
        return value if self._is_clean(value, text) else None

    def _is_clean(self, value: dict[str, Any], text: bytes) -> bool:
        usual = self._find(value.get("asn_type"))
        if usual is None or not value.keys() <= self._keywords:
            return False
        products = value["products"]
        if len(products) > 1:
            names = [product.get("name", "").casefold() for product in products]
            if len(set(names)) < len(names) or (usual.facts is not None and usual.facts.first_product_only):
                return False
        members = [member for product in products for member in product["members"]]
        return (
            self._has_usual_status(value, members, text)
            and set[str]().union(*members) <= self._of_member
            and all(product.keys() <= self._of_product for product in products)
            and all(_is_usable(product["members"], usual) for product in products)
        )

    def _find(self, asn_type: object) -> _Usual | None:
        """What is usual for an asn_type; None for a misspelled one."""
        if asn_type not in self._usual:
            if len(self._usual) >= _MOST_TYPES:
                self._usual.clear()
            facts, spelling = self._checker.find(asn_type)
            usual = None
            if facts is not None or not isinstance(asn_type, str) or self._checker.similar_type(asn_type) is None:
                exptypes = frozenset({*EXPTYPES, *(spelling.known if spelling is not None else ())})
                suffixes = facts.suffixes.items() if facts is not None else ()
                wrong = {exptype: tuple(f"_{suffix}." for suffix in suffixes.wrong) for exptype, suffixes in suffixes}
                usual = _Usual(exptypes, facts, wrong)
            self._usual[asn_type] = usual
        return self._usual[asn_type]

    def _has_usual_status(self, value: dict[str, Any], members: Sequence[dict[str, Any]], text: bytes) -> bool:
        """Whether degraded_status does not contradict the exposerr of members."""
        status = value.get("degraded_status")
        if not isinstance(status, str):
            return True
        says_error, says_none = self._checker.status_meaning(status)
        if not says_error and not says_none:
            return True
        is_noted = text.count(_NO_ERROR) != len(members) and any(
            (error := member.get("exposerr")) is not None and not self._checker.means_no_error(error)
            for member in members
        )
        return is_noted == says_error


def _is_usable(members: Sequence[dict[str, Any]], usual: _Usual) -> bool:
    """Whether the members of a product, which match the schema, are those that its pipeline needs, each once."""
    exptypes = [member["exptype"] for member in members]
    names = [member["expname"] for member in members]
    if not usual.exptypes.issuperset(exptypes) or len(set(zip(names, exptypes, strict=True))) < len(names):
        return False
    if usual.facts is None:
        return True
    for exptype, wrong in usual.wrong.items():
        if exptype in exptypes:
            of_exptype = names
            if exptypes.count(exptype) < len(exptypes):
                of_exptype = [name for name, each in zip(names, exptypes, strict=True) if each == exptype]
            joined = ".".join((*of_exptype, "")).casefold()
            if any(ending in joined for ending in wrong):
                return False
    return all(need.allows(exptypes.count(need.exptype)) for need in usual.facts.require)
