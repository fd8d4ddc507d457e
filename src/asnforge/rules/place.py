"""Where something of a rule set is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a rule set is written: file, and line and column counted from 1."""

    file: str
    line: int
    column: int
