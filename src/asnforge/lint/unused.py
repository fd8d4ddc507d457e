"""Rules and shared blocks without effect: unused blocks, shadowed rules, empty name parts; and rules without cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from asnforge.findings import Finding, FindingCode
from asnforge.lint.references import Kind
from asnforge.lint.subject import Subject, check, warning
from asnforge.rulefiles.shipped import CASES_SUFFIX
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.describe import describe_requirement, listed
from asnforge.rules.rule import Rule
from asnforge.rules.templates import FACTS, NamePart, parse_template

SHADOWED_RULE = FindingCode(
    "R305",
    "rule is shadowed",
    "Another rule selects the same exposures, makes the same groups, and comes later by name. Of associations with the same "
    "members in one scope only the last rule's is kept, so those of this rule are always dropped. With 'duplicates: "
    "members_and_product' this is so only for products of the same name; with 'duplicates: keep' it never is.",
    wrong="rule: Images\nselect:\n  filter: {column: FILTER, is: red}\n---\n"
    "rule: Stacks\nselect:\n  filter: {column: FILTER, is: red}",
    right="rule: Images\nselect:\n  filter: {column: FILTER, is: red}\n---\n"
    "rule: Stacks\nselect:\n  filter: {column: FILTER, is: blue}",
)
UNUSED = FindingCode(
    "R306",
    "unused block",
    "No rule uses this part, condition, table, derived column, name part, product template or column of ruleset.yaml. Remove "
    "it, or use it.",
    wrong="conditions:\n  calm: {column: WIND, matches: 'low.*'}",
    right="conditions:\n  calm: {column: WIND, matches: 'low.*'}\n---\nselect:\n  calm: {use: calm}",
)
NO_CASES = FindingCode(
    "R307",
    "rule without cases",
    "Cases state which exposures a rule groups, separates and rejects, so that an unintended change is noticed. They are in a "
    "file next to that of the rule.",
    wrong="image.yaml",
    right="image.yaml\nimage.cases.yaml",
)
EMPTY_NAME_PART = FindingCode(
    "R308",
    "name part without a value",
    "The template contains a name part, but the rule does not group by its keys, so the part is always empty. Add the key to "
    "group_by, or remove the part from the template.",
    wrong="names:\n  filter: {key: filter}\n---\nproduct: 'image-{filter}'",
    right="names:\n  filter: {key: filter}\n---\ngroup_by:\n  filter: {column: FILTER}\nproduct: 'image-{filter}'",
)
READ_UNDER_OTHER_NAME = FindingCode(
    "R313",
    "column that is also another name",
    "A column is read under a name that is declared as another name of a column. In a pool without that column, both columns "
    "would have the same values. Read it under the declared name, or remove the other name.",
    wrong="columns:\n  FILTER: {also: [FILT]}\n---\ngroup_by:\n  filter: {column: FILT}",
    right="columns:\n  FILTER: {also: [FILT]}\n---\ngroup_by:\n  filter: {column: FILTER}",
)

_SHARED: tuple[tuple[str, Kind, str], ...] = (
    ("conditions", "condition", "condition"),
    ("derived", "column", "derived column"),
    ("names", "name", "name part"),
    ("products", "product", "product template"),
    ("parts", "part", "part"),
    ("tables", "table", "table"),
)


@check
def unused_blocks(subject: Subject) -> Iterator[Finding]:
    """Shared blocks that nothing refers to."""
    for block, kind, what in _SHARED:
        names = subject.names(kind)
        for name, node in subject.shared.own_entries(block).items():
            if (name.casefold() if kind == "column" else name) not in names:
                yield warning(node, UNUSED, "nothing uses the {what} {name}", what=what, name=name)


@check
def unused_columns(subject: Subject) -> Iterator[Finding]:
    """Columns with other names that nothing reads, and other names that are read as columns themselves."""
    read = subject.names("column")
    for name, node in subject.shared.own_entries("columns").items():
        if name.casefold() not in read:
            yield warning(node, UNUSED, "nothing reads the column {name}", name=name.upper())
        also = node.get("also")
        for other in also.items_list() if also is not None else ():
            if other.value.casefold() in read:
                facts = {"other": other.value.upper(), "name": name.upper()}
                message = "{other} is read as a column, but is another name of {name}"
                yield warning(other, READ_UNDER_OTHER_NAME, message, f"read {name.upper()} instead", **facts)


@check
def shadowed_rules(subject: Subject) -> Iterator[Finding]:
    """Rules whose associations are always dropped as duplicates of another rule's."""
    ruleset = subject.ruleset
    if ruleset.duplicates == "keep":
        return
    by_product = ruleset.duplicates == "members_and_product"
    for index, rule in enumerate(ruleset.rules):
        for later in ruleset.rules[index + 1 :]:
            if _shadows(later, rule) and (not by_product or _same_product(later, rule, subject)):
                message = (
                    "{later} selects and groups the same exposures as {rule}, whose associations are always dropped as "
                    "duplicates"
                )
                node = subject.documents[rule.name]["rule"]
                yield warning(node, SHADOWED_RULE, message, later=later.name, rule=rule.name)
                break


