"""Columns of a rule set: those derived from others, and other names of columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from asnforge.findings import FindingCode
from asnforge.rulefiles.build_constraints import CIRCULAR, build_constraint, checked_regex
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import TOO_LARGE, YamlNode
from asnforge.rules.derived import Case, Derived

AMBIGUOUS_NAME = FindingCode(
    "R209",
    "ambiguous column name",
    "Another name of a column, in the block columns, must belong to one column only: it cannot be the column itself, a derived "
    "column, a column with other names, or another name of two columns.",
    wrong="columns:\n  EXPTIME: {also: [EXPOSURE]}\n  DURATION: {also: [EXPOSURE]}",
    right="columns:\n  EXPTIME: {also: [EXPOSURE]}\n  DURATION: {also: [LENGTH]}",
)

DEEPEST_DERIVED = 16
"""The longest chain of derived columns."""


def build_derived(shared: SharedBlocks) -> dict[str, Derived]:
    """The derived columns of rule sets by name in lower case; problems are added to `shared`."""
    nodes = {name.casefold(): node for name, node in shared.entries("derived").items()}
    derived = {name: Derived(name, tuple(_cases(node, shared))) for name, node in nodes.items()}
    depths: dict[str, int] = {}
    for name in derived:
        for column, cycle in _check_depth(name, (), derived, depths):
            if cycle:
                message = "circular definition of derived column {column:quoted}: {cycle}"
                finding = nodes[column].finding(CIRCULAR, message, column=column, cycle=cycle)
            else:
                message = "derived column {column:quoted} is derived through more than {limit} others"
                finding = nodes[column].finding(TOO_LARGE, message, column=column, limit=DEEPEST_DERIVED)
            shared.add_finding(finding)
    return derived


def _cases(node: YamlNode, shared: SharedBlocks) -> Iterator[Case]:
    for case in node["cases"].items_list():
        when, copy, matching = case.get("when"), case.value.get("copy"), case.get("matching")
        yield Case(
            when=build_constraint(when, shared) if when else None,
            value=case.value.get("value", ""),
            copy=copy.casefold() if copy else None,
            plus_hours=int(case.value.get("plus_hours", "0")),
            matching=checked_regex(matching, shared) if matching else None,
        )


def _check_depth(
    name: str, path: tuple[str, ...], derived: Mapping[str, Derived], depths: dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Measure the chain of columns that a column is derived from; yield each problem as a column and its cycle, if any."""
    if name in path:
        yield name, " -> ".join((*path[path.index(name) :], name))
        return
    if name in depths:
        return
    inner = sorted(derived[name].columns_read() & derived.keys()) if len(path) <= DEEPEST_DERIVED else []
    for column in inner:
        yield from _check_depth(column, (*path, name), derived, depths)
    depths[name] = 1 + max((depths.get(column, 0) for column in inner), default=0)
    if len(path) + depths[name] > DEEPEST_DERIVED:
        yield name, ""
        depths[name] = 0


def build_other_names(shared: SharedBlocks, derived: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The other names of columns by the name that rules use, all in lower case; problems are added to `shared`.

    Parameters
    ----------
    shared : SharedBlocks
        The blocks of the rule sets.
    derived : collection of str
        The names of derived columns in lower case, which no pool has.
    """
    result: dict[str, tuple[str, ...]] = {}
    columns = shared.entries("columns")
    declared = {name.casefold() for name in columns}
    owners: dict[str, str] = {}
    for name, node in columns.items():
        if name.casefold() in derived:
            message = "{column:quoted} is a derived column, which pools do not have under any name"
            hint = "declare the columns that it is derived from"
            shared.add_finding(node.finding(AMBIGUOUS_NAME, message, hint, column=name))
        names = []
        also = node.get("also")
        for entry in also.items_list() if also is not None else ():
            other = entry.value.casefold()
            problem = _ambiguity(other, name, declared, derived, owners)
            if problem is None:
                owners[other] = name
                names.append(other)
            else:
                facts = {"column": name.upper(), "name": other.upper(), "owner": owners.get(other, "").upper()}
                shared.add_finding(entry.finding(AMBIGUOUS_NAME, *problem, **facts))
        if names:
            result[name.casefold()] = tuple(names)
    return result


def _ambiguity(
    other: str, name: str, declared: Collection[str], derived: Collection[str], owners: Mapping[str, str]
) -> tuple[str, str] | None:
    """The problem with another name of a column, as message and hint."""
    if other == name.casefold():
        return "{name} is listed as another name of itself", "delete it"
    if other in derived:
        return "{name} is a derived column, so it cannot be another name of {column}", "rename one of them"
    if other in declared:
        return "{name} has other names itself", f"list all of them under {name.upper()}"
    if other in owners:
        return "{name} is another name of both {owner} and {column}", "delete one of the two"
    return None
