"""Rules and rule sets as frozen values: what rule files mean, once they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from asnforge.findings import Finding, InputError, SourceLocation, did_you_mean
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.conventions import Candidates, Keywords, Members
from asnforge.rules.derived import Derived
from asnforge.rules.headers import HeaderMapping
from asnforge.rules.pipelines import Pipelines
from asnforge.rules.requirements import SCIENCE, DistinctRequired, Requirement
from asnforge.rules.templates import NamePart


@dataclass(frozen=True, slots=True)
class NamedConstraint:
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
    """A column that divides a rule's exposures into groups (docs/grouping.md#groups).

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
        The exptype as a member, as the rule set spells it; None: the exposure's own.
    """

    name: str
    when: Constraint
    match: tuple[str, ...]
    exptype: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Members that appear a second time, under another exptype (docs/grouping.md#members-that-appear-twice).

    Attributes
    ----------
    exptype : str
        The exptype of the members, in lower case.
    repeat_as : str
        Their second exptype, as the rule set spells it.
    at_least : int
        How many members of `exptype` a group needs for this.
    """

    exptype: str
    repeat_as: str
    at_least: int


@dataclass(frozen=True, slots=True)
class ExptypeOverride:
    """Each exposure counts as one exptype, whatever it is, except those of some exptypes.

    Attributes
    ----------
    exptype : str
        The exptype, as the rule set spells it.
    excepted : tuple of str
        The exptypes, in lower case, of the exposures that keep their own.
    """

    exptype: str
    excepted: tuple[str, ...] = ()


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
    file_name : str or None
        The template of the association file's name, where it is not the rule set's own.
    member_name : str or None
        The template of a member's file name, where it is not the rule set's own.
    select, group_by, attach, repeat, require : tuple
        The blocks of the rule file, with what the rule shares with others filled in.
    take_as : ExptypeOverride or None
        The exptype that every exposure has for this rule.
    place : SourceLocation
        Where the rule is written.
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
    place: SourceLocation

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


PRODUCT = "product"
"""The name in templates of file names that is replaced by the product's name, where no name part of the rule set has it."""

Duplicates = Literal["members", "members_and_product", "keep"]
"""Which associations are dropped: those with the same members; only where the product's name is the same too; or none."""


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
    duplicates : {"members", "members_and_product", "keep"} or None
        Which associations are dropped as duplicates; None where the rule set does not say, which is ``members`` with a warning
        where products of other names are lost.
    abouts : mapping of str to str
        What the rule set says of its conditions, derived columns and tables, by a path such as ``conditions.imaging``.
    pipelines : Pipelines
        What the pipelines that process the associations need and read.
    other_names : mapping of str to tuple of str
        Other names of pool columns, by the name that rules use, all in lower case. The first one that a pool has is read where
        it does not have the column under the name that rules use.
    headers : HeaderMapping or None
        How the headers of FITS files become rows of a pool.
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
    duplicates: Duplicates | None = None
    abouts: Mapping[str, str] = field(default_factory=dict)
    pipelines: Pipelines = field(default_factory=Pipelines)
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: HeaderMapping | None = None

    def file_name_of(self, rule: Rule) -> str:
        """The template of the names of a rule's files."""
        return rule.file_name or self.keywords.file_name

    def only(self, *names: str) -> Ruleset:
        """The rule set with some of its rules alone, named in any letter case.

        Raises
        ------
        InputError
            There is no rule of a name.
        """
        known = {rule.name.casefold(): rule.name for rule in self.rules}
        for name in names:
            if name.casefold() not in known:
                near = did_you_mean(name, known.values())
                hint = f"did you mean {near}?" if near else "asnforge rules list names them"
                raise InputError(Finding("R201", f"there is no rule {name} in {self.name}", hint=hint))
        return replace(
            self, rules=tuple(rule for rule in self.rules if rule.name.casefold() in set(map(str.casefold, names)))
        )

    def exptype_spellings(self) -> dict[str, str]:
        """How exptypes are spelled in files, by the exptype in lower case.

        Exptypes are compared without case; a member has the first spelling of the rule set, in the order of the derived column,
        then of the rules. ``science`` is the format's word and always in lower case (docs/format.md#members).
        """
        spellings = {SCIENCE: SCIENCE}
        for text in self._exptypes_given():
            spellings.setdefault(text.casefold(), text)
        return spellings

    def _exptypes_given(self) -> Iterator[str]:
        columns = [self.members.exptype]
        for name in columns:
            for case in self.derived[name].cases if name in self.derived else ():
                if case.copy is None:
                    yield case.value
                elif case.copy not in columns:
                    columns.append(case.copy)
        for rule in self.rules:
            yield from (attachment.exptype for attachment in rule.attach if attachment.exptype is not None)
            yield from (repeat.repeat_as for repeat in rule.repeat)
            if rule.take_as is not None:
                yield rule.take_as.exptype

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
