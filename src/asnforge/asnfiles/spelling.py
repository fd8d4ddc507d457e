"""Which word of the format was meant."""

from __future__ import annotations

from collections.abc import Iterable

from asnforge import findings

EXPTYPES = ("science", "background", "psf")
"""The exptypes that the format names (docs/format.md#members); generators write others, too."""

_CLOSE = 0.8


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """The choice that is a letter or two away from `word`, letter case aside, if there is one."""
    return findings.did_you_mean(word, choices, _CLOSE)
