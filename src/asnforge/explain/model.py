"""Explanations as frozen values, for Python and for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from asnforge.explain.attachment_outcomes import AttachmentChoice, Difference
from asnforge.findings import truncated

_LONGEST = 1000
"""The largest number of characters of a requirement that are displayed."""

CriterionKind = Literal["constraint", "key"]


@dataclass(frozen=True, slots=True)
class ConstraintCheck:
    """The value that a constraint read, and the value that it requires.

    Attributes
    ----------
    column : str
        The column in upper case; several if a constraint reads them together.
    found, required : str
        The value as the pool spells it, and the required one: ``2``, ``one of g, r``, ``undefined``, ``other than g``.
    because : str
        Why a derived column has this value.
    conditions : tuple of str
        The conditions of the rule set that the constraint is part of, the outer one first.
    excluded : bool
        The value found must not occur; else a required value is missing.
    """

    column: str
    found: str
    required: str
    because: str = ""
    conditions: tuple[str, ...] = ()
    excluded: bool = False

    def __str__(self) -> str:
        """``COLUMN to be REQUIRED, found FOUND (because)``."""
        return f"{truncated(self.column)} to be {truncated(self.required, _LONGEST)}, found {self._value()}"

    def column_and_value(self) -> str:
        """``COLUMN FOUND (because)``."""
        return f"{truncated(self.column)} {self._value()}"

    def _value(self) -> str:
        return truncated(self.found) + (f" ({truncated(self.because, _LONGEST)})" if self.because else "")


@dataclass(frozen=True, slots=True)
class Failure:
    """A constraint that rejected an exposure, or a key that is undefined.

    Attributes
    ----------
    kind, name : str
        What failed, and its name in the rule.
    constraint : str
        The constraint in words.
    readings : tuple of ConstraintCheck
        The parts that failed, from left to right.
    text : str
        The failure in words, ``requires ...``, with ``and`` if all of these values must differ, with ``or`` if one is enough.
    """

    kind: CriterionKind
    name: str
    constraint: str
    readings: tuple[ConstraintCheck, ...]
    text: str

    def __str__(self) -> str:
        """``constraint NAME requires ...``."""
        return f"{self.kind} {self.name} {self.text}"


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """A group that an exposure is in, and whether it became an association.

    Attributes
    ----------
    scope_id, scope_type : str
        The scope of the group.
    role : str
        The exposure's exptypes in the group, and the name of the attachment if it is a supporting exposure.
    outcome : {"association", "duplicate", "incomplete", "duplicate row", "not preferred", "not attached"}
        ``duplicate row``: the group has the exposure's file from another row of the pool. ``not preferred``: the rule uses only
        other exposures of the group. ``not attached``: it matches the group, but other supporting exposures are attached.
    product, file_name : str
        The product's name and the association's file; for a duplicate the file of the association that is kept.
    lacks : tuple of str
        The requirements that an incomplete group does not meet, in words.
    why : str
        For a duplicate which association is kept and why; for a duplicate row which row is used; for an exposure that is not
        preferred which ones are.
    ranges : tuple of str
        For each key with a gap its name and the range of its values in the group.
    choices : tuple of AttachmentChoice
        For an exposure that the rule selects the choices of all attachments that choose; for a supporting exposure those of the
        attachments that it matches.
    """

    scope_id: str
    scope_type: str
    role: str
    outcome: Literal["association", "duplicate", "incomplete", "duplicate row", "not preferred", "not attached"]
    product: str = ""
    file_name: str = ""
    lacks: tuple[str, ...] = ()
    why: str = ""
    ranges: tuple[str, ...] = ()
    choices: tuple[AttachmentChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What a rule did with an exposure.

    Attributes
    ----------
    verdict : str
        ``selected``: it is in an association. ``duplicate``, ``incomplete``, ``duplicate row``, ``not preferred``,
        ``not attached``: see `groups`, for the last only the first few. ``rejected``: see `failures`, the first or all.
        ``no scope``: it is in none of the selected scopes. ``unusable``: see `why`. ``not applicable``: the rule is about
        products of another rule.
    ruleset : str
        The name of the rule's set, where several are applied together; in JSON only there.
    """

    rule: str
    verdict: Literal[
        "selected",
        "duplicate",
        "incomplete",
        "rejected",
        "no scope",
        "duplicate row",
        "not preferred",
        "not attached",
        "unusable",
        "not applicable",
    ]
    failures: tuple[Failure, ...] = ()
    groups: tuple[GroupOutcome, ...] = ()
    why: str = ""
    ruleset: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON has it."""
        return asdict(self, dict_factory=_as_json)


@dataclass(frozen=True, slots=True)
class Exposure:
    """An exposure: its line in the pool, or its row in a table without lines, and its file name as the pool spells it.

    A product of a rule has the first line of an exposure that it is made from, and the name of the rule (`made_by`).
    """

    line: int
    file_name: str
    unit: str = "line"
    made_by: str = ""

    @property
    def position(self) -> str:
        """``line 7``, or ``row 7``, or ``product of RULE``."""
        return f"product of {self.made_by}" if self.made_by else f"{self.unit} {self.line}"

    def __str__(self) -> str:
        """``line 7, name``."""
        return f"{self.position}, {truncated(self.file_name)}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome for one exposure.

    Attributes
    ----------
    scopes : tuple of (str, str)
        The selected scopes that it is in, each by id and type.
    orphan : str
        Why it is in no association; empty if it is not an orphan.
    stand_in : Exposure or None
        If it is neither in an association nor an orphan: the exposure with the same file that is in one.
    rules : tuple of RuleOutcome
        The outcome for each rule, sorted by the rule's name; those of several rule sets one after another.
    made_from : tuple of Exposure
        For a product of a rule: the members of the group that it is made from.
    """

    exposure: Exposure
    scopes: tuple[tuple[str, str], ...]
    orphan: str
    stand_in: Exposure | None
    rules: tuple[RuleOutcome, ...]
    made_from: tuple[Exposure, ...] = ()

    def associations(self) -> tuple[str, ...]:
        """The files of the associations that the exposure is in."""
        return tuple(group.file_name for rule in self.rules for group in rule.groups if group.outcome == "association")

    def __str__(self) -> str:
        """The explanation as text, as ``asnforge explain`` prints it."""
        from asnforge.explain.explain_report import explanation_text

        return explanation_text(self)

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON has it."""
        return asdict(self, dict_factory=_as_json)


def _as_json(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """The attributes of a value by the names that they have in JSON; without a rule set if there is only one."""
    return {"wanted" if name == "required" else name: value for name, value in items if value or name != "ruleset"}


@dataclass(frozen=True, slots=True)
class Orphans:
    """Exposures that are in no association for the same reason."""

    reason: str
    exposures: tuple[Exposure, ...]

    def __str__(self) -> str:
        """The reason with the first exposures, as ``asnforge explain --orphans`` prints it."""
        from asnforge.explain.explain_report import orphans_text

        return orphans_text([self])


@dataclass(frozen=True, slots=True)
class Separation:
    """Why one rule does not put two exposures into one association.

    Attributes
    ----------
    how : str
        ``product``: one is in an association with a product that is made from the other.
        ``rejected``: it rejects one of them. ``scope``: they share no scope. ``key``: they differ in a key.
        ``incomplete``: their group did not become an association. ``attachment``: one is a supporting exposure, or a product
        is made from it, and is not attached to a group of the other. ``duplicate row``: they have the same file, or a group
        has the file of one of them from another row. ``preference``: the rule uses only one of them in their group.
    reasons : tuple of str
        The reasons, each a sentence.
    differences : tuple of Difference
        For ``attachment``, how far the supporting exposure is from what is required of it, in numbers.
    ruleset : str
        The name of the rule's set, where several are applied together; in JSON only there.
    """

    rule: str
    how: Literal["product", "rejected", "scope", "key", "incomplete", "attachment", "duplicate row", "preference"]
    reasons: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    ruleset: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why two exposures are in no association together.

    Attributes
    ----------
    together : tuple of str
        The files of the associations that contain both; if there are any, `rules` is empty.
    rules : tuple of Separation
        The reason for each rule, that of the nearest rule first; those of several rule sets one after another.
    product, other_product : str
        The product whose first exposure `one` or `other` is, if the product was named instead of an exposure.
    """

    one: Exposure
    other: Exposure
    together: tuple[str, ...]
    rules: tuple[Separation, ...]
    product: str = ""
    other_product: str = ""

    def __str__(self) -> str:
        """The reasons as text, as ``asnforge explain --why-not`` prints them."""
        from asnforge.explain.explain_report import why_not_text

        return why_not_text(self)

    def as_dict(self) -> dict[str, Any]:
        """The reasons as JSON has them."""
        return asdict(self, dict_factory=_as_json)
