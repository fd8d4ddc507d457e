"""The differences between two rule sets by the keys of rule files: the key, its old value and its new one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from asnforge.findings import pluralize
from asnforge.rulefiles.rule_documents import Document
from asnforge.rules.describe import listed

_MOST_RULES = 3
_MOST_ENTRIES = 4


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A key that differs.

    Attributes
    ----------
    rules : tuple of str
        The rules in which the value differs; empty for a key that rules share.
    key : str
        Where it is in the rule file or in ``ruleset.yaml``, as in ``attach.flat.match.time.before``; entries of lists are
        numbered from 1. ``rule`` for a rule that only one of the rule sets has.
    old, new : object
        The value before and after: mappings, lists, strings and integers; None if there is none.
    """

    rules: tuple[str, ...]
    key: str
    old: Any
    new: Any

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {"rules": list(self.rules), "key": self.key, "old": self.old, "new": self.new}

    def line(self) -> str:
        """The change in a line of text."""
        more = len(self.rules) - _MOST_RULES
        shown = [*self.rules[:_MOST_RULES], *([pluralize(more, "other rule")] if more > 0 else [])]
        where = listed(shown, "and") if shown else "ruleset.yaml"
        if self.key == "rule":
            return f"{where}: {'added' if self.old is None else 'removed'}"
        return f"{where}: {self.key}: {_values(self.old, self.new)}"


def rule_changes(old: Document, new: Document) -> tuple[RuleChange, ...]:
    """The differences between two rule sets, shared keys first, then rules; equal changes of rules are combined.

    Parameters
    ----------
    old, new : dict
        The documents of the rule sets (`asnforge.rulefiles.rule_documents.ruleset_document`).
    """
    changes = [RuleChange((), *change) for change in _changes(_shared(old), _shared(new), "")]
    old_rules, new_rules = ({rule["rule"]: rule for rule in document["rules"]} for document in (old, new))
    found: dict[str, RuleChange] = {}
    for name in sorted(old_rules.keys() | new_rules.keys()):
        if name in old_rules and name in new_rules:
            each = _changes(old_rules[name], new_rules[name], "")
        else:
            each = iter([("rule", old_rules.get(name) and name, new_rules.get(name) and name)])
        for change in each:
            same = found.get(key := json.dumps(change))
            found[key] = RuleChange((*(same.rules if same else ()), name), *change)
    return (*changes, *found.values())


def change_lines(changes: tuple[RuleChange, ...], limit: int = 20) -> Iterator[str]:
    """The changes as lines of text, up to `limit` of them; 0 for all."""
    yield f"rules: {pluralize(len(changes), 'difference') if changes else 'no difference'}"
    shown = changes[: limit or None]
    yield from (f"    {change.line()}" for change in shown)
    if len(shown) < len(changes):
        yield f"    and {len(changes) - len(shown)} more; --limit 0 shows them"


_Change = tuple[str, Any, Any]


def _shared(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "rules"}


def _changes(old: Any, new: Any, path: str) -> Iterator[_Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and not (_is_plain(old) and _is_plain(new)):
        yield from _entries(old, new, path)
    elif old != new:
        yield path, old, new


def _entries(old: list[Any], new: list[Any], path: str) -> Iterator[_Change]:
    """The changes of lists of mappings or lists: entries that follow each other in both are the same ones."""
    before_texts, after_texts = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (old, new))
    matcher = SequenceMatcher(None, before_texts, after_texts, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        for index in range(max(end - start, new_end - new_start)):
            before = old[start + index] if start + index < end else None
            after = new[new_start + index] if new_start + index < new_end else None
            number = (new_start if before is None else start) + index + 1
            yield from _changes(before, after, f"{path}.{number}")


def _is_plain(values: Iterable[Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in values)


def _values(old: Any, new: Any) -> str:
    """Both values; of a long list of strings only the entries that were removed and added."""
    if isinstance(old, list) and isinstance(new, list) and len(old) > _MOST_ENTRIES:
        removed, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
        parts = [
            f"{word} {', '.join(map(_text, entries))}"
            for word, entries in (("without", removed), ("with", added))
            if entries
        ]
        if parts:
            return " and ".join(parts)
    return f"{_text(old)} -> {_text(new)}"


def _text(value: Any, *, inside: bool = False) -> str:
    """A value in the style of rule files, on one line."""
    match value:
        case None:
            return "none"
        case dict():
            return f"{{{', '.join(f'{key}: {_text(entry, inside=True)}' for key, entry in value.items())}}}"
        case list() if inside or not _is_plain(value):
            return f"[{', '.join(_text(entry, inside=True) for entry in value)}]"
        case list():
            return ", ".join(map(_text, value))
        case "":
            return "''"
    return str(value)
