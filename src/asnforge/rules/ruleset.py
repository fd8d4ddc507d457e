"""Rule sets as frozen values: rules, what they share, and the conventions of their observatory."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from asnforge.findings import FindingCode, InputError, did_you_mean
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.dependence import rule_layers, with_sources
from asnforge.rules.derived import Derived
from asnforge.rules.displayed_columns import ReportColumns, SetupColumns
from asnforge.rules.file_names import NameEnding
from asnforge.rules.header_mapping import HeaderMapping
from asnforge.rules.keyword_values import KeywordValue
from asnforge.rules.pipelines import Pipelines
from asnforge.rules.rule import SCIENCE, Rule
from asnforge.rules.templates import NamePart

UNDEFINED_REFERENCE = FindingCode(
    "R201",
    "undefined reference",
    "The rule uses a part, condition, table, product template, name part or derived column that no ruleset.yaml defines. Most "
    "often the name is misspelled.",
    wrong="select:\n  science: {use: on_ksy}",
    right="select:\n  science: {use: on_sky}",
)

Duplicates = Literal["members", "members_and_product", "keep"]
"""Associations that are dropped as duplicates: those with the same members, those with the same product name too, or none."""

MOST_WILDCARD_GROUPS = 1000
"""The limit of groups that undefined values make, unless a rule set has another one."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates in a pool, and the scope of the whole pool (docs/grouping.md#scopes).

    Attributes
    ----------
    column : str or None
        The column that lists an exposure's candidates; None if the observatory has none.
    id : str
        A regular expression for the whole of a candidate's id.
    discovered_id, discovered_type : str
        The id and type of the scope of the whole pool.
    """

    column: str | None
    id: str
    discovered_id: str
    discovered_type: str


@dataclass(frozen=True, slots=True)
class Members:
    """How an exposure becomes a member (docs/grouping.md#names).

    Attributes
    ----------
    file_name : str
        The column with the exposure's file name.
    parts : NameEnding
        The file names that are changed, and their parts; any other name is kept unchanged.
    name : str
        The template of the member's file name, with parts of the exposure's file name and derived columns in braces;
        `UNCHANGED` if the name stays as it is.
    exposerr : str or None
        The column with the observatory's note of an error; None if it has none.
    exptype : str
        The derived column with the exposure's type.
    """

    file_name: str
    parts: NameEnding
    name: str
    exposerr: str | None
    exptype: str


@dataclass(frozen=True, slots=True)
class Keywords:
    """Templates of the association's keywords, the two values of ``degraded_status``, and added keywords by name."""

    file_name: str
    program: str
    target: str
    not_degraded: str
    degraded: str
    extra: Mapping[str, KeywordValue] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The JSON Schema that associations of a rule set have to pass: the path of its file, and its JSON."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Combination:
    """What is combined on request, with ``--combine`` (docs/grouping.md#combining).

    Attributes
    ----------
    keys : tuple of str
        The keys by which no rule groups then; none if the scope of the whole pool is enough.
    several : str or None
        The value of these keys in names of a group with several values; None for all of them.
    compare : mapping of str to tuple of str
        Keys whose values mean something else in what is combined, such as numbers that each program gives to its targets, and
        the columns that they read instead.
    about : str
        A description.
    """

    keys: tuple[str, ...] = ()
    several: str | None = None
    compare: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, eq=False)  # without slots, for cached_property
