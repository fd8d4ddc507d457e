"""Cases as frozen values: a tiny pool, what is expected of it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asnforge.findings import SourceLocation
from asnforge.pool.model import Pool

Names = frozenset[str]
"""Names of exposures, constraints or requirements."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A group that is expected to lack something.

    Attributes
    ----------
    exposures : frozenset of str
        All exposures of the group.
    lacks : frozenset of str
        The requirements that it does not meet.
    scope : str
        The id of its scope; empty: every scope where these exposures are a group.
    """

    exposures: Names
    lacks: Names
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a case; None where nothing is said.

    Attributes
    ----------
    together : tuple of frozenset of str, or None
        The exposures of each association.
    products : mapping of str to frozenset of str, or None
        The exposures of each association, by the name of its product, whose letter case does not matter.
    asn_types : frozenset of str
        The asn_types of the associations; none where nothing is said.
    apart : tuple of frozenset of str
        Exposures of which no association has two.
    left_out : mapping of str to frozenset of str
        For exposures that are not taken, the constraints and keys that they fail.
    incomplete : tuple of Incomplete
        Groups that become no association.
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
    incomplete: tuple[Incomplete, ...] = ()
    exptypes: Mapping[str, Names] = field(default_factory=dict)
    members: Mapping[str, Names] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class RuleCase:
    """A case.

    Attributes
    ----------
    name : str
        The sentence that says what it shows.
    rule : str
        The rule that it is a case of; empty: all rules of the rule set.
    place : SourceLocation
        Where it is written.
    pool : Pool
        Its pool, whose lines are those of the file of cases.
    exposures : tuple of str
        The exposures' names, row by row.
    shown : tuple of tuple of str
        The pool as a table for people, its header first: what is not the same in all rows.
    ids : tuple of str
        The candidates that are looked at; empty: all, and the whole pool.
    expected : Expected
        What is expected.
    places : mapping of str to SourceLocation
        Where each expectation is written, by its key.
    """

    name: str
    rule: str
    place: SourceLocation
    pool: Pool
    exposures: tuple[str, ...]
    shown: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    expected: Expected
    places: Mapping[str, SourceLocation]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An expectation that is not met.

    Attributes
    ----------
    what : str
        The key of the expectation, with the exposure where it is about one.
    place : SourceLocation
        Where it is written.
    expected, actual : str
        The two, in words.
    exposures : tuple of str
        The exposures concerned.
    """

    what: str
    place: SourceLocation
    expected: str
    actual: str
    exposures: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CaseResult:
    """What came of a case.

    Attributes
    ----------
    case : RuleCase
        The case.
    mismatches : tuple of Mismatch
        The expectations that are not met; none where the case passes.
    explanation : str
        Why it came otherwise: what the rule did with the exposures concerned.
    seconds : float
        How long it took.
    """

    case: RuleCase
    mismatches: tuple[Mismatch, ...]
    explanation: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all expectations are met."""
        return not self.mismatches
