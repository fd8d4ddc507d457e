"""Candidates as rules refer to them: by a pattern of ids and a type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CandidatePattern:
    """Candidates of a type (lower case) whose whole id matches a pattern.

    In the discovered scope, an exposure has such a candidate if it names exactly one candidate, and that candidate matches.
    """

    candidate_id: str
    candidate_type: str


@dataclass(frozen=True, slots=True)
class CandidateValue:
    """The value of a key, in lower case, in the scopes of candidates of a type (lower case) whose whole id matches a pattern.

    In the discovered scope, it applies to an exposure that names exactly one candidate, if that candidate matches.
    """

    candidate_id: str
    candidate_type: str
    value: str
