"""Rules and what they share as plain values with the keys of rule files, for `rules show --json` and `rules diff`.

Parts are filled in where rules use them, and rule sets that extend others are merged, so that a document has
everything that decides what the rules do. A key that is not written has its default, as in rule files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from asnforge.rulefiles.build import entries_of, preferences_of, repeats_of, sources_of, take_as_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.sources import Sources
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.rule import IMPLICIT_SCIENCE_MEMBER, Rule
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template

Document = dict[str, Any]
"""The content of a rule file: mappings, lists and strings; counts are integers."""

_MERGED = ("columns", "conditions", "derived", "tables", "names", "products", "combine", "exptypes", "asn_types")
"""The blocks of a rule set whose entries are merged with those of the rule set that it extends."""

_HEAD = ("ruleset", "title", "about")
"""The keys of a rule set that are about itself, not about the rule set that it extends."""

_FILLED_IN = ("extends", "shares", "parts")
"""The keys of a rule set that refer to what a document has in full."""

_COUNTS = frozenset(
    ("at_least", "at_most", "exactly", "when_more_than", "zero_fill", "plus_hours", "most_wildcard_groups")
)
"""The keys whose value is a whole number, except in a constraint on a column."""


def ruleset_document(sources: Sources, chosen: Iterable[str] = ()) -> Document:
    """A rule set and its rules: the blocks of ``ruleset.yaml``, and under ``rules`` a list of those of rule files.

    Parameters
    ----------
    sources : Sources
        The files of the rule set, without errors.
    chosen : iterable of str
        The names of the rules that the document has, with what these use of the rule set; none: all rules and all blocks.
    """
    shared, ruleset = sources.shared, sources.ruleset
    assert shared is not None and ruleset is not None  # noqa: S101, PT018 - they are missing only if there are errors
    head = shared.documents[-1].value
    document: Document = {key: head[key] for key in _HEAD if key in head}
    for name in dict.fromkeys(name for each in shared.documents for name in each.value):
        if name in _MERGED:
            document[name] = {entry: _plain(node.value) for entry, node in shared.entries(name).items()}
        elif name not in (*_HEAD, *_FILLED_IN) and (node := shared.block(name)) is not None:
            document[name] = _plain(node.value, name)
    names = frozenset(chosen)
    rules = [rule for rule in ruleset.rules if rule.name in names or not names]
    document["rules"] = [_rule_document(sources.rules[rule.name], rule, shared) for rule in rules]
    return _used_by(rules, document, ruleset) if names else document


def _rule_document(node: YamlNode, rule: Rule, shared: SharedBlocks) -> Document:
    """A rule with the parts that it uses, the name of its product spelled out, and the requirement that every rule has."""
    sources = sources_of(node, shared)
    blocks: Document = {name: entries_of(sources, name) for name in ("select", "group_by", "attach", "require")}
    document: Document = {name: _plain(value) for name, value in node.value.items() if name not in (*blocks, "use")}
    document["product"] = rule.product
    for name, entries in blocks.items():
        filled = {
            entry: _attachment(entry, at, shared) if name == "attach" else at.value for entry, at in entries.items()
        }
        document[name] = _plain(filled)
    document["prefer"] = [_plain(entry.value) for entry in preferences_of(sources)]
    document["repeat"] = [_plain(entry.value) for entry in repeats_of(sources)]
    if (take_as := take_as_of(sources)) is not None:
        document["take_as"] = _plain(take_as.value)
    if IMPLICIT_SCIENCE_MEMBER in rule.require:
        need = IMPLICIT_SCIENCE_MEMBER
        document["require"][need.name] = {"members": need.exptype, "at_least": need.at_least}
    return {name: value for name, value in document.items() if value or name not in (*blocks, "prefer", "repeat")}


def _attachment(name: str, node: YamlNode, shared: SharedBlocks) -> Document:
    """An attachment, with the keys of parts as relations, and the exptype that products have unless another is written."""
    content: Document = dict(node.value)
    if "product_of" in content and "members" not in content:
        content.setdefault("as", name)
    if "use" in (match := content.get("match", ())):
        relations: Document = {}
        for part in match["use"]:
            keys = entries_of(filter(None, [shared.find("parts", part)]), "group_by")
            relations |= {key: _relation_of_key(entry.value) for key, entry in keys.items()}
        content["match"] = relations | {entry: value for entry, value in match.items() if entry != "use"}
    return content


def _relation_of_key(key: Mapping[str, Any]) -> Document:
    return {"column" if name == "each" else name: value for name, value in key.items()}


def _plain(value: Any, key: str = "") -> Any:
    """A value with its counts as integers."""
    match value:
        case dict():
            compares = "column" in value or "columns" in value
            return {
                name: entry if compares and name in ("at_least", "at_most") else _plain(entry, name)
                for name, entry in value.items()
            }
        case list():
            return [_plain(entry) for entry in value]
        case str() if key in _COUNTS and value.removeprefix("-").isdecimal():
            return int(value)
    return value


def _used_by(rules: list[Rule], document: Document, ruleset: Ruleset) -> Document:
    """The document with only what some rules use of what rules share."""
    read = [column for rule in rules for column in rule.columns_read()]
    columns = ruleset.with_sources([*read, ruleset.members.exptype])
    found: dict[str, dict[str, Any]] = {block: {} for block in _MERGED}
    for block in ("derived", "columns"):
        entries = document.get(block, {})
        found[block] = {name: entry for name, entry in entries.items() if name.casefold() in columns}
    todo: list[Any] = [document["rules"], found["derived"]]
    while todo:
        for block, name in _references(todo.pop()):
            entries = document.get(block, {})
            if name in entries and name not in found[block]:
                found[block][name] = entries[name]
                todo.append(entries[name])
    kept = {name: document[name] for name in (*_HEAD, "undefined") if name in document}
    return {**kept, **{block: entries for block, entries in found.items() if entries}, "rules": document["rules"]}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """What a value refers to by name: blocks, and names of their entries if they have such an entry."""
    match value:
        case dict():
            for key, entry in value.items():
                if key in ("use", "table") and isinstance(entry, str):
                    yield "conditions" if key == "use" else "tables", entry
                yield from _references(entry)
        case list():
            for entry in value:
                yield from _references(entry)
        case str() if "{" in value:
            for name in _names_in(value):
                yield from (("names", name), ("products", name))


def _names_in(text: str) -> Iterator[str]:
    """The name parts of a template; none if it is not a template, such as a regular expression."""
    try:
        yield from (name for _, name in parse_template(text) if name is not None)
    except ValueError:
        return
