"""Cases as frozen values: a small pool, the expected result, and the mismatches with the actual one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asnforge.findings import Finding, SourceLocation
from asnforge.pool.model import Pool

Names = frozenset[str]
"""Names of exposures, constraints or requirements."""


@dataclass(frozen=True, slots=True)
class IncompleteGroup:
    """A group that is expected not to meet some requirements, in one scope or in every scope where it is a group."""

    exposures: Names
    lacks: Names
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectations of a case, by the keys of its ``expect`` block; None or empty if it has no such key.

    Attributes
    ----------
    together, products
        The exposures of each association; in products, by the name of the association's product in any case.
    asn_types
        The asn_types of the associations.
    apart
        Sets of exposures; no association has two exposures of a set.
    left_out
        For rejected exposures, the constraints and keys that they fail.
    incomplete
        Groups that do not become associations.
    exptypes, members
        The exptypes and file names of exposures as members.
    values
        The values of columns, by exposure.
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
    rule : str
        The rule that is tested; empty: all rules of the rule set.
    pool : Pool
        Its pool; the lines are those of the file of cases.
    exposures : tuple of str
        The exposures' names, row by row.
    table : tuple of tuple of str
        The pool as it is displayed, header first: the columns that differ between exposures.
    ids : tuple of str
        The selected candidates; empty: all, and the discovered scope.
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
    expected, actual : str
        The two results, in words.
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
    mismatches : tuple of Mismatch
        The expectations that are not met.
    explanation : str
        What the rule did with the exposures of the mismatches.
    seconds : float
        The duration.
    findings : tuple of Finding
        Why the case could not be run.
    """

    case: RuleCase
    mismatches: tuple[Mismatch, ...] = ()
    explanation: str = ""
    seconds: float = 0
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the case was run and all expectations are met."""
        return not self.mismatches and not self.findings
