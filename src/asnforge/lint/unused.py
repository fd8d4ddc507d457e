"""What nothing uses, rules that others hide, rules without cases, and parts of names that stay empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from asnforge.findings import Finding
from asnforge.lint.references import Kind
from asnforge.lint.subject import Subject, warning
from asnforge.rulefiles.build import FACTS
from asnforge.rulefiles.shipped import CASES_SUFFIX
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.codes import HIDDEN_RULE, NAME_WITHOUT_KEY, NO_CASES, READ_TWICE, UNUSED
from asnforge.rules.describe import describe_requirement
from asnforge.rules.rule import Rule
from asnforge.rules.templates import NamePart, parse_template

_SHARED: tuple[tuple[str, Kind, str], ...] = (
    ("conditions", "condition", "condition"),
    ("derived", "column", "derived column"),
    ("names", "name", "name part"),
    ("products", "product", "product template"),
    ("parts", "part", "part"),
    ("tables", "table", "table"),
)


def unused(subject: Subject) -> Iterator[Finding]:
    """What is shared and nothing uses."""
    for block, kind, what in _SHARED:
        named = subject.named(kind)
        for name in subject.shared.names(block):
            where = subject.shared.find(block, name)
            if where is not None and (name.casefold() if kind == "column" else name) not in named:
                yield warning(where, UNUSED, f"nothing uses the {what} {name}")


def other_names_unused(subject: Subject) -> Iterator[Finding]:
    """Columns with other names that nothing reads, and other names that are read as columns of their own."""
    read = subject.named("column")
    for name in subject.shared.names("columns"):
        where = subject.shared.find("columns", name)
        if where is None:
            continue
        if name.casefold() not in read:
            yield warning(where, UNUSED, f"nothing reads the column {name.upper()}")
        also = where.get("also")
        for other in also.items_list() if also is not None else ():
            if other.value.casefold() in read:
                message = f"{other.value.upper()} is read as a column, and is another name of {name.upper()}"
                yield warning(other, READ_TWICE, message, f"read {name.upper()} instead")


def hidden_rules(subject: Subject) -> Iterator[Finding]:
    """Rules whose associations are always dropped as duplicates of another rule's, by the rule set's `duplicates`."""
    ruleset = subject.ruleset
    if ruleset.duplicates == "keep":
        return
    by_product = ruleset.duplicates == "members_and_product"
    for place, rule in enumerate(ruleset.rules):
        for later in ruleset.rules[place + 1 :]:
            if _hides(later, rule) and (not by_product or _same_product(later, rule, subject)):
                where = subject.documents[rule.name]["rule"]
                message = (
                    f"the rule {later.name} makes the same members of the same exposures, so {rule.name} never stays"
                )
                yield warning(where, HIDDEN_RULE, message)
                break


def _hides(later: Rule, rule: Rule) -> bool:
    def same(of: Rule) -> tuple[object, ...]:
        keys = frozenset((key.columns, key.optional, key.when, key.instead) for key in of.group_by)
        attached = [(each.when, each.match, each.exptype) for each in of.attach]
        return frozenset(each.constraint for each in of.select), keys, attached, of.repeat, of.take_as, of.member_name

    return same(later) == same(rule) and {str(need) for need in _unnamed(later)} <= {
        str(need) for need in _unnamed(rule)
    }


def _same_product(later: Rule, rule: Rule, subject: Subject) -> bool:
    """Whether two rules that make the same groups call their products the same."""
    names = subject.ruleset.names
    used = {key for _, part in parse_template(rule.product) if part and part in names for key in _keys(names[part])}
    keys = [{(key.name, key.columns) for key in each.group_by if key.name in used} for each in (later, rule)]
    facts = "rule" not in used and ("asn_type" not in used or later.asn_type == rule.asn_type)
    return later.product == rule.product and keys[0] == keys[1] and facts


def _unnamed(rule: Rule) -> Iterator[str]:
    for need in rule.require:
        yield describe_requirement(need)


def rules_without_cases(subject: Subject) -> Iterator[Finding]:
    """Rules with no file of cases beside them."""
    for document in subject.documents.values():
        path = Path(document.document.file)
        cases = path.with_name(f"{path.stem}{CASES_SUFFIX}")
        if not cases.is_file():
            message = f"the rule {document.value['rule']} has no cases"
            yield warning(document["rule"], NO_CASES, message, f"write {cases.name} beside it")


def names_without_keys(subject: Subject) -> Iterator[Finding]:
    """Name parts of keys that no rule has, and templates of rules that name a part whose keys the rule lacks."""
    everywhere = {key.name for rule in subject.ruleset.rules for key in rule.group_by}
    for name, part in subject.ruleset.names.items():
        where = subject.shared.find("names", name)
        if where is not None and not _keys(part) & {*everywhere, *FACTS}:
            message = f"no rule groups by {' or '.join(sorted(_keys(part)))}, so the name part {name} is always empty"
            yield warning(where, NAME_WITHOUT_KEY, message)
    for rule in subject.ruleset.rules:
        template, file_name = subject.documents[rule.name]["product"], subject.documents[rule.name].get("file_name")
        if "{" in template.value:
            yield from _empty_parts(rule, template, subject)
        if file_name is not None:
            yield from _empty_parts(rule, file_name, subject)


def _empty_parts(rule: Rule, template: YamlNode, subject: Subject) -> Iterator[Finding]:
    own = {key.name for key in rule.group_by}
    for _, used in parse_template(template.value):
        part = subject.ruleset.names.get(used or "")
        if part is not None and not part.empty and not _keys(part) & {*own, *FACTS}:
            message = f"{{{used}}} is always empty: {rule.name} does not group by {' or '.join(sorted(_keys(part)))}"
            yield warning(template, NAME_WITHOUT_KEY, message)


def _keys(part: NamePart) -> set[str]:
    return {*part.keys, *([part.values_of] if part.values_of is not None else [])}
