"""Did you mean: known words that are similar to a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable

from asnforge.findings.display import truncated

_LONGEST_WORD = 100


def did_you_mean(word: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice that is most similar to `word`, ignoring case; None if none reaches the similarity `cutoff`, from 0 to 1."""
    return next(iter(closest_words(word, choices, 1, cutoff)), None)


def closest_words(word: str, choices: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """The choices that are most similar to `word`, ignoring case, best first, as for `did_you_mean`."""
    from difflib import get_close_matches

    if len(word) > _LONGEST_WORD:
        return []
    by_folded = {choice.casefold(): choice for choice in choices}
    return [by_folded[match] for match in get_close_matches(word.strip().casefold(), by_folded, count, cutoff)]


def suggestion(word: str, known: Iterable[str], plural: str = "") -> str:
    """A hint: ``did you mean ...?``, or if no known word is similar, a list of them; empty if there are none.

    The list begins with what the words are, in the plural, as in ``keys are a, b``; by default ``available: a, b``.
    """
    words = list(known)
    closest = did_you_mean(word, words)
    if closest is not None:
        return f"did you mean {closest}?"
    if not words:
        return ""
    return truncated(f"{plural} are {', '.join(words)}" if plural else f"available: {', '.join(sorted(words))}")
