"""Rule sets from YAML documents that match the schema: shared blocks merged, references resolved, problems collected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from asnforge.rulefiles.build_attachments import build_attachments, build_candidate_pattern
from asnforge.rulefiles.build_columns import build_derived, build_other_names
from asnforge.rulefiles.build_constraints import (
    build_candidate_value,
    build_constraint,
    check_conditions,
    checked_regex,
)
from asnforge.rulefiles.build_descriptions import build_descriptions
from asnforge.rulefiles.build_gaps import build_gap, columns_of_key, entry_separator
from asnforge.rulefiles.build_headers import build_headers
from asnforge.rulefiles.build_keywords import (
    build_extra_keywords,
    build_keywords,
    build_output_schema,
)
from asnforge.rulefiles.build_names import (
    build_file_name,
    build_member_name,
    build_members,
    build_name_part,
    build_product,
)
from asnforge.rulefiles.build_pipelines import build_pipelines
from asnforge.rulefiles.build_types import check_text_columns, column_types, type_of
from asnforge.rulefiles.check_dependence import check_dependence
from asnforge.rulefiles.product_types import add_key_types
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.column_types import TEXT
from asnforge.rules.displayed_columns import ReportColumns, SetupColumns
from asnforge.rules.rule import (
    IMPLICIT_SCIENCE_MEMBER,
    SCIENCE,
    AttachedRequired,
    DistinctRequired,
    ExptypeOverride,
    Key,
    MembersRequired,
    NamedConstraint,
    Repeat,
    Requirement,
    Rule,
    ScopeRequired,
)
from asnforge.rules.ruleset import MOST_WILDCARD_GROUPS, Candidates, Combination, Ruleset

_NO_CANDIDATES = Candidates(None, ".*", "all", "all")
"""Without a block ``candidates`` the whole pool is the only scope."""

_T = TypeVar("_T")


def build_ruleset(shared: SharedBlocks, rules: Iterable[YamlNode]) -> Ruleset:
    """A rule set from its documents; problems are added to `shared`."""
    head = shared.documents[-1].value
    rules = tuple(rules)
    used = {rule.value["rule"]: _products_used(rule, shared) for rule in rules}
    if any(used.values()):
        keys = {rule.value["rule"]: entries_of(sources_of(rule, shared), "group_by") for rule in rules}
        add_key_types(keys, {node.value for nodes in used.values() for node in nodes}, rules, shared)
    described = {rule.value["rule"]: _entries_by_path(rule, shared) for rule in rules}
    names = {name: build_name_part(node, shared) for name, node in shared.entries("names").items()}
    derived = build_derived(shared)
    undefined, duplicates = shared.block("undefined"), shared.block("duplicates")
    most = shared.block("most_wildcard_groups")
    ruleset = Ruleset(
        name=head["ruleset"],
        title=head["title"],
        about=head.get("about", ""),
        undefined=frozenset(map(str.casefold, undefined.strings() if undefined else ())),
        candidates=_candidates(shared),
        members=build_members(shared, derived),
        keywords=build_keywords(shared),
        derived=derived,
        names=names,
        rules=tuple(sorted((build_rule(rule, shared) for rule in rules), key=lambda rule: rule.name)),
        duplicates=duplicates.value if duplicates else None,
        most_wildcard_groups=int(most.value) if most is not None else MOST_WILDCARD_GROUPS,
        descriptions=build_descriptions(shared, described),
        pipelines=build_pipelines(shared),
        other_names=build_other_names(shared, derived),
        column_types=column_types(shared),
        run=run.value if (run := shared.block("run")) is not None else "",
        schema=build_output_schema(shared),
        setup=_setup(setup) if (setup := shared.block("setup")) is not None else None,
        report=_report(report) if (report := shared.block("report")) is not None else None,
        combinations=_combinations(shared, _key_names(shared, rules)),
        headers=build_headers(headers, shared) if (headers := shared.block("headers")) is not None else None,
    )
    check_conditions(shared)
    check_text_columns([ruleset.members.file_name, ruleset.candidates.column, ruleset.members.exptype], shared)
    check_dependence(used, {rule.value["rule"]: rule for rule in rules}, shared)
    return ruleset


def _products_used(rule: YamlNode, shared: SharedBlocks) -> list[YamlNode]:
    """The names of the rules whose products a rule uses, where they are written."""
    blocks = (rule, *entries_of(sources_of(rule, shared), "attach").values())
    return [name for block in blocks if (name := block.get("product_of")) is not None]


def _entries_by_path(rule: YamlNode, shared: SharedBlocks) -> Iterator[dict[str, YamlNode]]:
    """The entries of a rule's blocks, by block and name, or by block and number."""
    sources = sources_of(rule, shared)
    for block in ("select", "group_by", "attach", "require"):
        yield {f"{block}.{name}": node for name, node in entries_of(sources, block).items()}
    yield {f"prefer.{number}": node for number, node in enumerate(preferences_of(sources), 1)}
    yield {f"repeat.{number}": node for number, node in enumerate(repeats_of(sources), 1)}


