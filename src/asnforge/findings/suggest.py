"""Did you mean: the known word that a misspelled one is closest to."""

from __future__ import annotations

from collections.abc import Iterable

from asnforge.findings.text import truncated

_LONGEST_WORD = 100


def did_you_mean(word: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice that is closest to `word`, ignoring case.

    Parameters
    ----------
    word : str
        The word as the user wrote it.
    choices : iterable of str
        The known words.
    cutoff : float
        The least similarity, from 0 to 1.

    Returns
    -------
    str or None
        None if no choice is similar enough, or the word is too long to be one.
    """
    closest = closest_words(word, choices, 1, cutoff)
    return closest[0] if closest else None


def closest_words(word: str, choices: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """The choices that are closest to `word`, ignoring case, the closest first; parameters as for `did_you_mean`."""
    from difflib import get_close_matches

    if len(word) > _LONGEST_WORD:
        return []
    by_folded = {choice.casefold(): choice for choice in choices}
    return [by_folded[match] for match in get_close_matches(word.strip().casefold(), by_folded, count, cutoff)]


def suggestion(word: str, known: Iterable[str], plural: str = "") -> str:
    """A hint: ``did you mean ...?``, or the known words if none is close; empty if there are none.

    Parameters
    ----------
    word : str
        The word as the user wrote it.
    known : iterable of str
        The known words.
    plural : str
        What the words are, to introduce the list: ``keys are a, b``; by default ``available: a, b``.
    """
    words = list(known)
    closest = did_you_mean(word, words)
    if closest is not None:
        return f"did you mean {closest}?"
    if not words:
        return ""
    return truncated(f"{plural} are {', '.join(words)}" if plural else f"available: {', '.join(sorted(words))}")
