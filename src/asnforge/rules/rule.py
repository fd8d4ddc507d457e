"""Rules as frozen values: what a rule selects, groups, attaches, repeats and requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from asnforge.findings import SourceLocation
from asnforge.rules.attachment import Attachment
from asnforge.rules.candidate_values import CandidatePattern, CandidateValue
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.keyword_values import KeywordValue

SCIENCE = "science"
"""The exptype that every association needs (docs/format.md#members)."""


@dataclass(frozen=True, slots=True)
class NamedConstraint:
    """A named constraint of a rule, which selects exposures."""

    name: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Gap:
    """How far apart the values of exposures can be that are joined by one step (docs/grouping.md#gaps).

    Attributes
    ----------
    amount : Decimal
        The largest step, in the unit of the column's amounts; in arcseconds between positions.
    text : str
        The step as the rule set spells it.
    is_position : bool
        Values are positions on the sphere, whose right ascension and declination are in two columns.
    """

    amount: Decimal
    text: str
    is_position: bool = False


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
    candidate : CandidatePattern or None
        The key's value is the id of the candidate, if it matches; then there are no columns.
    own : bool
        Undefined values form groups of their own; only for an optional key.
    separator : str
        The separator of a column with lists: an exposure is in one group for each entry; empty for any other column.
    gap : Gap or None
        Exposures that are joined by steps of at most the gap are in one group, whose value is the least of theirs.
    """

    name: str
    columns: tuple[str, ...]
    optional: bool = False
    when: Constraint | None = None
    instead: CandidateValue | None = None
    candidate: CandidatePattern | None = None
    own: bool = False
    separator: str = ""
    gap: Gap | None = None

    @property
    def is_plain(self) -> bool:
        """Whether exposures of one group have the same value: the columns' own."""
        return not self.separator and self.gap is None

    @property
    def readings(self) -> tuple[tuple[str, ...], ...]:
        """The columns that must all be defined, each with others that are read instead of it."""
        if self.is_position:
            return tuple((name,) for name in self.columns)
        return (self.columns,) if self.columns else ()

    @property
    def has_own_values(self) -> bool:
        """Whether the values among a group's exposures are values of the key: not those of lists or positions."""
        return not self.separator and not self.is_position

    @property
    def is_position(self) -> bool:
        """Whether the columns are read together, as a position."""
        return self.gap is not None and self.gap.is_position

    @property
    def has_wildcards(self) -> bool:
        """Whether an undefined value is a wildcard."""
        return self.optional and not self.own


@dataclass(frozen=True, slots=True)
class CombinedKey:
    """A key by which a rule no longer groups, because its values are combined (docs/grouping.md#combining).

    Attributes
    ----------
    name : str
        The key's name, for names of products and files.
    columns : tuple of str
        The columns of its values; none for a key whose values are not those of columns, which is undefined in names.
    several : str or None
        The value in names of a group with several values; None for all of them.
    """

    name: str
    columns: tuple[str, ...]
    several: str | None = None


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
    """A group needs a number of members of an exptype, or of any exptype (None), in scopes of some types; no types: in all.

    At least `at_least` and, unless it is None, at most `at_most`.
    """

    name: str
    exptype: str | None
    at_least: int
    at_most: int | None = None
    scope_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedRequired:
    """A group needs a number of files that an attachment took, whatever they became; the rest as for `MembersRequired`."""

    name: str
    attachment: str
    at_least: int
    at_most: int | None = None
    scope_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DistinctRequired:
    """A group needs a number of distinct values of a column; the rest as for `MembersRequired`."""

    name: str
    column: str
    at_least: int
    scope_types: tuple[str, ...] = ()
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class ScopeRequired:
    """The type of the scope must be one of `one_of`, if there are any, and none of `none_of`."""

    name: str
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


CountRequired = MembersRequired | AttachedRequired | DistinctRequired
"""A requirement of a number."""

Requirement = CountRequired | ScopeRequired
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
    product_file_location : SourceLocation or None
        The position of that template.
    select, group_by, attach, repeat, require : tuple
        The blocks of the rule file, with those of the shared parts that the rule uses.
    keywords : mapping of str to KeywordValue
        Keywords that are added to the rule's associations, besides those of the rule set.
    prefer : tuple of Constraint
        Of the selected exposures of a group, only those remain that pass the first of these that any of them passes.
    take_as : ExptypeOverride or None
        The exptype of every exposure, for this rule.
    location : SourceLocation
        The position of the rule in its file.
    combined : tuple of CombinedKey
        The keys that `asnforge.rules.rule_options.combine` has removed from `group_by`.
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
    keywords: Mapping[str, KeywordValue] = field(default_factory=dict, hash=False)
    product_of: str | None = None
    product_file: str | None = None
    product_file_location: SourceLocation | None = None
    combined: tuple[CombinedKey, ...] = ()

    def depends_on(self) -> frozenset[str]:
        """The names of the rules whose products this rule uses."""
        used = (self.product_of, *(attachment.product_of for attachment in self.attach))
        return frozenset(name for name in used if name is not None)

    def keys_in_names(self) -> tuple[Key, ...]:
        """The keys that names can have: those by which the rule groups, and those that are combined."""
        return (*self.group_by, *(Key(key.name, key.columns, optional=True) for key in self.combined))

    def columns_read(self) -> frozenset[str]:
        """The names of all columns that the rule reads, including derived columns."""
        names = {name for key in self.keys_in_names() for name in key.columns}
        names.update(name for attachment in self.attach for name in attachment.columns_read())
        names.update(need.column for need in self.require if isinstance(need, DistinctRequired))
        return frozenset(names).union(*map(columns_read, self.constraints()))

    def constraints(self) -> Iterator[Constraint]:
        """All constraints of the rule, including those of keys, preferences and attachments."""
        yield from (select.constraint for select in self.select)
        yield from (key.when for key in self.group_by if key.when is not None)
        yield from self.prefer
        for attachment in self.attach:
            yield from attachment.constraints()
