"""Every place in rule files where something is named that stands elsewhere: columns, conditions, parts, tables, names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.templates import parse_template

Kind = Literal["column", "condition", "part", "table", "name", "product", "exptype"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that is named.

    Attributes
    ----------
    kind : str
        What it is: a column, derived ones too, a condition, part, table, name part, product template or exptype.
    name : str
        Its name; of a column in lower case.
    where : YamlNode
        The text that names it.
    """

    kind: Kind
    name: str
    where: YamlNode


def of_rule(rule: YamlNode) -> Iterator[Mention]:
    """What a rule's own document names."""
    for entry in _entries(rule.get("use")):
        yield Mention("part", entry.value, entry)
    yield from _blocks(rule)
    product = rule["product"]
    if "{" in product.value:
        yield from _template(product, "name")
    else:
        yield Mention("product", product.value, product)
    if (file_name := rule.get("file_name")) is not None:
        yield from _template(file_name, "name")
    if (member_name := rule.get("member_name")) is not None:
        yield from _template(member_name, "column")


def of_ruleset(head: YamlNode) -> Iterator[Mention]:
    """What a file of shared parts names."""
    yield from _facts(head)
    for condition in _values(head.get("conditions")):
        yield from of_constraint(condition)
    for column in _values(head.get("derived")):
        for case in column["cases"].items_list():
            yield from of_constraint(case.get("when"))
            yield from _columns(case.get("copy"))
    for product in _values(head.get("products")):
        yield from _template(product, "name")
    for part in _values(head.get("parts")):
        yield from _blocks(part)


def _facts(head: YamlNode) -> Iterator[Mention]:
    """What the blocks name that say where candidates, members and keywords come from."""
    if (candidates := head.get("candidates")) is not None:
        yield from _columns(candidates.get("column"))
    if (members := head.get("members")) is not None:
        for key in ("file_name", "exposerr", "exptype"):
            yield from _columns(members.get(key))
        yield from _template(members["name"], "column")
    if (keywords := head.get("keywords")) is not None:
        for key in ("file_name", "program", "target"):
            yield from _template(keywords[key], "name")


def of_constraint(piece: YamlNode | None) -> Iterator[Mention]:
    """What a constraint names, in itself and in what it is made of."""
    for leaf in leaves(piece):
        yield from _columns(leaf.get("column"))
        yield from _columns(leaf.get("columns"))
        for key, kind in _REFERENCES:
            if (found := leaf.get(key)) is not None:
                yield Mention(kind, found.value, found)


_REFERENCES: tuple[tuple[str, Kind], ...] = (("use", "condition"), ("table", "table"))


def leaves(piece: YamlNode | None) -> Iterator[YamlNode]:
    """The constraints in a constraint that are made of no others, as they are written."""
    if piece is None:
        return
    if "not" in piece.value:
        yield from leaves(piece["not"])
        return
    for key in ("all", "any"):
        if key in piece.value:
            for part in piece[key].items_list():
                yield from leaves(part)
            return
    yield piece


def constraints_of_rule(rule: YamlNode) -> Iterator[YamlNode]:
    """The constraints that a rule's document or a part has of its own."""
    yield from _values(rule.get("select"))
    for block in ("group_by", "attach"):
        for entry in _values(rule.get(block)):
            if (when := entry.get("when")) is not None:
                yield when


def constraints_of_ruleset(head: YamlNode) -> Iterator[YamlNode]:
    """The constraints in a file of shared parts."""
    yield from _values(head.get("conditions"))
    for column in _values(head.get("derived")):
        for case in column["cases"].items_list():
            if (when := case.get("when")) is not None:
                yield when
    for part in _values(head.get("parts")):
        yield from constraints_of_rule(part)


def _blocks(piece: YamlNode) -> Iterator[Mention]:
    for constraint in constraints_of_rule(piece):
        yield from of_constraint(constraint)
    for key in _values(piece.get("group_by")):
        yield from _columns(key.get("column"))
        yield from _columns(key.get("columns"))
    for attachment in _values(piece.get("attach")):
        yield from _columns(attachment["match"])
        yield from _exptype(attachment.get("as"), given=True)
    for need in _values(piece.get("require")):
        yield from _columns(need.get("distinct"))
        yield from _exptype(need.get("members"))
    for repeat in _entries(piece.get("repeat")):
        yield from _exptype(repeat["members"])
    if (take_as := piece.get("take_as")) is not None:
        for entry in _entries(take_as.get("except")):
            yield from _exptype(entry)


def _exptype(piece: YamlNode | None, *, given: bool = False) -> Iterator[Mention]:
    if piece is not None and not given and piece.value.casefold() != "any":
        yield Mention("exptype", piece.value.casefold(), piece)


def _columns(piece: YamlNode | None) -> Iterator[Mention]:
    if piece is None:
        return
    for entry in piece.items_list() if isinstance(piece.value, list) else (piece,):
        yield Mention("column", entry.value.casefold(), entry)


def _template(piece: YamlNode, kind: Kind) -> Iterator[Mention]:
    for _, name in parse_template(piece.value):
        if name is not None:
            yield Mention(kind, name.casefold() if kind == "column" else name, piece)


def _values(piece: YamlNode | None) -> Iterable[YamlNode]:
    return () if piece is None else (entry for _, entry in piece.items())


def _entries(piece: YamlNode | None) -> Iterable[YamlNode]:
    return () if piece is None else piece.items_list()
