"""Rules as frozen values: what a rule selects, groups, attaches, repeats and requires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asnforge.findings import SourceLocation
from asnforge.rules.constraints import Constraint, columns_read

SCIENCE = "science"
"""The exptype that every association needs (docs/format.md#members)."""


@dataclass(frozen=True, slots=True)
class NamedConstraint:
    """A named constraint of a rule, which selects exposures."""

    name: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class CandidateValue:
    """The value of a key, in lower case, in the scopes of candidates of a type (lower case) whose whole id matches a pattern.

    In the discovered scope, it applies to an exposure that names exactly one candidate, if that candidate matches.
    """

    candidate_id: str
    candidate_type: str
    value: str


@dataclass(frozen=True, slots=True)
class Key:
    """A column by which a rule groups its exposures (docs/grouping.md#groups).

    Attributes
    ----------
    name : str
        The key's name, for product names and the constraints keyword.
    columns : tuple of str
        The key's value is the first one of these columns that is defined.
    optional : bool
        An undefined value is allowed: it is a wildcard or, with `own`, a value of its own. If the key is not optional, an
        exposure with an undefined value is rejected.
    when : Constraint or None
        The exposures to which the key applies; for any other the key is a wildcard. None: all exposures.
    instead : CandidateValue or None
        The value of the key in the scopes of some candidates.
    own : bool
        Undefined values form groups of their own; only for an optional key.
    """

    name: str
    columns: tuple[str, ...]
    optional: bool = False
    when: Constraint | None = None
    instead: CandidateValue | None = None
    own: bool = False

    @property
    def has_wildcards(self) -> bool:
        """Whether an undefined value is a wildcard."""
        return self.optional and not self.own


@dataclass(frozen=True, slots=True)
class Attachment:
    """Supporting exposures, which are attached to the groups of their scope that they match.

    Attributes
    ----------
    name : str
        The name of this block of the rule.
    when : Constraint
        Selects the supporting exposures.
    match : tuple of str
        The columns whose values must all equal those of one of the group's selected exposures.
    exptype : str or None
        The exptype of the members, as the rule set spells it; None: that of each exposure.
    product_of : str or None
        The rule whose products are the supporting exposures, instead of exposures of the pool.
    """

    name: str
    when: Constraint
    match: tuple[str, ...]
    exptype: str | None = None
    product_of: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Members of `exptype` (lower case), if a group has `at_least`, are repeated with a second exptype, `repeat_as`.

    See docs/grouping.md#members-that-appear-twice; `repeat_as` is as the rule set spells it.
    """

    exptype: str
    repeat_as: str
    at_least: int


@dataclass(frozen=True, slots=True)
class ExptypeOverride:
    """One exptype, as the rule set spells it, for all exposures of a rule but those of some exptypes (lower case)."""

    exptype: str
    excepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MembersRequired:
    """A group needs at least `at_least` members of an exptype; None: of any exptype."""

    name: str
    exptype: str | None
    at_least: int


@dataclass(frozen=True, slots=True)
class DistinctRequired:
    """A group needs at least `at_least` distinct values of a column, in scopes of some types; no types: in all scopes."""

    name: str
    column: str
    at_least: int
    scope_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeRequired:
    """The type of the scope must be one of `one_of`, if there are any, and none of `none_of`."""

    name: str
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


Requirement = MembersRequired | DistinctRequired | ScopeRequired
"""What a group needs to become an association."""

IMPLICIT_SCIENCE_MEMBER = MembersRequired("science_member", SCIENCE, 1)
"""The requirement of every rule that does not state it itself, as the format needs it (docs/format.md#members)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a query that selects exposures, groups them, attaches others, checks the groups and names the products.

    Attributes
    ----------
    name : str
        The rule's name, the association's ``asn_rule``.
    asn_type : str
        The association's ``asn_type``.
    title, about : str
        A short description, and the reasons for the rule.
    product : str
        The template of the product's name, with name parts of the rule set in braces.
    file_name : str or None
        The template of the association file's name, unless it is that of the rule set.
    member_name : str or None
        The template of a member's file name, unless it is that of the rule set.
    product_of : str or None
        The rule whose products are the exposures of this rule, instead of those of the pool.
    product_file : str or None
        The template of the file name that the product has as a member of other associations.
    select, group_by, attach, repeat, require : tuple
        The blocks of the rule file, with those of the shared parts that the rule uses.
    prefer : tuple of Constraint
        Of the selected exposures of a group, only those remain that pass the first of these that any of them passes.
    take_as : ExptypeOverride or None
        The exptype of every exposure, for this rule.
    location : SourceLocation
        The position of the rule in its file.
    """

    name: str
    asn_type: str
    title: str
    about: str
    product: str
    file_name: str | None
    member_name: str | None
    select: tuple[NamedConstraint, ...]
    group_by: tuple[Key, ...]
    attach: tuple[Attachment, ...]
    repeat: tuple[Repeat, ...]
    require: tuple[Requirement, ...]
    take_as: ExptypeOverride | None
    location: SourceLocation
    prefer: tuple[Constraint, ...] = ()
    product_of: str | None = None
    product_file: str | None = None

    def depends_on(self) -> frozenset[str]:
        """The names of the rules whose products this rule uses."""
        used = (self.product_of, *(attachment.product_of for attachment in self.attach))
        return frozenset(name for name in used if name is not None)

    def columns_read(self) -> frozenset[str]:
        """The names of all columns that the rule reads, including derived columns."""
        names = {name for key in self.group_by for name in key.columns}
        names.update(name for attachment in self.attach for name in attachment.match)
        names.update(need.column for need in self.require if isinstance(need, DistinctRequired))
        return frozenset(names).union(*map(columns_read, self.constraints()))

    def constraints(self) -> Iterator[Constraint]:
        """All constraints of the rule, including those of keys, preferences and attachments."""
        yield from (select.constraint for select in self.select)
        yield from (key.when for key in self.group_by if key.when is not None)
        yield from self.prefer
        yield from (attachment.when for attachment in self.attach)
