"""Cases as frozen values: a small pool, the expected result, and the mismatches with the actual one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asnforge.findings import SourceLocation
from asnforge.pool.model import Pool

Names = frozenset[str]
"""Names of exposures, constraints or requirements."""


@dataclass(frozen=True, slots=True)
class IncompleteGroup:
    """A group that is expected to be incomplete.

    Attributes
    ----------
    exposures : frozenset of str
        All exposures of the group.
    lacks : frozenset of str
        The requirements that it does not meet.
    scope : str
        The id of its scope; empty: every scope in which these exposures are a group.
    """

    exposures: Names
    lacks: Names
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectations of a case, by the keys of its ``expect`` block; None or empty if it has no such key.

    Attributes
    ----------
    together : tuple of frozenset of str, or None
        The exposures of each association.
    products : mapping of str to frozenset of str, or None
        The exposures of each association, by the name of its product in any case.
    asn_types : frozenset of str
        The asn_types of the associations.
    apart : tuple of frozenset of str
        Exposures of which no association has two.
    left_out : mapping of str to frozenset of str
        For rejected exposures, the constraints and keys that they fail.
    incomplete : tuple of IncompleteGroup
        Groups that do not become associations.
    exptypes, members : mapping of str to frozenset of str
        The exptypes and file names of exposures as members.
    values : mapping of str to mapping of str to str
        For exposures the values of columns.
    """

    together: tuple[Names, ...] | None = None
    products: Mapping[str, Names] | None = None
    asn_types: Names = frozenset()
    apart: tuple[Names, ...] = ()
    left_out: Mapping[str, Names] = field(default_factory=dict)
    incomplete: tuple[IncompleteGroup, ...] = ()
    exptypes: Mapping[str, Names] = field(default_factory=dict)
    members: Mapping[str, Names] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class RuleCase:
    """A case.

    Attributes
    ----------
    name : str
        A sentence that says what the case shows.
    rule : str
        The rule that is tested; empty: all rules of the rule set.
    location : SourceLocation
        The case's position in the file of cases.
    pool : Pool
        Its pool; the lines are those of the file of cases.
    exposures : tuple of str
        The exposures' names, row by row.
    table : tuple of tuple of str
        The pool as it is displayed, header first: the columns that differ between exposures.
    ids : tuple of str
        The selected candidates; empty: all, and the discovered scope.
    expected : Expected
        The expected result.
    locations : mapping of str to SourceLocation
        The position of each expectation, by its key.
    """

    name: str
    rule: str
    location: SourceLocation
    pool: Pool
    exposures: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    expected: Expected
    locations: Mapping[str, SourceLocation]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An expectation that is not met.

    Attributes
    ----------
    what : str
        The key of the expectation, with the exposure if it is about one.
    location : SourceLocation
        The position of the expectation.
    expected, actual : str
        The two results, in words.
    exposures : tuple of str
        The exposures concerned.
    """

    what: str
    location: SourceLocation
    expected: str
    actual: str
    exposures: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CaseResult:
    """The result of a case.

    Attributes
    ----------
    case : RuleCase
        The case.
    mismatches : tuple of Mismatch
        The expectations that are not met; none if the case passes.
    explanation : str
        What the rule did with the exposures concerned.
    seconds : float
        The duration.
    """

    case: RuleCase
    mismatches: tuple[Mismatch, ...]
    explanation: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all expectations are met."""
        return not self.mismatches
