"""All references by name in rule files: to columns, conditions, parts, tables, name parts, products and exptypes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from asnforge.rulefiles.build_attachments import CONSTRAINT_KEYS
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.amounts import is_number
from asnforge.rules.templates import parse_template

Kind = Literal["column", "condition", "part", "table", "name", "product", "exptype"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference by name to a column (or derived column), condition, part, table, name part, product or exptype.

    `name` is in lower case for columns and exptypes; `node` is the string with the name.
    """

    kind: Kind
    name: str
    node: YamlNode


def references_of_rule(rule: YamlNode) -> Iterator[Reference]:
    """The references of a rule's document."""
    for entry in _items(rule.get("use")):
        yield Reference("part", entry.value, entry)
    for constraint in constraints_of_rule(rule):
        yield from _constraint(constraint)
    yield from _other_blocks(rule)
    product = rule["product"]
    if "{" in product.value:
        yield from _template(product, "name")
    else:
        yield Reference("product", product.value, product)
    yield from _template(rule.get("file_name"), "name")
    yield from _template(rule.get("member_name"), "column")
    if (keywords := rule.get("keywords")) is not None:
        yield from _keywords(keywords)


def references_of_ruleset(head: YamlNode) -> Iterator[Reference]:
    """The references of a file of shared blocks."""
    if (candidates := head.get("candidates")) is not None:
        yield from _columns(candidates.get("column"))
    if (members := head.get("members")) is not None:
        for key in ("file_name", "exposerr", "exptype"):
            yield from _columns(members.get(key))
        yield from _template(members.get("name"), "column")
    if (keywords := head.get("keywords")) is not None:
        yield from _keywords(keywords)
    for constraint in constraints_of_ruleset(head):
        yield from _constraint(constraint)
    for case in _cases(head):
        yield from _columns_of_case(case)
    for name_part in _values(head.get("names")):
        yield from _columns(name_part.get("columns"))
    for product in _values(head.get("products")):
        yield from _template(product, "name")
    for part in _values(head.get("parts")):
        yield from _other_blocks(part)


def constraints_of_rule(rule: YamlNode) -> Iterator[YamlNode]:
    """The constraints of a rule's document or of a part."""
    yield from _values(rule.get("select"))
    yield from _items(rule.get("prefer"))
    for block in ("group_by", "attach"):
        for entry in _values(rule.get(block)):
            if (when := entry.get("when")) is not None:
                yield when
    for entry in _values(rule.get("attach")):
        yield from (node for node in _items(entry.get("prefer")) if is_constraint(node))
        yield from (when for node in relation_nodes(entry) if (when := node.get("when")) is not None)


def constraints_of_ruleset(head: YamlNode) -> Iterator[YamlNode]:
    """The constraints in a file of shared blocks."""
    yield from _values(head.get("conditions"))
    for case in _cases(head):
        if (when := case.get("when")) is not None:
            yield when
    for part in _values(head.get("parts")):
        yield from constraints_of_rule(part)


def leaf_nodes(constraint: YamlNode) -> Iterator[YamlNode]:
    """The constraints inside a constraint that have no parts, as they are written."""
    for key in ("all", "any", "not"):
        if (inside := constraint.get(key)) is not None:
            for part in [inside] if key == "not" else inside.items_list():
                yield from leaf_nodes(part)
            return
    yield constraint


def _constraint(constraint: YamlNode) -> Iterator[Reference]:
    for leaf in leaf_nodes(constraint):
        yield from _columns(leaf.get("column"))
        yield from _columns(leaf.get("columns"))
        if (condition := leaf.get("use")) is not None:
            yield Reference("condition", condition.value, condition)
        if (table := leaf.get("table")) is not None:
            yield Reference("table", table.value, table)


