"""Rules and rule sets as frozen values: what rule files mean, once they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from asnforge.findings import CannotContinue, Finding, closest
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.derived import Derived
from asnforge.rules.file_names import FileNames
from asnforge.rules.names import NamePart


@dataclass(frozen=True, slots=True)
class Select:
    """A named constraint of a rule: which exposures it takes."""

    name: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class CandidateValue:
    """A value that a key has instead of its own, in the scope of some candidates.

    Attributes
    ----------
    candidate_id : str
        A regular expression for the candidate's id.
    candidate_type : str
        The candidate's type, in lower case. In the discovered scope the candidate is the only one that the exposure names.
    value : str
        The value of the key there, in lower case.
    """

    candidate_id: str
    candidate_type: str
    value: str


@dataclass(frozen=True, slots=True)
class Key:
    """A column that divides a rule's exposures into groups (grouping rules, 'Groups').

    Attributes
    ----------
    name : str
        The key's name, for product names and the constraints text.
    columns : tuple of str
        The key's value is the first that is defined of these columns.
    optional : bool
        An undefined value is a wildcard; where it is not optional, an exposure without a value is not taken.
    when : Constraint or None
        The key binds the exposures that pass; any other is a wildcard. None: it binds all.
    instead : CandidateValue or None
        The value of the key in the scope of some candidates.
    """

    name: str
    columns: tuple[str, ...]
    optional: bool = False
    when: Constraint | None = None
    instead: CandidateValue | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """Supporting exposures, which join the groups of their scope that they match.

    Attributes
    ----------
    name : str
        What is attached.
    when : Constraint
        Which exposures are supporting ones.
    match : tuple of str
        The columns whose values must all be those of one of the group's own exposures.
    exptype : str or None
        The exptype as a member; None: the exposure's own.
    """

    name: str
    when: Constraint
    match: tuple[str, ...]
    exptype: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Members that appear a second time, under another exptype (grouping rules, 'Nods')."""

    exptype: str
    repeat_as: str
    at_least: int


SCIENCE = "science"
"""The exptype that every association needs (techspecs, 'exptype')."""


@dataclass(frozen=True, slots=True)
class MembersRequired:
    """A group needs so many members of an exptype."""

    name: str
    exptype: str | None
    at_least: int

    def describe(self) -> str:
        """The requirement in words."""
        article = "an" if (self.exptype or "m")[0] in "aeiou" else "a"
        count = article if self.at_least == 1 else f"{self.at_least} or more"
        plural = "" if self.at_least == 1 else "s"
        return f"{count} {self.exptype + ' ' if self.exptype else ''}member{plural}"


IMPLIED = MembersRequired("science_member", SCIENCE, 1)
"""What every rule requires that does not say it itself, as the format asks for it (techspecs, 'exptype')."""


@dataclass(frozen=True, slots=True)
class DistinctRequired:
    """The group's own exposures need so many different values of a column, in scopes of some types (none named: all)."""

    name: str
    column: str
    at_least: int
    scope_types: tuple[str, ...] = ()

    def describe(self) -> str:
        """The requirement in words."""
        where = f" in a scope of type {' or '.join(self.scope_types)}" if self.scope_types else ""
        return f"{self.at_least} or more different {self.column.upper()}{where}"


@dataclass(frozen=True, slots=True)
class ScopeRequired:
    """The scope's type is one of some, or none of some."""

    name: str
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def describe(self) -> str:
        """The requirement in words."""
        if self.one_of:
            return f"a scope of type {' or '.join(self.one_of)}"
        return f"a scope of another type than {' or '.join(self.none_of)}"


Requirement = MembersRequired | DistinctRequired | ScopeRequired


@dataclass(frozen=True, slots=True)
class TakeAs:
    """Each exposure counts as one exptype, whatever it is, but for the ones excepted."""

    exptype: str
    excepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a rule set is written: file, and line and column counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a query that selects exposures, groups them, attaches others, checks the group and names the product.

    Attributes
    ----------
    name : str
        The rule's name, the association's ``asn_rule``.
    asn_type : str
        The association's ``asn_type``.
    title, about : str
        The rule in a few words, and why it is as it is.
    product : str
        The template of the product's name: name parts of the rule set in braces.
    member_name : str or None
        The template of a member's file name, where it is not the rule set's own.
    select, group_by, attach, repeat, require : tuple
        The blocks of the rule file, with what the rule shares with others filled in.
    take_as : TakeAs or None
        The exptype that every exposure has for this rule.
    place : Place
        Where the rule is written.
    """

    name: str
    asn_type: str
    title: str
    about: str
    product: str
    member_name: str | None
    select: tuple[Select, ...]
    group_by: tuple[Key, ...]
    attach: tuple[Attachment, ...]
    repeat: tuple[Repeat, ...]
    require: tuple[Requirement, ...]
    take_as: TakeAs | None
    place: Place

    def columns_read(self) -> frozenset[str]:
        """The names of all columns that the rule reads, derived ones too."""
        names = {name for key in self.group_by for name in key.columns}
        names.update(name for attachment in self.attach for name in attachment.match)
        names.update(need.column for need in self.require if isinstance(need, DistinctRequired))
        for constraint in self.constraints():
            names.update(columns_read(constraint))
        return frozenset(names)

    def constraints(self) -> Iterator[Constraint]:
        """All constraints of the rule, those of keys and attachments among them."""
        yield from (select.constraint for select in self.select)
        yield from (key.when for key in self.group_by if key.when is not None)
        yield from (attachment.when for attachment in self.attach)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where a pool names candidates, and the scope over the whole pool (grouping rules, 'Scopes').

    Attributes
    ----------
    column : str or None
        The column that lists an exposure's candidates; None where the observatory has none.
    id : str
        A regular expression for the whole of a candidate's id.
    discovered_id, discovered_type : str
        The id and type of the scope over the whole pool.
    """

    column: str | None
    id: str
    discovered_id: str
    discovered_type: str


