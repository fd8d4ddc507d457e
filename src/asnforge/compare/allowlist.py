"""Allowlists: differences that are accepted, each with its reason."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.compare.model import Allowed, Comparison, Difference
from asnforge.compare.normalize import rule_name
from asnforge.findings import Finding, FindingCode, SourceLocation
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.yaml_document import YamlNode

ALLOWLIST = FindingCode(
    "C110",
    "invalid allowlist file",
    "An allowlist is YAML: a list under 'allow', each entry with a reason and at least one of kind, product, rule, type, "
    "program, asn_id, asn_pool, folder, member and what.",
    wrong="allow:\n- kind: unexpected",
    right="allow:\n- kind: unexpected\n  reason: the new rule is intended",
)
UNUSED = FindingCode(
    "C111",
    "unused allowlist entry",
    "No difference of this comparison matches the entry. Remove it, so that the difference is reported when it comes back.",
    wrong="allow:\n- product: renamed-long-ago\n  reason: a new name",
    right="allow: []",
)

_KEYS = ("kind", "product", "rule", "type", "program", "asn_id", "asn_pool", "folder", "member", "what")


@dataclass(frozen=True, slots=True)
class AllowlistEntry:
    """An entry of an allowlist.

    Attributes
    ----------
    reason : str
        Why the differences are accepted.
    patterns : tuple of (str, str)
        What a difference must match to be allowed: the keys of the entry with their patterns, where ``*`` matches any
        characters and ``?`` matches one.
    file, line : str, int or None
        The position of the entry.
    """

    reason: str
    patterns: tuple[tuple[str, str], ...]
    file: str
    line: int | None

    def matches(self, difference: Difference) -> bool:
        """Whether a difference matches all patterns of the entry: each in some association or, for ``what``, in all changes."""
        return all(_matches(difference, key, pattern) for key, pattern in self.patterns)


def _matches(difference: Difference, key: str, pattern: str) -> bool:
    associations = difference.expected + difference.actual
    match key:
        case "kind":
            return difference.kind == pattern
        case "what":
            return bool(difference.changes) and all(_like(change.what, pattern) for change in difference.changes)
        case "product":
            return any(_like(name, pattern) for association in associations for name in association.names)
        case "member":
            return any(_like(name, pattern) for association in associations for name, _ in association.members)
        case "folder":
            return any(_like(association.folder, pattern) for association in associations)
        case "rule":
            rules = {association.keywords.get("asn_rule", "") for association in associations}
            return any(_like(name, pattern) for name in rules | set(map(rule_name, rules)))
        case _:
            name = "asn_type" if key == "type" else key
            return any(_like(association.keywords.get(name, ""), pattern) for association in associations)


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def read_allowlist(path: str) -> tuple[AllowlistEntry, ...]:
    """Read an allowlist.

    Raises
    ------
    InputError
        The file cannot be read or is invalid; with every problem, by line and column.
    """
    document = read_checked(Path(path), "allowlist", ALLOWLIST)
    return tuple(map(_entry, document.root["allow"].items_list()))


def _entry(node: YamlNode) -> AllowlistEntry:
    patterns = tuple((key, node.value[key]) for key in _KEYS if key in node.value)
    return AllowlistEntry(" ".join(node.value["reason"].split()), patterns, node.document.file, node.location.line)


def apply_allowlist(comparison: Comparison, entries: Iterable[AllowlistEntry]) -> Comparison:
    """Separate the allowed differences of a comparison from the others, with a warning for each entry that matches none.

    The first entry that matches a difference gives its reason; every entry that matches one is in use.
    """
    entries = tuple(entries)
    used: set[int] = set()
    allowed: list[Allowed] = []
    differences: list[Difference] = []
    for difference in comparison.differences:
        matching = [index for index, entry in enumerate(entries) if entry.matches(difference)]
        used.update(matching)
        if matching:
            allowed.append(Allowed(difference, entries[matching[0]].reason))
        else:
            differences.append(difference)
    unused = tuple(_unused(entry) for index, entry in enumerate(entries) if index not in used)
    return replace(
        comparison, differences=tuple(differences), allowed=tuple(allowed), unused=comparison.unused + unused
    )


def _unused(entry: AllowlistEntry) -> Finding:
    patterns = tuple(f"{key} {pattern}" for key, pattern in entry.patterns)
    at = SourceLocation(entry.file, entry.line)
    message = "the allowed difference no longer occurs: {entry}"
    return UNUSED.finding(message, at, hint="remove the entry", severity="warning", entry=patterns)
