"""Problems that pipelines have with an association: exptypes, required members, suffixes, products, degraded_status.

What the format itself says applies to every association. Everything else is declared by a rule set, by asn_type
(`asnforge.rules.pipelines`): nothing is assumed of an asn_type that the rule set does not declare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from asnforge.asnfiles.problems import SIMILARITY, Problem, name_part
from asnforge.asnfiles.semantics import objects
from asnforge.findings import FindingCode, InputError, did_you_mean, pluralize
from asnforge.rules.pipelines import AsnType, ExptypeSpelling, Pipelines, file_suffix
from asnforge.schema_errors import KeyPath

EXPTYPES = ("science", "background", "psf")
"""The exptypes that the format names (docs/format.md#members); generators write others as well."""

EXPTYPE_CASE = FindingCode(
    "A117",
    "an exptype has upper-case characters",
    "The format has exptypes in lower case. Some pipelines compare them case-sensitively and silently ignore a member with "
    "another spelling, which is an error; for pipelines that ignore case it is a warning. Without an asn_type, or with one "
    "that the rule set does not declare, it is an error, because the pipeline may be one of the former.",
    wrong='"exptype": "SCIENCE"',
    right='"exptype": "science"',
)
UNKNOWN_EXPTYPE = FindingCode(
    "A118",
    "an exptype is unknown",
    "It is neither an exptype of the format nor declared by the rule set, and is usually abbreviated or misspelled. Pipelines "
    "silently ignore such a member, or use it for something else.",
    wrong='"members": [{"expname": "a", "exptype": "science"}, {"expname": "b", "exptype": "bkg"}]',
    right='"members": [{"expname": "a", "exptype": "science"}, {"expname": "b", "exptype": "background"}]',
)
MEMBER_COUNT = FindingCode(
    "A119",
    "a product has too few or too many members of an exptype",
    "The pipeline for this asn_type needs a different number of them. The rule set declares the number, and what the pipeline "
    "does otherwise.",
    wrong='"asn_type": "mask", "products": [{"members": [{"expname": "a", "exptype": "science"}]}]',
    right='"asn_type": "mask", "products": [{"members": '
    '[{"expname": "a", "exptype": "science"}, {"expname": "b", "exptype": "psf"}]}]',
)
FIRST_PRODUCT_ONLY = FindingCode(
    "A120",
    "the pipeline makes only the first of several products",
    "The pipeline for this asn_type reads the first product of an association and silently ignores the others.",
    wrong='"asn_type": "stack", "products": [{"name": "star", "members": [...]}, {"name": "moon", "members": [...]}]',
    right='"asn_type": "stack", "products": [{"name": "star", "members": [...]}]',
)
WRONG_SUFFIX = FindingCode(
    "A122",
    "a member is a file of another calibration level",
    "The suffix of its name, after the last underscore, shows how far the file is calibrated, and the pipeline for this "
    "asn_type does not accept such files. The rule set declares which suffixes are wrong.",
    wrong='"asn_type": "stack", "products": [{"members": [{"expname": "a_raw.fits", "exptype": "science"}]}]',
    right='"asn_type": "stack", "products": [{"members": [{"expname": "a_flat.fits", "exptype": "science"}]}]',
)
CONTRADICTS_EXPOSERR = FindingCode(
    "A123",
    "degraded_status contradicts exposerr",
    "The keyword says whether a member has an error, and the members' exposerr say otherwise; often a member was added or "
    "removed by hand. A member without the keyword exposerr contradicts nothing.",
    wrong='"degraded_status": "No known degraded exposures in association.", '
    '"products": [{"members": [{"expname": "a", "exptype": "science", "exposerr": "pointing"}]}]',
    right='"degraded_status": "One or more members have an error associated with them.", '
    '"products": [{"members": [{"expname": "a", "exptype": "science", "exposerr": "pointing"}]}]',
)
UNKNOWN_ASN_TYPE = FindingCode(
    "A124",
    "an asn_type is misspelled",
    "No rule set declares this asn_type, but one declares a similar asn_type. No pipeline processes it, and its requirements "
    "are not checked. An asn_type that is not similar to any is assumed to be that of another observatory, and so is one that "
    "the rule in asn_rule gives, if it is a rule of another installed rule set.",
    wrong='"asn_type": "stacks"',
    right='"asn_type": "stack"',
)

NOT_DEGRADED = "No known degraded exposures in association."
DEGRADED = "One or more members have an error associated with them."
"""The two values of degraded_status (docs/format.md#keywords)."""

_MOST_REMEMBERED = 100
_ASN_TYPE_CUTOFF = 0.85
_NO_ERROR = frozenset({"", "null", "none"})
_NO_TYPE = frozenset({"", "none", "null"})

_Members = list[tuple[int, dict[str, Any]]]
"""Members with their index, each with an expname and an exptype."""


class PipelineChecker:
    """Checks whether pipelines can use associations.

    Parameters
    ----------
    declared : sequence of Pipelines
        The declarations of rule sets. If two declare an asn_type, the later one applies. Without any, only what applies to
        every association is checked.
    """

    def __init__(self, declared: Sequence[Pipelines]) -> None:
        self._declared = [(pipelines, ExptypeSpelling(pipelines.exptypes)) for pipelines in reversed(declared)]
        exptypes = {name: words for pipelines in declared for name, words in pipelines.exptypes.items()}
        self._any_spelling = ExptypeSpelling(exptypes)
        self._statuses: dict[str, tuple[bool, bool]] = {}
        self._similar_types: dict[str, str | None] = {}
        self._no_error = _NO_ERROR.union(*(pipelines.undefined for pipelines in declared))
        degraded = (DEGRADED, *(pipelines.degraded for pipelines in declared))
        not_degraded = (NOT_DEGRADED, *(pipelines.not_degraded for pipelines in declared))
        self._degraded, self._not_degraded = (
            tuple(_first_sentence(text) for text in texts if text) for texts in (degraded, not_degraded)
        )

    def problems(self, association: object) -> Iterator[Problem]:
        """All problems that pipelines have with an association; parts of a wrong type are skipped."""
        if not isinstance(association, dict):
            return
        asn_type = association.get("asn_type")
        facts, spelling = self.find(asn_type)
        similar = self.similar_type(asn_type) if facts is None and isinstance(asn_type, str) else None
        if similar is not None and (association.get("asn_rule"), asn_type) not in _asn_types_of_installed_rules():
            message, hint = "no rule set declares the asn_type {asn_type:quoted}", f"did you mean {similar}?"
            finding = UNKNOWN_ASN_TYPE.finding(message, hint=hint, severity="warning", asn_type=asn_type)
            yield Problem(("asn_type",), finding)
        products = list(objects(association.get("products")))
        for index, product in products:
            if "members" not in product:  # the schema requires it
                continue
            path: KeyPath = ("products", index, "members")
            members = [(number, member) for number, member in objects(product.get("members")) if _is_complete(member)]
            yield from _exptype_problems(members, path, facts, spelling)
            if facts is not None and not (facts.first_product_only and index > 0):
                yield from _count_problems(members, path, facts)
                yield from _suffix_problems(members, path, facts)
        if facts is not None and facts.first_product_only and len(products) > 1:
            message = "the association has {count:product}, of which {pipeline} makes only the first"
            hint, pipeline = "write one association for each product", facts.describe_pipeline()
            finding = FIRST_PRODUCT_ONLY.finding(
                message, hint=hint, severity="warning", count=len(products), pipeline=pipeline
            )
            yield Problem(("products", products[1][0]), finding)
        yield from self._status_problems(association, products)

    def find(self, asn_type: object) -> tuple[AsnType | None, ExptypeSpelling | None]:
        """The facts of an asn_type, and the exptypes that are known for it; None for an asn_type of another observatory."""
        for pipelines, spelling in self._declared:
            if (facts := pipelines.find(asn_type)) is not None:
                return facts, spelling
        is_stated = isinstance(asn_type, str) and asn_type.strip().casefold() not in _NO_TYPE
        return None, None if is_stated else self._any_spelling

    def similar_type(self, asn_type: str) -> str | None:
        """The declared asn_type that is similar to an undeclared one, with a cache."""
        if asn_type not in self._similar_types:
            if len(self._similar_types) >= _MOST_REMEMBERED:
                self._similar_types.clear()
            names = [name for pipelines, _ in self._declared for name in pipelines.asn_types]
            self._similar_types[asn_type] = did_you_mean(asn_type, names, _ASN_TYPE_CUTOFF)
        return self._similar_types[asn_type]

    def _status_problems(
        self, association: Mapping[str, object], products: list[tuple[int, dict[str, object]]]
    ) -> Iterator[Problem]:
        """A degraded_status that contradicts the members' exposerr; a member without exposerr contradicts nothing."""
        status = association.get("degraded_status")
        if not isinstance(status, str):
            return
        says_error, says_none = self.status_meaning(status)
        if not says_error and not says_none:
            return
        members = [
            ((index, "members", number), member)
            for index, product in products
            for number, member in objects(product.get("members"))
        ]
        in_error = [
            (path, error)
            for path, member in members
            if (error := member.get("exposerr")) is not None and not self.means_no_error(error)
        ]
        facts: dict[str, Any] = {}
        if says_none and in_error:
            path, error = in_error[0]
            others = len(in_error) - 1
            message = "degraded_status says that no member has an error, but {member} has the exposerr {error:quoted}"
            message += f", and {_members_have(others, 'other')} one" if others else ""
            facts, hint = {"member": name_part(path), "error": str(error)}, DEGRADED
        elif says_error and not in_error and members and all("exposerr" in member for _, member in members):
            message = "degraded_status says that a member has an error, but the exposerr of every member says none"
            hint = NOT_DEGRADED
        else:
            return
        finding = CONTRADICTS_EXPOSERR.finding(message, hint=f'write "{hint}"', severity="warning", **facts)
        yield Problem(("degraded_status",), finding)

    def status_meaning(self, status: str) -> tuple[bool, bool]:
        """Whether a degraded_status says that a member has an error, and whether it says that none has."""
        if status not in self._statuses:
            if len(self._statuses) >= _MOST_REMEMBERED:
                self._statuses.clear()
            first = _first_sentence(status)
            self._statuses[status] = first.startswith(self._degraded), first.startswith(self._not_degraded)
        return self._statuses[status]

    def means_no_error(self, exposerr: object) -> bool:
        """Whether a value of exposerr that is not null says that there is no error."""
        return isinstance(exposerr, str) and exposerr.strip().casefold() in self._no_error


@cache
def _asn_types_of_installed_rules() -> frozenset[tuple[object, object]]:
    """Every rule of the installed rule sets, by name, with the asn_type of its associations."""
    from asnforge.rulefiles.load import load_ruleset
    from asnforge.rulefiles.shipped import shipped_names

    found: set[tuple[object, object]] = set()
    for name in shipped_names():
        with suppress(InputError):
            found.update((rule.name, rule.asn_type) for rule in load_ruleset(name, default=False).rules)
    return frozenset(found)


def _is_complete(member: Mapping[str, object]) -> bool:
    expname, exptype = member.get("expname"), member.get("exptype")
    return isinstance(expname, str) and isinstance(exptype, str) and exptype != ""


def _exptype_problems(
    members: _Members, path: KeyPath, facts: AsnType | None, spelling: ExptypeSpelling | None
) -> Iterator[Problem]:
    """Unknown exptypes, and those in upper case."""
    known = spelling.known if spelling is not None else {}
    for index, member in members:
        exptype: str = member["exptype"]
        if exptype in known or exptype in EXPTYPES:
            continue
        here = (*path, index)
        message, part = "the exptype of {part} is {exptype:quoted}", name_part(here)
        folded = exptype.casefold()
        if folded in known or folded in EXPTYPES:
            if facts is None or facts.ignores_spelling(exptype):
                pipeline = "a pipeline that may read it" if facts is None else facts.describe_pipeline()
                hint = f"write {folded}: {pipeline} compares exptype case-sensitively and ignores the member"
                finding = EXPTYPE_CASE.finding(message, hint=hint, part=part, exptype=exptype)
            else:
                hint = f"the format has {folded} in lower case"
                finding = EXPTYPE_CASE.finding(message, hint=hint, severity="warning", part=part, exptype=exptype)
        else:
            if spelling is not None and known:
                closest = spelling.likely_exptype(exptype)
                message += ", which pipelines do not know"
                hint = f"did you mean {closest}?" if closest else f"known exptypes are {', '.join(known)}"
            elif closest := did_you_mean(exptype, EXPTYPES, SIMILARITY):
                hint = f"did you mean {closest}?"
            else:
                continue
            finding = UNKNOWN_EXPTYPE.finding(message, hint=hint, severity="warning", part=part, exptype=exptype)
        yield Problem((*here, "exptype"), finding)


def _count_problems(members: _Members, path: KeyPath, facts: AsnType) -> Iterator[Problem]:
    exptypes = (member["exptype"] for _, member in members)
    counts = Counter(exptypes if facts.case_sensitive else map(str.lower, exptypes))
    for need in facts.require:
        if not need.allows(count := counts[need.exptype]):
            finding = MEMBER_COUNT.finding(
                "{part} of the {asn_type} association has {members}",
                hint=need.otherwise,
                severity=need.severity,
                part=name_part(path[:-1]),
                asn_type=facts.name,
                members=need.describe(count),
            )
            yield Problem(path, finding)


def _suffix_problems(members: _Members, path: KeyPath, facts: AsnType) -> Iterator[Problem]:
    """One problem for all members of an exptype with the same wrong suffix, at the first of them."""
    if not facts.suffixes:
        return
    wrong: dict[tuple[str, str], list[int]] = {}
    for index, member in members:
        if facts.has_wrong_suffix(member["exptype"], member["expname"]):
            wrong.setdefault((member["exptype"].casefold(), file_suffix(member["expname"])), []).append(index)
    for (exptype, suffix), indices in wrong.items():
        finding = WRONG_SUFFIX.finding(
            "{members} the suffix {suffix:quoted}, which {pipeline} does not accept",
            hint=f"the suffix must be {' or '.join(facts.suffixes[exptype].right)}",
            severity="warning",
            members=_members_have(len(indices), exptype),
            suffix=suffix,
            pipeline=facts.describe_pipeline(),
        )
        yield Problem((*path, indices[0], "expname"), finding)


def _first_sentence(status: str) -> str:
    """The first sentence of a degraded_status, as it is compared: the rest is an explanation."""
    first = status.strip().partition("\n")[0]
    return " ".join(first.split()).rstrip(".").casefold()


def _members_have(count: int, which: str) -> str:
    return f"{pluralize(count, f'{which} member')} {'has' if count == 1 else 'have'}"
