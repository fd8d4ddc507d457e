"""Normalize names and keywords: suffixes, counters, time stamps and optional wording do not change their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

NORMALIZED_KEYWORDS = frozenset({"asn_rule", "degraded_status"})
"""Keywords whose values can have the same meaning in several wordings."""

SHARED_ENDING = "_*"
"""The end of a file name whose counter was replaced: several files can have this name."""

_TIME_STAMP = re.compile(r"_[0-9]{8}[tT][0-9]{6}(?=_|$)")
_COUNTER = re.compile(r"_[0-9]{3,}$")
_SUFFIX = re.compile(r"(?P<root>.+)_(?P<suffix>[A-Za-z][A-Za-z0-9]*)(?P<extension>(?:\.[^./]+)*)")
_SCOPE = re.compile(r"^(?:candidate|discover)_(?=.)")
_POINTER_TO_MEMBERS = "Details can be found in the member.exposerr attribute."


def stable_file_name(file_name: str, version_id: str | None) -> str:
    """A file name as it is from run to run: without its ending and version, with ``*`` for its counter."""
    stem = file_name.removesuffix(".json").removesuffix("_asn")
    if version_id:
        stem = stem.replace(f"_{version_id}", "", 1)
    return _COUNTER.sub(SHARED_ENDING, _TIME_STAMP.sub("", stem))


def rule_name(asn_rule: str) -> str:
    """The name of a rule, without the prefix for candidate or discovered scopes that other generators write."""
    return _SCOPE.sub("", asn_rule, count=1)


@lru_cache(maxsize=1024)
def normalize_keyword(name: str, value: str) -> str:
    """A keyword's value as it is compared: a rule's name, and a degraded status without its pointer to the members."""
    if name == "asn_rule":
        return rule_name(value)
    if name == "degraded_status":
        return " ".join(value.replace(_POINTER_TO_MEMBERS, "").split())
    return value


def split_suffix(expname: str) -> tuple[str, str]:
    """A member's file name without its suffix, and the suffix: ``a_1_flat.fits`` is ``a_1_*.fits`` and ``flat``.

    The suffix follows the last underscore and begins with a letter; it is empty if the name has none.
    """
    match = _SUFFIX.fullmatch(expname)
    if match is None:
        return expname, ""
    return f"{match['root']}_*{match['extension']}", match["suffix"]


def keywords_agree(left: Mapping[str, str], right: Mapping[str, str], names: Iterable[str]) -> bool:
    """Whether the keywords of two associations have values of the same meaning; an absent keyword agrees with any."""
    for name in names:
        before, after = left.get(name), right.get(name)
        if before is None or after is None or before == after:
            continue
        if normalize_keyword(name, before) != normalize_keyword(name, after):
            return False
    return True
