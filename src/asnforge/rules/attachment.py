"""Supporting exposures of a rule: how they relate to the exposures of a group, and which of those that do are taken.

docs/grouping.md#supporting-exposures says what each of these values means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from asnforge.rules.candidate_values import CandidatePattern, CandidateValue
from asnforge.rules.constraints import Constraint, columns_read

OWN = "own"
"""The group's own exposures, where an attachment says with whom it compares."""

Undefined = Literal["no", "yes", "own"]
"""What an undefined value agrees with: with nothing, with every value, or with another undefined one."""

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class ColumnAmount:
    """An amount that the exposure of the group gives itself: the first of these columns that has a value, times a factor.

    The factor converts the unit of these columns to that of the column that is compared.
    """

    columns: tuple[str, ...]
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class FixedAmount:
    """An amount as the rule file has it, and its value in the unit of the column: seconds for times, arcseconds for angles."""

    value: Decimal
    text: str


NOTHING = FixedAmount(Decimal(0), "0")

Amount = FixedAmount | ColumnAmount
"""How far values may be, or must be, from each other."""


@dataclass(frozen=True, slots=True)
class SameValue:
    """Both exposures have the same value, or different ones.

    Attributes
    ----------
    name : str
        The name of the entry.
    columns, own_columns : tuple of str
        The value of the supporting exposure, and that of the group's: the first of these columns that has one.
    optional : {"no", "yes", "own"}
        What an undefined value agrees with.
    when : Constraint or None
        The relation applies only to pairs of which both exposures pass this.
    instead : CandidateValue or None
        The value of both in the scopes of some candidates.
    differs : bool
        The values must be different.
    """

    name: str
    columns: tuple[str, ...]
    own_columns: tuple[str, ...]
    optional: Undefined = "no"
    when: Constraint | None = None
    instead: CandidateValue | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class SameCandidate:
    """Both exposures belong to the same candidate that matches a pattern; `optional` and `when` as for `SameValue`."""

    name: str
    candidate: CandidatePattern
    optional: Undefined = "no"
    when: Constraint | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """The values are at most (`within`) or at least (`apart`) an amount apart; the rest as for `SameValue`."""

    name: str
    columns: tuple[str, ...]
    own_columns: tuple[str, ...]
    within: Amount | None = None
    apart: Amount | None = None
    optional: Undefined = "no"
    when: Constraint | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """The supporting exposure's value is at most `before` less and at most `after` greater than that of the group's exposure.

    None: without a limit. The rest is as for `SameValue`.
    """

    name: str
    columns: tuple[str, ...]
    own_columns: tuple[str, ...]
    before: Amount | None
    after: Amount | None
    optional: Undefined = "no"
    when: Constraint | None = None


@dataclass(frozen=True, slots=True)
class SkyDistance:
    """The positions are at most `within` degrees apart on the sphere; the rest as for `SameValue`.

    Attributes
    ----------
    position, own_position : tuple of (str, str)
        The columns of longitude and latitude: of the supporting exposure and of the group's.
    """

    name: str
    position: tuple[str, str]
    own_position: tuple[str, str]
    within: Amount
    optional: Undefined = "no"
    when: Constraint | None = None


Relation = SameValue | SameCandidate | Distance | Interval | SkyDistance
"""What must hold for a pair of a supporting exposure and an exposure of the group."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Sets that agree in this are preferred to others.

    Attributes
    ----------
    name : str
        The columns that it reads, for readers.
    test : Relation or Constraint
        A relation of a pair, or a constraint that a supporting exposure passes.
    when_more_than : int or tuple of str
        It is considered only if more sets are left: than a number, or than there are files of the group's own exposures
        (``own``) and of what some attachments took. 0: it is always considered.
    """

    name: str
    test: Relation | Constraint
    when_more_than: int | tuple[str, ...] = 0


