"""Which files each pool makes, so that no two pools of a folder make the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NO_PART = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a pool makes, in lower case.

    Attributes
    ----------
    starts : frozenset of str
        What the names of its files begin with, up to the first character that is no letter or digit.
    names : frozenset of str
        The names of its files, where it cannot be told without them what they begin with.
    """

    starts: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


class Claims:
    """The claims of pools: who came first has the names."""

    def __init__(self) -> None:
        self._starts: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._starts_of_names: dict[str, str] = {}

    def owner(self, claim: Claim) -> str | None:
        """The pool that could make a file of the same name; None where there is none."""
        for start in sorted(claim.starts):
            if (pool := self._starts.get(start) or self._starts_of_names.get(start)) is not None:
                return pool
        for name in sorted(claim.names):
            if name in self._names:
                return self._names[name]
            for start in _starts(name):
                if start in self._starts:
                    return self._starts[start]
        return None

    def add(self, claim: Claim, pool: str) -> None:
        """Give a pool what it claims, but for what another has already."""
        for start in claim.starts:
            self._starts.setdefault(start, pool)
        for name in claim.names:
            self._names.setdefault(name, pool)
            for start in _starts(name):
                self._starts_of_names.setdefault(start, pool)


def _starts(name: str) -> Iterator[str]:
    """All that comes before a character that is no letter or digit."""
    yield from (name[: found.start()] for found in _NO_PART.finditer(name))
