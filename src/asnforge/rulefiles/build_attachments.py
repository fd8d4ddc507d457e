"""Attachments of a rule from their nodes: relations, preferences, and references between attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asnforge.findings import FindingCode
from asnforge.rulefiles.build_amounts import build_amount
from asnforge.rulefiles.build_constraints import (
    CIRCULAR,
    build_candidate_value,
    build_constraint,
    checked_regex,
    column_names,
)
from asnforge.rulefiles.build_gaps import check_position
from asnforge.rulefiles.build_names import build_attached_name
from asnforge.rulefiles.build_types import has_amounts, type_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import (
    NOTHING,
    OWN,
    Amount,
    Attachment,
    Distance,
    Interval,
    MemberTemplate,
    Nearest,
    Preference,
    Relation,
    SameCandidate,
    SameValue,
    Side,
    SkyDistance,
    Undefined,
    same_columns,
)
from asnforge.rules.candidate_values import CandidatePattern
from asnforge.rules.column_types import TEXT, ColumnType
from asnforge.rules.constraints import Constraint
from asnforge.rules.describe import describe_columns

NOT_A_RELATION = FindingCode(
    "R270",
    "key that cannot relate two exposures",
    "The entry use of match takes the keys of parts as relations: both exposures have the same value. A key with gap is found "
    "from several exposures together, so it is not a value of one of them. Write the relation that is meant, such as within.",
    wrong="attach:\n  flat: {match: {use: [run]}}\n---\nparts:\n  run: {group_by: {run: {column: DAY, gap: 1}}}\n---\n"
    "columns:\n  DAY: {type: number}",
    right="attach:\n  flat: {match: {day: {column: DAY, within: 1}}}\n---\ncolumns:\n  DAY: {type: number}",
)
RESERVED_NAME = FindingCode(
    "R271",
    "attachment with a reserved name",
    "In to and when_more_than, own are the group's own exposures, so that no attachment can have this name.",
    wrong="attach:\n  own: {when: {column: IMAGETYP, is: flat}, match: [NIGHT]}",
    right="attach:\n  flat: {when: {column: IMAGETYP, is: flat}, match: [NIGHT]}",
)

CONSTRAINT_KEYS = (
    "is",
    "in",
    "matches",
    "defined",
    "table",
    "all",
    "any",
    "not",
    "use",
    "at_least",
    "at_most",
    "above",
    "below",
)
"""The keys of a constraint, by one of which a preference is one, and not a relation."""


def build_attachments(entries: Mapping[str, YamlNode], shared: SharedBlocks) -> tuple[Attachment, ...]:
    """The attachments of a rule; problems are added to `shared`."""
    attachments = []
    for name, node in entries.items():
        if name == OWN:
            shared.add_finding(node.finding(RESERVED_NAME, "an attachment cannot be named own"))
        for field in _references(node):
            if field.value != OWN and field.value not in entries:
                shared.undefined("attachment", field.value, (OWN, *entries), field)
        attachments.append(_attachment(name, node, shared))
    _check_cycles(attachments, entries, shared)
    return tuple(attachments)


def _attachment(name: str, node: YamlNode, shared: SharedBlocks) -> Attachment:
    content, when, match = node.value, node.get("when"), node.get("match")
    members = node.get("members")
    return Attachment(
        name=name,
        when=build_constraint(when, shared) if when is not None else None,
        match=_match(match, shared) if match is not None else (),
        source=content.get("from", "pool"),
        product_of=content.get("product_of"),
        excepted=tuple(content.get("except", ())),
        to=_names(node.get("to")) or (OWN,),
        sets_by=tuple(map(str.casefold, content.get("sets_by", ()))),
        at_least=int(content.get("at_least", "1")),
        prefer=tuple(_preference(item, shared) for item in _items(node.get("prefer"))),
        nearest=tuple(_nearest(item, shared) for item in _items(node.get("nearest"))),
        at_most=int(content["at_most"]) if "at_most" in content else None,
        each_own=content.get("each_own") == "yes",
        exptype=content.get("as", name if "product_of" in content and members is None else None),
        members=tuple(
            MemberTemplate(build_attached_name(item["name"], shared), item.value["exptype"]) for item in _items(members)
        ),
    )


def _match(node: YamlNode, shared: SharedBlocks) -> tuple[Relation, ...]:
    """The relations of a list of columns or of a mapping; an entry replaces a key of a part of the same name."""
    if isinstance(node.value, list):
        return same_columns(tuple(map(str.casefold, node.strings())))
    relations: dict[str, Relation] = {}
    for entry in _items(node.get("use")):
        part = shared.require("parts", entry.value, entry, "part")
        keys = part.get("group_by") if part is not None else None
        for name, key in keys.items() if keys is not None else ():
            if "gap" in key.value:
                message = "key {key} of part {part} has a gap, so it cannot relate two exposures"
                shared.add_finding(entry.finding(NOT_A_RELATION, message, key=name, part=entry.value))
            else:
                relations[name] = _relation(name, key, shared)
    relations.update((name, _relation(name, entry, shared)) for name, entry in node.items() if name != "use")
    return tuple(relations.values())


def _relation(name: str, node: YamlNode, shared: SharedBlocks) -> Relation:
    """A relation from its own node, or from that of a key."""
    content = node.value
    optional: Undefined = content.get("optional", "no")
    constraint = node.get("when")
    when = build_constraint(constraint, shared) if constraint is not None else None
    if (candidate := node.get("candidate")) is not None:
        return SameCandidate(name, build_candidate_pattern(candidate, shared), optional, when)
    own = node.get("own")
    own_columns = tuple(map(str.casefold, _names(own)))
    if "position" in content:
        longitude, latitude = map(str.casefold, node["position"].strings())
        position = longitude, latitude
        own_position = (own_columns[0], own_columns[-1]) if own_columns else position
        are_angles = [check_position(each, shared) for each in (node["position"], own) if each is not None]
        if not all(are_angles):
            return SkyDistance(name, position, own_position, NOTHING, optional, when)
        within = build_amount(node["within"], _compared((*position, *own_position), node, shared), shared)
        return SkyDistance(name, position, own_position, within, optional, when)
    columns = (content["each"].casefold(),) if "each" in content else column_names(node)
    own_columns = own_columns or columns
    limits = [key for key in ("within", "apart", "before", "after") if key in content]
    column_type = _compared((*columns, *own_columns), node, shared) if limits else TEXT
    amounts = {key: _limit(node[key], column_type, shared) for key in limits}
    if "within" in content or "apart" in content:
        return Distance(name, columns, own_columns, amounts.get("within"), amounts.get("apart"), optional, when)
    if amounts:
        before, after = (amounts.get(key, NOTHING) for key in ("before", "after"))
        return Interval(name, columns, own_columns, before, after, optional, when)
    instead = node.get("instead")
    column_type = type_of((*columns, *own_columns), node, shared)
    value = build_candidate_value(instead, column_type, shared) if instead is not None else None
    return SameValue(name, columns, own_columns, optional, when, value, content.get("differs") == "yes")


def _compared(columns: tuple[str, ...], node: YamlNode, shared: SharedBlocks) -> ColumnType:
    """The type of columns that are compared by size."""
    column_type = type_of(columns, node, shared)
    has_amounts(dict.fromkeys(columns), column_type, "its values have no distance", node, shared)
    return column_type


def _limit(node: YamlNode, column_type: ColumnType, shared: SharedBlocks) -> Amount | None:
    is_unlimited = node.value == "any" and node.path[-1] in ("before", "after")
    return None if is_unlimited else build_amount(node, column_type, shared)


def _preference(node: YamlNode, shared: SharedBlocks) -> Preference:
    content = node.value
    test: Relation | Constraint
    if any(key in content for key in CONSTRAINT_KEYS):
        test = build_constraint(node, shared)
    else:
        test = _relation(_title(node), node, shared)
    count = content.get("when_more_than", "0")
    more = int(count) if isinstance(count, str) and count.isdigit() else _names(node["when_more_than"])
    return Preference(_title(node), test, more)


def _title(node: YamlNode) -> str:
    """What a preference reads, for readers."""
    content = node.value
    if "candidate" in content:
        return "candidate"
    if "position" in content:
        return describe_columns(content["position"])
    if "column" in content or "columns" in content:
        return describe_columns(column_names(node))
    return str(content["use"]) if "use" in content else next(key for key in ("all", "any", "not") if key in content)


def _nearest(node: YamlNode, shared: SharedBlocks) -> Nearest:
    side: Side | None = None
    if isinstance(node.value, str):
        columns: tuple[str, ...] = (node.value.casefold(),)
    else:
        columns, side = column_names(node), node.value.get("side")
    column_type = type_of(columns, node, shared)
    if side is None:
        has_amounts(columns, column_type, "its values have no distance without a side", node, shared)
    return Nearest(columns, side)


def build_candidate_pattern(node: YamlNode, shared: SharedBlocks) -> CandidatePattern:
    """The candidates that a key or relation concerns."""
    return CandidatePattern(checked_regex(node["id"], shared), node.value["type"].casefold())


def _check_cycles(attachments: Iterable[Attachment], entries: Mapping[str, YamlNode], shared: SharedBlocks) -> None:
    """Add a finding for each attachment that is compared with what it takes itself, directly or through others."""
    needs = {item.name: item.compared_with() for item in attachments}
    reported: set[str] = set()
    for start in needs:
        path = [start]
        while (
            following := next((name for name in needs.get(path[-1], ()) if _reaches(name, start, needs)), None)
        ) is not None:
            path.append(following)
            if following == start:
                break
        if len(path) > 1 and not reported.intersection(path):
            reported.update(path)
            message = "circular definition of attachment {attachment:quoted}: {cycle}"
            facts = {"attachment": start, "cycle": " -> ".join(path)}
            shared.add_finding(
                entries[start].finding(CIRCULAR, message, "remove one name from to or when_more_than", **facts)
            )


def _reaches(name: str, goal: str, needs: Mapping[str, tuple[str, ...]]) -> bool:
    queue, seen = [name], set[str]()
    while queue:
        current = queue.pop()
        if current == goal:
            return True
        if current not in seen:
            seen.add(current)
            queue.extend(needs.get(current, ()))
    return False


def _references(node: YamlNode) -> Iterable[YamlNode]:
    """The nodes with names of attachments that an attachment refers to."""
    fields = [node.get("to"), *(item.get("when_more_than") for item in _items(node.get("prefer")))]
    for field in fields:
        if field is not None:
            entries = tuple(field.items_list()) if isinstance(field.value, list) else (field,)
            yield from (entry for entry in entries if not entry.value.isdigit())


def _names(node: YamlNode | None) -> tuple[str, ...]:
    if node is None:
        return ()
    return node.strings() if isinstance(node.value, list) else (node.value,)


def _items(node: YamlNode | None) -> tuple[YamlNode, ...]:
    return () if node is None else tuple(node.items_list())