class Ruleset:
    """Rules and what they share.

    Attributes
    ----------
    name, title, about : str
        The rule set's name, a short description, and who it is for.
    undefined : frozenset of str
        The values, in lower case, that are undefined.
    candidates, members, keywords : Candidates, Members, Keywords
        The conventions of the observatory.
    derived : mapping of str to Derived
        The derived columns, by name.
    names : mapping of str to NamePart
        The parts of product and file names, by name.
    rules : tuple of Rule
        The rules, sorted by name.
    duplicates : {"members", "members_and_product", "keep"} or None
        The associations that are dropped as duplicates; None if the rule set does not say, which is ``members`` with a warning
        if products of other names are lost.
    descriptions : mapping of str to str
        The descriptions of conditions, derived columns and tables, by a path such as ``conditions.imaging``.
    pipelines : Pipelines
        What the pipelines that process the associations need and read.
    other_names : mapping of str to tuple of str
        Other names of pool columns, by the name that rules use, all in lower case. If a pool does not have a column under the
        name that rules use, the first of the other names that it has is read.
    column_types : mapping of str to ColumnType
        The types of columns of the pool and of derived ones, by name in lower case; a column without a type has texts.
    headers : HeaderMapping or None
        How the headers of FITS files become rows of a pool.
    setup : SetupColumns or None
        Which columns say how an exposure was taken.
    report : ReportColumns or None
        Which columns a report displays.
    schema : OutputSchema or None
        The JSON Schema that associations have to pass.
    run : str
        The command that processes an association, with ``{pipeline}`` and ``{file}``; empty if there is none.
    combinations : mapping of str to Combination
        What can be combined on request, by name.
    combined : tuple of str
        The names of those that are combined.
    most_wildcard_groups : int
        The most groups of a rule that undefined values make in a scope, for the same values of all other keys.
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
    descriptions: Mapping[str, str] = field(default_factory=dict)
    pipelines: Pipelines = field(default_factory=Pipelines)
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    column_types: Mapping[str, ColumnType] = field(default_factory=dict)
    headers: HeaderMapping | None = None
    setup: SetupColumns | None = None
    report: ReportColumns | None = None
    run: str = ""
    schema: OutputSchema | None = None
    combinations: Mapping[str, Combination] = field(default_factory=dict)
    combined: tuple[str, ...] = ()
    about: str = ""
    most_wildcard_groups: int = MOST_WILDCARD_GROUPS

    def keywords_of(self, rule: Rule) -> Mapping[str, KeywordValue]:
        """The keywords that are added to a rule's associations: those of the rule set, with those of the rule."""
        return {**self.keywords.extra, **rule.keywords} if rule.keywords else self.keywords.extra

    def file_name_of(self, rule: Rule) -> str:
        """The template of the names of a rule's files."""
        return rule.file_name or self.keywords.file_name

    def layers(self) -> tuple[tuple[Rule, ...], ...]:
        """The rules in the order in which they are applied: those of a layer use only products of earlier ones."""
        return rule_layers(self.rules)

    def run_line(self, file: str, asn_type: str) -> str:
        """The command that processes an association file, quoted for the shell; empty if the rule set has none for it."""
        facts = self.pipelines.find(asn_type)
        if not self.run or facts is None or not facts.pipeline:
            return ""
        path = f"./{file}" if file.startswith("-") else file
        return self.run.replace("{pipeline}", facts.pipeline).replace("{file}", shlex.quote(path))

    def only(self, *names: str) -> Ruleset:
        """The rule set with only the named rules, ignoring case, and the rules whose products these use.

        Raises
        ------
        InputError
            There is no rule with one of the names.
        """
        known = {rule.name.casefold(): rule.name for rule in self.rules}
        for name in names:
            if name.casefold() not in known:
                closest = did_you_mean(name, known.values())
                hint = f"did you mean {closest}?" if closest else "asnforge rules list shows them"
                message = "there is no rule {rule} in {ruleset}"
                raise InputError(UNDEFINED_REFERENCE.finding(message, hint=hint, rule=name, ruleset=self.name))
        depends_on = {rule.name: rule.depends_on() for rule in self.rules}
        chosen = with_sources((known[name.casefold()] for name in names), depends_on)
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name in chosen))

    def exptype_spellings(self) -> dict[str, str]:
        """The spelling of exptypes in associations, by the exptype in lower case.

        Exptypes are compared without case; members have the first spelling of the rule set, in the order of the derived
        column, then of the rules. ``science`` is defined by the format, in lower case (docs/format.md#members).
        """
        spellings = {SCIENCE: SCIENCE}
        for exptype in self._assigned_exptypes():
            spellings.setdefault(exptype.casefold(), exptype)
        return spellings

    def _assigned_exptypes(self) -> Iterator[str]:
        columns = [self.members.exptype]
        for name in columns:
            for case in self.derived[name].cases if name in self.derived else ():
                if case.copy is None:
                    yield case.value
                elif case.copy not in columns:
                    columns.append(case.copy)
        for rule in self.rules:
            yield from (exptype for attachment in rule.attach for exptype in attachment.exptypes())
            yield from (repeat.repeat_as for repeat in rule.repeat)
            if rule.take_as is not None:
                yield rule.take_as.exptype

    def columns_read(self) -> frozenset[str]:
        """The names of all pool columns that are needed to generate, including their other names."""
        needed = self.columns_needed()
        return needed.union(*(self.other_names.get(name, ()) for name in needed)) if self.other_names else needed

    def columns_needed(self) -> frozenset[str]:
        """The names of all pool columns that are needed to generate, as rules use them."""
        return self._columns_needed

    @cached_property
    def _columns_needed(self) -> frozenset[str]:
        conventions = (self.candidates.column, self.members.file_name, self.members.exposerr)
        names = {name for name in conventions if name is not None}
        names.update(column for rule in self.rules for column in rule.columns_read())
        names.update(column for part in self.names.values() for column in part.columns)
        names.update(column for derived in self.derived.values() for column in derived.columns_read())
        return frozenset(names - self.derived.keys())

    def with_sources(self, columns: Iterable[str]) -> frozenset[str]:
        """Columns, and all columns that they are derived from, directly or through others."""
        queue, result = list(columns), set[str]()
        while queue:
            name = queue.pop()
            if name not in result:
                result.add(name)
                queue.extend(self.derived[name].columns_read() if name in self.derived else ())
        return frozenset(result)

    def type_of(self, column: str) -> ColumnType:
        """The type of a column, by its name in lower case."""
        return self.column_types.get(column, TEXT)

    def names_of(self, column: str) -> tuple[str, ...]:
        """All names of a column: the one that rules use, and its other names."""
        return (column, *self.other_names.get(column, ()))

    def find_column(self, name: str, available: Collection[str]) -> str | None:
        """The name of a column in a pool: its own, or else the first of its other names; None if the pool has neither.

        Parameters
        ----------
        name : str
            The column's name in rules, in lower case.
        available : collection of str
            The pool's columns, in lower case.
        """
        return next((column for column in self.names_of(name) if column in available), None)