def _shadows(later: Rule, rule: Rule) -> bool:
    def effects(either: Rule) -> tuple[object, ...]:
        select = frozenset(item.constraint for item in either.select)
        keys = frozenset(replace(key, name="") for key in either.group_by)
        return select, keys, either.prefer, either.attach, either.repeat, either.take_as, either.member_name

    return effects(later) == effects(rule) and set(map(describe_requirement, later.require)) <= set(
        map(describe_requirement, rule.require)
    )


def _same_product(later: Rule, rule: Rule, subject: Subject) -> bool:
    """Whether two rules that make the same groups give their products the same names."""
    names = subject.ruleset.names
    used = {key for _, part in parse_template(rule.product) if part and part in names for key in _keys(names[part])}
    keys = [
        {(key.name, key.columns, key.candidate) for key in either.group_by if key.name in used}
        for either in (later, rule)
    ]
    same_facts = "rule" not in used and ("asn_type" not in used or later.asn_type == rule.asn_type)
    return later.product == rule.product and keys[0] == keys[1] and same_facts


@check
def rules_without_cases(subject: Subject) -> Iterator[Finding]:
    """Rules without a file of cases."""
    for name, node in subject.documents.items():
        path = Path(node.document.file)
        cases = path.with_name(f"{path.stem}{CASES_SUFFIX}")
        if not cases.is_file():
            yield warning(node["rule"], NO_CASES, "the rule {rule} has no cases", f"write {cases.name}", rule=name)


@check
def empty_name_parts(subject: Subject) -> Iterator[Finding]:
    """Name parts of keys that no rule has, and templates with a name part whose keys the rule does not group by."""
    keys = {key.name for rule in subject.ruleset.rules for key in rule.group_by}
    for name, node in subject.shared.entries("names").items():
        part = subject.ruleset.names[name]
        needed = _keys(part)
        if not part.columns and not needed & {*keys, *FACTS}:
            message = "no rule groups by {keys}, so the name part {name} is always empty"
            yield warning(node, EMPTY_NAME_PART, message, keys=listed(sorted(needed), "or"), name=name)
    for rule in subject.ruleset.rules:
        document = subject.documents[rule.name]
        if "{" in rule.product:
            yield from _empty_parts(rule, document["product"], subject)
        if (file_name := document.get("file_name")) is not None:
            yield from _empty_parts(rule, file_name, subject)


def _empty_parts(rule: Rule, template: YamlNode, subject: Subject) -> Iterator[Finding]:
    known = {*FACTS, *(key.name for key in rule.group_by)}
    for _, name in parse_template(template.value):
        part = subject.ruleset.names.get(name or "")
        if part is not None and not part.empty and not part.columns and not _keys(part) & known:
            message = "{part} is always empty: {rule} does not group by {keys}"
            facts = {"part": f"{{{name}}}", "rule": rule.name, "keys": listed(sorted(_keys(part)), "or")}
            yield warning(template, EMPTY_NAME_PART, message, **facts)


def _keys(part: NamePart) -> set[str]:
    """The keys and facts of a name part; none if it has the values of columns."""
    return {*part.keys, *([part.values_of] if part.values_of is not None else [])}