@dataclass(frozen=True, slots=True)
class Members:
    """How an exposure becomes a member (grouping rules, 'Member file names').

    Attributes
    ----------
    file_name : str
        The column with the exposure's file name.
    parts : NameEnding or NamePattern
        The file names that are changed, and the parts that they have; any other name is kept as it is.
    name : str
        The template of the member's file name: parts of the exposure's file name and derived columns in braces.
    exposerr : str or None
        The column with the observatory's note of an error; None where it makes none.
    exptype : str
        The derived column with the exposure's type.
    """

    file_name: str
    parts: FileNames
    name: str
    exposerr: str | None
    exptype: str


@dataclass(frozen=True, slots=True)
class Keywords:
    """Templates of the association's own keywords, and the texts of ``degraded_status``."""

    file_name: str
    program: str
    target: str
    not_degraded: str
    degraded: str


@dataclass(frozen=True, slots=True, eq=False)
class Ruleset:
    """Rules and what they share.

    Attributes
    ----------
    name, title : str
        The rule set's name, and what it is for.
    undefined : frozenset of str
        The texts in lower case that stand for no value.
    candidates, members, keywords : Candidates, Members, Keywords
        Where candidates, members and keywords come from.
    derived : mapping of str to Derived
        Columns that are made from others, by name.
    names : mapping of str to NamePart
        The parts of product and file names, by name.
    rules : tuple of Rule
        The rules, sorted by name.
    abouts : mapping of str to str
        What the rule set says of its conditions, derived columns and tables, by a path such as ``conditions.imaging``.
    other_names : mapping of str to tuple of str
        Other names of pool columns, by the name that rules use, all in lower case. The first one that a pool has is read where
        it does not have the column under the name that rules use.
    """

    name: str
    title: str
    undefined: frozenset[str]
    candidates: Candidates
    members: Members
    keywords: Keywords
    derived: Mapping[str, Derived]
    names: Mapping[str, NamePart]
    rules: tuple[Rule, ...]
    abouts: Mapping[str, str] = field(default_factory=dict)
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def only(self, *names: str) -> Ruleset:
        """The rule set with some of its rules alone, named in any letter case.

        Raises
        ------
        CannotContinue
            There is no rule of a name.
        """
        known = {rule.name.casefold(): rule.name for rule in self.rules}
        for name in names:
            if name.casefold() not in known:
                near = closest(name, known.values())
                hint = f"did you mean {near}?" if near else "asnforge rules list names them"
                raise CannotContinue(Finding("R201", f"there is no rule {name} in {self.name}", hint=hint))
        return replace(
            self, rules=tuple(rule for rule in self.rules if rule.name.casefold() in set(map(str.casefold, names)))
        )

    def columns_read(self) -> frozenset[str]:
        """The names of all pool columns that are needed to generate, their other names among them."""
        needed = self.columns_needed()
        return needed.union(*(self.other_names.get(name, ()) for name in needed))

    def find_column(self, name: str, available: Collection[str]) -> str | None:
        """The name under which a pool has a column: its own, or else the first of its other names; None where it has none.

        Parameters
        ----------
        name : str
            The column's name in rules, in lower case.
        available : collection of str
            The pool's columns, in lower case.
        """
        return next((each for each in self.names_of(name) if each in available), None)

    def names_of(self, column: str) -> tuple[str, ...]:
        """All names of a column: the one that rules use, and its other names."""
        return (column, *self.other_names.get(column, ()))

    def columns_needed(self) -> frozenset[str]:
        """The names of all pool columns that are needed to generate, as rules use them."""
        facts = (self.candidates.column, self.members.file_name, self.members.exposerr)
        names = {name for name in facts if name is not None}
        names.update(column for rule in self.rules for column in rule.columns_read())
        names.update(column for derived in self.derived.values() for column in derived.columns_read())
        return frozenset(names - self.derived.keys())