def _candidates(shared: SharedBlocks) -> Candidates:
    node = shared.block("candidates")
    if node is None:
        return _NO_CANDIDATES
    content, pattern = node.value, node.get("id")
    discovered = content.get("discovered", {})
    return Candidates(
        column=content["column"].casefold() if "column" in content else None,
        id=checked_regex(pattern, shared) if pattern else _NO_CANDIDATES.id,
        discovered_id=discovered.get("id", _NO_CANDIDATES.discovered_id).casefold(),
        discovered_type=discovered.get("type", _NO_CANDIDATES.discovered_type).casefold(),
    )


def _setup(node: YamlNode) -> SetupColumns:
    content = node.value
    return SetupColumns(
        tuple(content["columns"]),
        tuple(content.get("exposure", ())),
        content.get("expected", ""),
        content.get("counter", ""),
        tuple(content.get("within", ())),
    )


def _report(node: YamlNode) -> ReportColumns:
    content = node.value
    return ReportColumns(
        tuple(content["columns"]),
        content.get("instrument", ""),
        tuple(content.get("observation", ())),
        tuple(content.get("activity", ())),
        content.get("footprint", ""),
        tuple(content.get("time", ())),
    )


def _combinations(shared: SharedBlocks, keys: Collection[str]) -> dict[str, Combination]:
    """What can be combined on request; a key that is none of `keys` is a finding."""
    combinations = {}
    for name, node in shared.entries("combine").items():
        dropped, compare = node.get("keys"), node.get("compare")
        named = [(key.value, key) for key in (dropped.items_list() if dropped is not None else ())]
        named += compare.items() if compare is not None else []
        for key, at in named:
            if key not in keys:
                shared.undefined("key", key, keys, at)
        content = node.value
        combinations[name] = Combination(
            tuple(content.get("keys", ())),
            content.get("several"),
            {key: tuple(map(str.casefold, columns)) for key, columns in content.get("compare", {}).items()},
            content.get("about", ""),
        )
    return combinations


def _key_names(shared: SharedBlocks, rules: Iterable[YamlNode]) -> frozenset[str]:
    """The names of all keys of rules and of shared parts."""
    sources = [*shared.entries("parts").values(), *rules]
    return frozenset(entries_of(sources, "group_by"))


def build_rule(node: YamlNode, shared: SharedBlocks) -> Rule:
    """A rule from its document, with the parts that it uses merged; problems are added to `shared`."""
    sources = sources_of(node, shared)
    content = node.value
    member_name, file_name, product_file = map(node.get, ("member_name", "file_name", "product_file"))
    attach = entries_of(sources, "attach")
    take_as = take_as_of(sources)
    return Rule(
        name=content["rule"],
        asn_type=content["asn_type"],
        title=content["title"],
        about=content.get("about", ""),
        select=_merged(sources, "select", lambda name, entry: NamedConstraint(name, build_constraint(entry, shared))),
        group_by=_merged(sources, "group_by", lambda name, entry: _key(name, entry, shared)),
        attach=build_attachments(attach, shared),
        require=_with_science(
            _merged(sources, "require", lambda name, entry: _requirement(name, entry, attach, shared))
        ),
        repeat=tuple(map(_repeat, repeats_of(sources))),
        take_as=_take_as(take_as) if take_as else None,
        member_name=build_member_name(member_name, shared) if member_name else None,
        file_name=build_file_name(file_name, shared) if file_name else None,
        product=build_product(node["product"], shared),
        location=node.document.location("rule"),
        keywords=build_extra_keywords(node.get("keywords"), shared),
        prefer=tuple(build_constraint(entry, shared) for entry in preferences_of(sources)),
        product_of=content.get("product_of"),
        product_file=build_file_name(product_file, shared) if product_file else None,
        product_file_location=product_file.location if product_file else None,
    )


