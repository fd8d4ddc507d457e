"""What of a name carries meaning: suffixes, counters, time stamps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

WORDED = frozenset({"asn_rule", "degraded_status"})
"""Keywords whose values can have the same meaning in several wordings."""

_STAMP = re.compile(r"_[0-9]{8}[tT][0-9]{6}(?=_|$)")
_COUNTER = re.compile(r"_[0-9]{3,}$")
_SUFFIX = re.compile(r"(?P<root>.+)_(?P<suffix>[A-Za-z][A-Za-z0-9]*)(?P<extension>(?:\.[^./]+)*)")
_SCOPE = re.compile(r"^(?:candidate|discover)_(?=.)")
_WHERE_DETAILS_ARE = "Details can be found in the member.exposerr attribute."


def meaning_of_file_name(file_name: str, version_id: str | None) -> str:
    """A file's name without its ending and its version, ``*`` for its counter: what is the same from run to run."""
    stem = file_name.removesuffix(".json").removesuffix("_asn")
    if version_id:
        stem = stem.replace(f"_{version_id}", "", 1)
    return _COUNTER.sub("_*", _STAMP.sub("", stem))


def rule_name(asn_rule: str) -> str:
    """The rule itself: other generators write before its name whether the scope was a candidate or discovered."""
    return _SCOPE.sub("", asn_rule, count=1)


@lru_cache(maxsize=1024)
def meaning_of_keyword(name: str, value: str) -> str:
    """What of a keyword's value is compared: the rule itself, and a degraded status without its pointer to the members."""
    if name == "asn_rule":
        return rule_name(value)
    if name == "degraded_status":
        return " ".join(value.replace(_WHERE_DETAILS_ARE, "").split())
    return value


def split_suffix(expname: str) -> tuple[str, str]:
    """A member's file name without its suffix, and the suffix: ``a_1_cal.fits`` is ``a_1_*.fits`` and ``cal``.

    The suffix is what follows the last underscore and begins with a letter; it is empty where there is none.
    """
    match = _SUFFIX.fullmatch(expname)
    if match is None:
        return expname, ""
    return f"{match['root']}_*{match['extension']}", match["suffix"]


def agree(one: Mapping[str, str], other: Mapping[str, str], names: Iterable[str]) -> bool:
    """Whether the keywords of two associations have values of the same meaning, where both have them."""
    for name in names:
        before, after = one.get(name), other.get(name)
        if before is None or after is None or before == after:
            continue
        if meaning_of_keyword(name, before) != meaning_of_keyword(name, after):
            return False
    return True
