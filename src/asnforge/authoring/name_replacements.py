"""What a name part replaces in the values of a column, so that they can be parts of the names of products and files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_AWKWARD = re.compile(r"[^\w.+-]+")
_SEPARATES = re.compile(r"[\s/\\,;:&|=@~]")
_MOST = 30
"""The number of different strings between words; single characters are replaced if there are more."""


def replacements(values: Collection[str], reserved: Collection[str] = ()) -> Mapping[str, str]:
    """What is replaced in values, one after the other, for the block ``replace`` of a name part.

    Spaces and separators become a hyphen, and other characters that are not usual in file names are left out. Where
    values would become equal or empty, other characters are written instead; if all would, the characters are kept.

    Parameters
    ----------
    values : collection of str
        The defined values of the column; those that differ only in case are one.
    reserved : collection of str
        Texts that no value may become, such as that of undefined values.

    Returns
    -------
    mapping of str to str
        Longer strings come first; empty if the values need none.
    """
    texts = sorted({value.lower() for value in values})
    found = {match for text in texts for match in _AWKWARD.findall(text)}
    if len(found) > _MOST:
        found = set("".join(found))
    chosen = {}
    for old in sorted(found, key=lambda old: (-len(old), old)):
        for new in _choices(old):
            replaced = [text.replace(old, new) for text in texts]
            distinct = {*replaced, *reserved, ""}
            if len(distinct) == len(texts) + len({*reserved, ""}):
                chosen[old], texts = new, replaced
                break
    return chosen


def _choices(old: str) -> tuple[str, ...]:
    """What may be written for a string, the best first; the last is the code of its first character."""
    usual = ("-", "") if _SEPARATES.search(old) else ("", "-")
    return (*usual, ".", "+", "_", f"x{ord(old[0]):02x}")