def _other_blocks(rule: YamlNode) -> Iterator[Reference]:
    """The references of a rule's document or a part outside its constraints."""
    for key in _values(rule.get("group_by")):
        yield from _columns(key.get("column"))
        yield from _columns(key.get("columns"))
        yield from _columns(key.get("each"))
        yield from _columns(key.get("position"))
    for attachment in _values(rule.get("attach")):
        yield from _attachment(attachment)
    for need in _values(rule.get("require")):
        yield from _columns(need.get("distinct"))
        yield from _exptype(need.get("members"))
    for repeat in _items(rule.get("repeat")):
        yield from _exptype(repeat["members"])
    if (take_as := rule.get("take_as")) is not None:
        for entry in _items(take_as.get("except")):
            yield from _exptype(entry)


def _attachment(attachment: YamlNode) -> Iterator[Reference]:
    """The references of an attachment outside its constraints."""
    match = attachment.get("match")
    if match is not None and isinstance(match.value, list):
        yield from _columns(match)
    elif match is not None:
        for part in _items(match.get("use")):
            yield Reference("part", part.value, part)
    for relation in (*relation_nodes(attachment), *_items(attachment.get("nearest"))):
        if isinstance(relation.value, str):
            yield from _columns(relation)
            continue
        for field in ("column", "columns", "position", "own"):
            yield from _columns(relation.get(field))
        for field in ("within", "apart", "before", "after"):
            if (amount := relation.get(field)) is not None and isinstance(amount.value, dict):
                yield from _columns(amount.get("column") or amount.get("columns"))
    yield from _columns(attachment.get("sets_by"))
    for member in _items(attachment.get("members")):
        yield from _template(member["name"], "column")
        yield from _template(member["name"], "name")
        yield from _template(member["name"], "product")


def relation_nodes(attachment: YamlNode) -> Iterator[YamlNode]:
    """The relations of an attachment, those of its preferences included."""
    match = attachment.get("match")
    if match is not None and isinstance(match.value, dict):
        yield from (node for name, node in match.items() if name != "use")
    yield from (node for node in _items(attachment.get("prefer")) if not is_constraint(node))


def is_constraint(preference: YamlNode) -> bool:
    """Whether a preference is a constraint, and not a relation."""
    return any(key in preference.value for key in CONSTRAINT_KEYS)


def _columns_of_case(case: YamlNode) -> Iterator[Reference]:
    yield from _columns(case.get("copy"))
    if (divisor := case.get("divide_by")) is not None and not is_number(divisor.value):
        yield from _columns(divisor)


def _exptype(node: YamlNode | None) -> Iterator[Reference]:
    if node is not None and node.value.casefold() != "any":
        yield Reference("exptype", node.value.casefold(), node)


def _columns(node: YamlNode | None) -> Iterator[Reference]:
    if node is not None:
        for entry in node.items_list() if isinstance(node.value, list) else (node,):
            yield Reference("column", entry.value.casefold(), entry)


def _template(node: YamlNode | None, kind: Kind) -> Iterator[Reference]:
    for _, name in parse_template(node.value) if node is not None else ():
        if node is not None and name is not None:
            yield Reference(kind, name.casefold() if kind == "column" else name, node)


def _keywords(node: YamlNode) -> Iterator[Reference]:
    """The references of keywords: the name parts of templates, and tables."""
    for name, entry in node.items() if isinstance(node.value, dict) else ():
        if name == "degraded_status":
            continue
        if name == "table" and isinstance(entry.value, str):
            yield Reference("table", entry.value, entry)
        elif isinstance(entry.value, str):
            yield from _template(entry, "name")
        else:
            yield from _keywords(entry)
    for item in node.items_list() if isinstance(node.value, list) else ():
        if isinstance(item.value, str):
            yield from _template(item, "name")
        else:
            yield from _keywords(item)


def _cases(head: YamlNode) -> Iterator[YamlNode]:
    for column in _values(head.get("derived")):
        yield from column["cases"].items_list()


def _values(node: YamlNode | None) -> Iterable[YamlNode]:
    return () if node is None else (entry for _, entry in node.items())


def _items(node: YamlNode | None) -> Iterable[YamlNode]:
    return () if node is None else node.items_list()