@dataclass(frozen=True, slots=True)
class Nearest:
    """Sets are ordered by the distance of a value, the first of these columns that has one.

    With a side, only values on that side of the group's exposure have a distance; others come after them.
    """

    columns: tuple[str, ...]
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class MemberTemplate:
    """A member that an attached exposure becomes: the template of its name, and its exptype as the rule set spells it."""

    name: str
    exptype: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Supporting exposures, which are attached to the groups of their scope: those that match, and of them a choice.

    Attributes
    ----------
    name : str
        The name of this block of the rule.
    source : {"pool", "select"}
        The exposures that can be attached: any of the scope, or those that the rule's own ``select`` selects.
    excepted : tuple of str
        The entries of ``select`` that are then ignored.
    product_of : str or None
        The rule whose products can be attached, instead of exposures.
    when : Constraint or None
        Selects the supporting exposures; None: all of them.
    match : tuple of Relation
        What must hold for a pair of a supporting exposure and an exposure of `to`; all with one and the same.
    to : tuple of str
        With whom they are compared: ``own`` exposures of the group, and what the named attachments took.
    sets_by : tuple of str
        Exposures that agree in these columns are a set, taken as a whole or not; without columns each file is a set.
    at_least : int
        A set of fewer files is not considered.
    prefer, nearest : tuple of Preference, tuple of Nearest
        Which sets are chosen, in this order of importance.
    at_most : int or None
        The largest number of sets that are taken; None: all.
    each_own : bool
        The choice is made for each of the group's own exposures by itself.
    exptype : str or None
        The exptype of the members, as the rule set spells it; None: that of each exposure.
    members : tuple of MemberTemplate
        What an attached exposure becomes, instead of itself; empty: itself.
    """

    name: str
    when: Constraint | None = None
    match: tuple[Relation, ...] = ()
    source: Literal["pool", "select"] = "pool"
    excepted: tuple[str, ...] = ()
    product_of: str | None = None
    to: tuple[str, ...] = (OWN,)
    sets_by: tuple[str, ...] = ()
    at_least: int = 1
    prefer: tuple[Preference, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    at_most: int | None = None
    each_own: bool = False
    exptype: str | None = None
    members: tuple[MemberTemplate, ...] = ()

    @property
    def takes_all(self) -> bool:
        """Whether everything that matches is taken, so that there is no choice."""
        return self.at_least == 1 and not self.prefer and self.at_most is None

    @property
    def has_sets(self) -> bool:
        """Whether it has sets that are compared with each other, or taken as a whole."""
        return bool(not self.takes_all or self.sets_by or self.nearest)

    def compared_with(self) -> tuple[str, ...]:
        """The attachments that must be made before this one, because it compares or counts what they took."""
        counted = (name for preference in self.prefer for name in _names(preference.when_more_than))
        return tuple(dict.fromkeys(name for name in (*self.to, *counted) if name != OWN))

    def relations(self) -> Iterator[Relation]:
        """All relations: those that must hold, and those that are preferred."""
        yield from self.match
        yield from (preference.test for preference in self.prefer if isinstance(preference.test, Relation))

    def constraints(self) -> Iterator[Constraint]:
        """All constraints, including those of relations."""
        if self.when is not None:
            yield self.when
        yield from (preference.test for preference in self.prefer if not isinstance(preference.test, Relation))
        yield from (relation.when for relation in self.relations() if relation.when is not None)

    def exptypes(self) -> tuple[str, ...]:
        """The exptypes that it gives to members, as the rule set spells them."""
        if self.members:
            return tuple(member.exptype for member in self.members)
        return () if self.exptype is None else (self.exptype,)

    def columns_read(self) -> frozenset[str]:
        """The names of all columns that it reads, derived columns included."""
        names = {name for relation in self.relations() for name in relation_columns(relation)}
        names.update(name for nearest in self.nearest for name in nearest.columns)
        names.update(self.sets_by)
        return frozenset(names).union(*map(columns_read, self.constraints()))


def relation_columns(relation: Relation) -> frozenset[str]:
    """The columns that a relation reads itself, on either side; not those of its `when`."""
    match relation:
        case SameValue():
            return frozenset((*relation.columns, *relation.own_columns))
        case SameCandidate():
            return frozenset()
        case SkyDistance():
            return frozenset((*relation.position, *relation.own_position, *amount_columns(relation.within)))
        case Distance():
            amounts = (relation.within, relation.apart)
        case Interval():
            amounts = (relation.before, relation.after)
    return frozenset(
        (*relation.columns, *relation.own_columns, *(name for amount in amounts for name in amount_columns(amount)))
    )


def amount_columns(amount: Amount | None) -> tuple[str, ...]:
    """The columns that give an amount."""
    return amount.columns if isinstance(amount, ColumnAmount) else ()


def same_columns(columns: tuple[str, ...]) -> tuple[SameValue, ...]:
    """The relations of a plain list of columns: agreement in each."""
    return tuple(SameValue(name, (name,), (name,)) for name in columns)


def plain_columns(attachment: Attachment) -> tuple[str, ...] | None:
    """The columns of a match that is agreement in the values of single columns and nothing else; None if it is more."""
    columns = []
    for relation in attachment.match:
        if not isinstance(relation, SameValue) or relation != SameValue(
            relation.name, relation.columns[:1], relation.columns[:1]
        ):
            return None
        columns.append(relation.columns[0])
    return tuple(columns)


def _names(when_more_than: int | tuple[str, ...]) -> tuple[str, ...]:
    return () if isinstance(when_more_than, int) else when_more_than
