"""Allow files: differences that are known and wanted, each with its reason."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asnforge.compare.codes import ALLOW_FILE, STALE
from asnforge.compare.model import KINDS, Allowed, Comparison, Difference
from asnforge.compare.normalize import rule_name
from asnforge.findings import Finding, InputError
from asnforge.rulefiles.yaml_document import YamlDocument, read_yaml

_KEYS = ("kind", "product", "rule", "type", "program", "asn_id", "asn_pool", "folder", "member", "what")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One entry of an allow file.

    Attributes
    ----------
    reason : str
        Why the differences are wanted.
    patterns : tuple of (str, str)
        What a difference must match to be allowed: the keys of the entry with their values, where ``*`` stands for any
        text and ``?`` for any letter.
    file, line : str, int or None
        Where the entry stands.
    """

    reason: str
    patterns: tuple[tuple[str, str], ...]
    file: str
    line: int | None

    def matches(self, difference: Difference) -> bool:
        """Whether the difference has all that the entry names, in some association or, for ``what``, in all changes."""
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


def read_allowances(path: str) -> tuple[Allowance, ...]:
    """Read an allow file.

    Raises
    ------
    InputError
        The file cannot be read, or an entry is not as it must be; with every fault, by line and column.
    """
    try:
        document = read_yaml(Path(path))
    except InputError as stop:
        raise InputError(*(replace(finding, code=ALLOW_FILE.code) for finding in stop.findings)) from stop
    content = document.value
    entries = content.get("allow") if isinstance(content, dict) else None
    if not isinstance(entries, list) or len(content) != 1:
        hint = "begin with 'allow:' and a list of entries below it"
        raise InputError(document.finding(ALLOW_FILE, "an allow file has the one key 'allow', a list", hint=hint))
    findings = [finding for index, entry in enumerate(entries) for finding in _faults(document, index, entry)]
    if findings:
        raise InputError(*findings)
    return tuple(_allowance(document, index, entry) for index, entry in enumerate(entries))


def _allowance(document: YamlDocument, index: int, entry: dict[str, str]) -> Allowance:
    patterns = tuple((key, entry[key]) for key in _KEYS if key in entry)
    return Allowance(" ".join(entry["reason"].split()), patterns, document.file, document.location("allow", index).line)


def _faults(document: YamlDocument, index: int, entry: Any) -> Iterable[Finding]:
    def fault(message: str, *path: str | int, hint: str = "", key: bool = False) -> Finding:
        return document.finding(ALLOW_FILE, message, "allow", index, *path, hint=hint, key=key)

    if not isinstance(entry, dict):
        yield fault("an entry is a list of keys with values", hint="such as 'kind: missing' and 'reason: ...'")
        return
    for name, value in entry.items():
        if name not in (*_KEYS, "reason"):
            yield fault(
                f"'{name}' is no key of an entry", name, hint=f"keys are {', '.join(_KEYS)} and reason", key=True
            )
        elif not isinstance(value, str) or not value.strip():
            yield fault(f"'{name}' has no text", name)
    kind = entry.get("kind", KINDS[0])
    if isinstance(kind, str) and kind not in KINDS:
        yield fault(f"'{kind}' is no kind of difference", "kind", hint=f"kinds are {', '.join(KINDS)}")
    if "reason" not in entry:
        yield fault("the entry has no reason", hint="say in 'reason' why the difference is wanted")
    if not any(key in entry for key in _KEYS):
        yield fault("the entry would allow every difference", hint=f"name at least one of {', '.join(_KEYS)}")


def apply_allowances(comparison: Comparison, allowances: Iterable[Allowance]) -> Comparison:
    """The comparison with its allowed differences set apart, and a warning for each entry that matches none.

    The first entry that matches a difference gives its reason; every entry that matches one is in use.
    """
    allowances = tuple(allowances)
    used: set[int] = set()
    allowed: list[Allowed] = []
    differences: list[Difference] = []
    for difference in comparison.differences:
        matching = [place for place, allowance in enumerate(allowances) if allowance.matches(difference)]
        used.update(matching)
        if matching:
            allowed.append(Allowed(difference, allowances[matching[0]].reason))
        else:
            differences.append(difference)
    stale = tuple(_stale(allowance) for place, allowance in enumerate(allowances) if place not in used)
    return replace(comparison, differences=tuple(differences), allowed=tuple(allowed), stale=comparison.stale + stale)


def _stale(allowance: Allowance) -> Finding:
    entry = ", ".join(f"{key} {pattern}" for key, pattern in allowance.patterns)
    message = f"the allowed difference no longer occurs: {entry}"
    return Finding(STALE.code, message, allowance.file, allowance.line, None, "remove the entry", "warning")
