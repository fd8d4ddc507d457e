"""Whether pipelines can use an association: exptypes, required members, suffixes, products, degraded_status.

What the format itself says holds for every association. Everything else is declared by a rule set, by asn_type
(`asnforge.rules.pipelines`): of an asn_type that the rule set does not declare, nothing is assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asnforge import findings
from asnforge.asnfiles.codes import (
    CONTRADICTS_EXPOSERR,
    EXPTYPE_CASE,
    FIRST_PRODUCT_ONLY,
    MEMBER_COUNT,
    UNKNOWN_ASN_TYPE,
    UNKNOWN_EXPTYPE,
    WRONG_SUFFIX,
)
from asnforge.asnfiles.json_positions import Path
from asnforge.asnfiles.problems import Problem, noun
from asnforge.asnfiles.semantics import objects
from asnforge.asnfiles.spelling import EXPTYPES, did_you_mean
from asnforge.findings import pluralize, quoted
from asnforge.rules.pipelines import AsnType, ExptypeSpelling, MemberCount, Pipelines, file_suffix

NOT_DEGRADED = "No known degraded exposures in association."
DEGRADED = "One or more members have an error associated with them."
"""The two values of degraded_status (docs/format.md#keywords)."""

_MOST_REMEMBERED = 100
_CLOSE_ASN_TYPE = 0.85
_NO_ERROR = frozenset({"", "null", "none"})
_NO_TYPE = frozenset({"", "none", "null"})


class UseCheck:
    """Checks how pipelines use associations.

    Parameters
    ----------
    declared : sequence of Pipelines
        What rule sets declare of pipelines. Where two declare an asn_type, the later one's facts hold. Without any, only
        what holds for every association is checked.
    """

    def __init__(self, declared: Sequence[Pipelines]) -> None:
        self._declared = [(pipelines, ExptypeSpelling(pipelines.exptypes)) for pipelines in reversed(declared)]
        exptypes = {name: words for pipelines in declared for name, words in pipelines.exptypes.items()}
        self._any_spelling = ExptypeSpelling(exptypes)
        self._statuses: dict[str, tuple[bool, bool]] = {}
        self._near: dict[str, str | None] = {}
        self._no_error = _NO_ERROR.union(*(pipelines.undefined for pipelines in declared))
        self._not_degraded = _comparable_texts(NOT_DEGRADED, *(pipelines.not_degraded for pipelines in declared))
        self._degraded = _comparable_texts(DEGRADED, *(pipelines.degraded for pipelines in declared))

    def problems(self, association: object) -> Iterator[Problem]:
        """Each fault of use in an association; parts of a wrong type are passed over."""
        if not isinstance(association, dict):
            return
        asn_type = association.get("asn_type")
        facts, spelling = self._find(asn_type)
        if facts is None and isinstance(asn_type, str) and (near := self._near_asn_type(asn_type)) is not None:
            message = f"the asn_type is {quoted(asn_type, 30)}, which no rule set declares"
            yield Problem(UNKNOWN_ASN_TYPE.code, ("asn_type",), message, f'did you mean "{near}"?', "warning")
        products = list(objects(association.get("products")))
        for index, product in products:
            path: Path = ("products", index, "members")
            members = [(place, member) for place, member in objects(product.get("members")) if _is_complete(member)]
            yield from _exptype_problems(members, path, facts, spelling)
            if facts is not None and not (facts.first_product_only and index > 0):
                yield from _count_problems(members, path, facts)
                yield from _suffix_problems(members, path, facts)
        if facts is not None and facts.first_product_only and len(products) > 1:
            yield _first_product_only(products[1][0], len(products), facts)
        yield from self._degraded_problems(association, products)

    def _find(self, asn_type: object) -> tuple[AsnType | None, ExptypeSpelling | None]:
        """The facts of an asn_type, and the exptypes that are known for it: none for one of another observatory."""
        for pipelines, spelling in self._declared:
            if (facts := pipelines.find(asn_type)) is not None:
                return facts, spelling
        stated = isinstance(asn_type, str) and asn_type.strip().casefold() not in _NO_TYPE
        return None, None if stated else self._any_spelling

    def _near_asn_type(self, asn_type: str) -> str | None:
        """The declared asn_type that an undeclared one resembles, if there is one; each is looked for once."""
        if asn_type not in self._near:
            if len(self._near) >= _MOST_REMEMBERED:
                self._near.clear()
            names = [name for pipelines, _ in self._declared for name in pipelines.asn_types]
            self._near[asn_type] = findings.did_you_mean(asn_type, names, _CLOSE_ASN_TYPE)
        return self._near[asn_type]

    def _degraded_problems(
        self, association: Mapping[str, object], products: list[tuple[int, dict[str, object]]]
    ) -> Iterator[Problem]:
        """A degraded_status that contradicts the members' exposerr. A member without exposerr contradicts nothing."""
        status = association.get("degraded_status")
        if not isinstance(status, str):
            return
        if status not in self._statuses:
            if len(self._statuses) >= _MOST_REMEMBERED:
                self._statuses.clear()
            first = _comparable(status)
            self._statuses[status] = first.startswith(self._degraded), first.startswith(self._not_degraded)
        says_error, says_none = self._statuses[status]
        if not says_error and not says_none:
            return
        members = [
            ((index, "members", place), member)
            for index, product in products
            for place, member in objects(product.get("members"))
        ]
        in_error = [
            (path, error)
            for path, member in members
            if (error := member.get("exposerr")) is not None and not self._is_no_error(error)
        ]
        if says_none and in_error:
            path, error = in_error[0]
            more = f", and {_members_have(len(in_error) - 1, 'other')} one" if len(in_error) > 1 else ""
            found = f"{noun(path)} has the exposerr {quoted(error)}{more}"
            message = f"degraded_status says that no member has an error, but {found}"
            yield _contradiction(message, DEGRADED)
        elif says_error and not in_error and members and all("exposerr" in member for _, member in members):
            message = "degraded_status says that a member has an error, but the exposerr of every member says none"
            yield _contradiction(message, NOT_DEGRADED)

    def _is_no_error(self, exposerr: object) -> bool:
        return isinstance(exposerr, str) and exposerr.strip().casefold() in self._no_error


def _is_complete(member: Mapping[str, object]) -> bool:
    return (
        isinstance(member.get("expname"), str) and isinstance(exptype := member.get("exptype"), str) and exptype != ""
    )


def _exptype_problems(
    members: list[tuple[int, dict[str, Any]]], path: Path, facts: AsnType | None, spelling: ExptypeSpelling | None
) -> Iterator[Problem]:
    """Unknown exptypes, and those in upper case."""
    known = spelling.known if spelling is not None else {}
    for index, member in members:
        exptype: str = member["exptype"]
        if exptype in known or exptype in EXPTYPES:
            continue
        here = (*path, index, "exptype")
        message = f"the exptype of {noun(here[:-1])} is {quoted(exptype, 30)}"
        if (folded := exptype.casefold()) in known or folded in EXPTYPES:
            yield _case_problem(exptype, here, message, facts)
        elif spelling is not None and known:
            meant = spelling.meant(exptype)
            hint = f'did you mean "{meant}"?' if meant else f"known exptypes are {', '.join(known)}"
            message += ", which pipelines do not know"
            yield Problem(UNKNOWN_EXPTYPE.code, here, message, hint, "warning")
        elif near := did_you_mean(exptype, EXPTYPES):
            yield Problem(UNKNOWN_EXPTYPE.code, here, message, f'did you mean "{near}"?', "warning")


def _case_problem(exptype: str, path: Path, message: str, facts: AsnType | None) -> Problem:
    """An error where a pipeline ignores the member; where no asn_type says which pipeline it is, one may."""
    right = exptype.casefold()
    if facts is None:
        hint = f'write "{right}": a pipeline that compares exptype case-sensitively ignores the member'
        return Problem(EXPTYPE_CASE.code, path, message, hint)
    if facts.ignores_spelling(exptype):
        hint = f'write "{right}": {facts.describe_pipeline()} compares exptype case-sensitively and ignores the member'
        return Problem(EXPTYPE_CASE.code, path, message, hint)
    return Problem(EXPTYPE_CASE.code, path, message, f'the format has "{right}" in lower case', "warning")


def _count_problems(members: list[tuple[int, dict[str, Any]]], path: Path, facts: AsnType) -> Iterator[Problem]:
    exptypes = (member["exptype"] for _, member in members)
    counts = Counter(exptypes if facts.case_sensitive else map(str.lower, exptypes))
    for need in facts.require:
        if not need.allows(count := counts[need.exptype]):
            yield _count_problem(need, count, path, facts)


def _count_problem(need: MemberCount, count: int, path: Path, facts: AsnType) -> Problem:
    message = f"{noun(path[:-1])} of the {facts.name} association has {need.describe(count)}"
    return Problem(MEMBER_COUNT.code, path, message, need.otherwise, need.severity)


def _suffix_problems(members: list[tuple[int, dict[str, Any]]], path: Path, facts: AsnType) -> Iterator[Problem]:
    """One problem for all members of an exptype with the same wrong suffix, at the first of them."""
    if not facts.suffixes:
        return
    found: dict[tuple[str, str], list[int]] = {}
    for index, member in members:
        if facts.has_wrong_suffix(member["exptype"], member["expname"]):
            found.setdefault((member["exptype"].casefold(), file_suffix(member["expname"])), []).append(index)
    for (exptype, suffix), places in found.items():
        have = _members_have(len(places), exptype)
        message = f"{have} the suffix {quoted(suffix)}, which {facts.describe_pipeline()} does not take"
        hint = f"the suffix must be {' or '.join(facts.suffixes[exptype].right)}"
        yield Problem(WRONG_SUFFIX.code, (*path, places[0], "expname"), message, hint, "warning")


def _first_product_only(second: int, count: int, facts: AsnType) -> Problem:
    message = (
        f"the association has {pluralize(count, 'product')}, of which {facts.describe_pipeline()} makes only the first"
    )
    hint = "write one association for each product"
    return Problem(FIRST_PRODUCT_ONLY.code, ("products", second), message, hint, "warning")


def _contradiction(message: str, right: str) -> Problem:
    return Problem(CONTRADICTS_EXPOSERR.code, ("degraded_status",), message, f'write "{right}"', "warning")


def _comparable_texts(*texts: str) -> tuple[str, ...]:
    return tuple(_comparable(text) for text in texts if text)


def _comparable(text: str) -> str:
    """The first sentence of a degraded_status, as it is compared: the rest of it is an explanation."""
    first = text.strip().partition("\n")[0]
    return " ".join(first.split()).rstrip(".").casefold()


def _members_have(count: int, which: str) -> str:
    return f"{pluralize(count, f'{which} member')} {'has' if count == 1 else 'have'}"
