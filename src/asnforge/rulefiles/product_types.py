"""The types of keys as columns of products: a product has its keys by their names, with the types of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from asnforge.rulefiles.build_gaps import columns_of_key
from asnforge.rulefiles.build_types import column_types
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.column_types import TEXT, ColumnType

_COLUMNS = ("column", "columns", "each", "position", "own", "distinct", "copy", "divide_by")
"""The keys of rule files that name columns."""

_COLUMN_LISTS = ("match", "nearest", "sets_by")
"""The keys that name columns in a list."""


def add_key_types(
    keys: Mapping[str, Mapping[str, YamlNode]], used: Iterable[str], rules: Iterable[YamlNode], shared: SharedBlocks
) -> None:
    """Give columns that only products have the types of the keys that they are.

    A name that is also read for exposures is a column of the pool, and has the type that the rule set declares for it, if any.

    Parameters
    ----------
    keys : mapping of str to mapping of str to YamlNode
        The keys of each rule by name.
    used : iterable of str
        The rules whose products are used.
    rules : iterable of YamlNode
        The rules.
    shared : SharedBlocks
        The types are added to these.
    """
    declared = column_types(shared)
    types: dict[str, set[ColumnType]] = {}
    for rule in used:
        for name, node in keys.get(rule, {}).items():
            if "candidate" not in node.value and "position" not in node.value:
                column_type = declared.get(columns_of_key(node)[0], TEXT)
                types.setdefault(name.casefold(), set()).add(TEXT if column_type.kind == "list" else column_type)
    added = {name: kinds.pop() for name, kinds in types.items() if len(kinds) == 1 and TEXT not in kinds}
    if added.keys() <= declared.keys():
        return
    rules = tuple(rules)
    everything = [node.value for node in (*shared.entries("parts").values(), *rules)]
    read = {name.casefold() for name in _columns_in(everything)}
    read -= {name.casefold() for name in _columns_in([*_about_exposures(rules, shared)])}
    of_keys = {name: column_type for name, column_type in added.items() if name in read}
    shared.built["column types"] = {**of_keys, **declared}


def _about_exposures(rules: Iterable[YamlNode], shared: SharedBlocks) -> Iterator[object]:
    """The contents of rule files that read columns of exposures, and not only those of products."""
    for block in ("conditions", "derived"):
        yield from (node.value for node in shared.entries(block).values())
    for node in (*shared.entries("parts").values(), *rules):
        content = dict(node.value)
        attachments = content.pop("attach", {})
        if "product_of" in content:
            continue
        yield content
        for attachment in attachments.values():
            yield from _relations(attachment) if "product_of" in attachment else (attachment,)


def _relations(attachment: Mapping[str, object]) -> Iterator[object]:
    """What an attachment of products reads of the exposures of the group: on their side of each relation."""
    match, prefer = attachment.get("match", ()), attachment.get("prefer", ())
    entries = list(match.values()) if isinstance(match, Mapping) else [{"match": match}]
    entries += [*prefer] if isinstance(prefer, list) else []
    for entry in entries:
        if isinstance(entry, Mapping) and "own" in entry:
            yield {"own": entry["own"]}
        elif (
            isinstance(entry, Mapping) and not {"is", "in", "matches", "defined", "at_least", "at_most"} & entry.keys()
        ):
            yield entry
    yield {"nearest": attachment.get("nearest", [])}


def _columns_in(content: object) -> Iterator[str]:
    """All columns that a part of a rule file names."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key in _COLUMNS or (key in _COLUMN_LISTS and isinstance(value, list)):
                yield from ((value,) if isinstance(value, str) else (name for name in value if isinstance(name, str)))
            yield from _columns_in(value)
    elif isinstance(content, list):
        for entry in content:
            yield from _columns_in(entry)