def sources_of(node: YamlNode, shared: SharedBlocks) -> tuple[YamlNode, ...]:
    """The nodes that a rule is merged from: the parts that it uses, in order, and its own document."""
    use = node.get("use")
    entries = use.items_list() if use is not None else ()
    parts = [part for entry in entries if (part := shared.require("parts", entry.value, entry, "part"))]
    return (*parts, node)


def preferences_of(sources: Iterable[YamlNode]) -> tuple[YamlNode, ...]:
    """The entries of ``prefer``: those of the last source that has it."""
    blocks = [block for source in sources if (block := source.get("prefer")) is not None]
    return tuple(blocks[-1].items_list()) if blocks else ()


def entries_of(sources: Iterable[YamlNode], block: str) -> dict[str, YamlNode]:
    """The entries of a block such as ``select`` by name; those of a later source replace earlier ones."""
    entries: dict[str, YamlNode] = {}
    for source in sources:
        if (node := source.get(block)) is not None:
            entries.update(node.items())
    return entries


def _merged(sources: Iterable[YamlNode], block: str, build: Callable[[str, YamlNode], _T]) -> tuple[_T, ...]:
    return tuple(build(name, entry) for name, entry in entries_of(sources, block).items())


def _key(name: str, node: YamlNode, shared: SharedBlocks) -> Key:
    when, instead, candidate = node.get("when"), node.get("instead"), node.get("candidate")
    columns = () if candidate is not None else columns_of_key(node)
    column_type = type_of(columns, node, shared) if columns else TEXT
    return Key(
        name=name,
        columns=columns,
        separator=entry_separator(node, shared),
        gap=build_gap(node, shared),
        optional=node.value.get("optional", "no") != "no",
        own=node.value.get("optional") == "own",
        when=build_constraint(when, shared) if when else None,
        instead=build_candidate_value(instead, column_type, shared) if instead else None,
        candidate=build_candidate_pattern(candidate, shared) if candidate else None,
    )


def _requirement(name: str, node: YamlNode, attachments: Collection[str], shared: SharedBlocks) -> Requirement:
    content = node.value
    if "scope_in" in content or "scope_not_in" in content:
        return ScopeRequired(
            name, *(tuple(map(str.casefold, content.get(key, ()))) for key in ("scope_in", "scope_not_in"))
        )
    least = content.get("exactly") or content.get("at_least") or ("0" if "at_most" in content else "1")
    most = content.get("exactly") or content.get("at_most")
    at_least, at_most = int(least), int(most) if most is not None else None
    scopes = tuple(map(str.casefold, content.get("in_scopes", ())))
    if "members" in content:
        exptype = content["members"].casefold()
        return MembersRequired(name, None if exptype == "any" else exptype, at_least, at_most, scopes)
    if "attached" in content:
        if content["attached"] not in attachments:
            shared.undefined("attachment", content["attached"], attachments, node["attached"])
        return AttachedRequired(name, content["attached"], at_least, at_most, scopes)
    return DistinctRequired(name, content["distinct"].casefold(), at_least, scopes, at_most)


def _with_science(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """The requirements, with the one for a science member that every association has (docs/format.md#members)."""
    if any(
        isinstance(need, MembersRequired) and need.exptype == SCIENCE and need.at_least and not need.scope_types
        for need in requirements
    ):
        return requirements
    named = {need.name: need for need in (*requirements, IMPLICIT_SCIENCE_MEMBER)}
    return tuple(named.values())


def repeats_of(sources: Iterable[YamlNode]) -> list[YamlNode]:
    """The entries of ``repeat``: those of all sources."""
    return [entry for source in sources if (block := source.get("repeat")) for entry in block.items_list()]


def take_as_of(sources: Sequence[YamlNode]) -> YamlNode | None:
    """The block ``take_as`` of the last source that has it."""
    return next((block for source in reversed(sources) if (block := source.get("take_as"))), None)


def _repeat(node: YamlNode) -> Repeat:
    content = node.value
    return Repeat(content["members"].casefold(), content["as"], int(content.get("at_least", "1")))


def _take_as(node: YamlNode) -> ExptypeOverride:
    content = node.value
    return ExptypeOverride(content["exptype"], tuple(map(str.casefold, content.get("except", ()))))
