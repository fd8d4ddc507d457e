"""Options of attachments that have no effect, or not the one that is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from asnforge.findings import Finding, FindingCode, suggestion
from asnforge.lint.relation_ranges import is_contradicted, is_implied
from asnforge.lint.subject import Subject, check, in_every_use, warning
from asnforge.rulefiles.build import preferences_of
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import OWN, Attachment, Relation, SameValue, relation_columns
from asnforge.rules.constraints import Constraint, columns_read
from asnforge.rules.describe import listed
from asnforge.rules.rule import Rule

UNKNOWN_EXCEPTION = FindingCode(
    "R272",
    "exception that is not in select",
    "The entry except of an attachment lists entries of the rule's select that its exposures need not pass. This name is not "
    "one of them, so the attachment is more restricted than it seems.",
    wrong="attach:\n  nods: {from: select, except: [clam], match: [BAND]}",
    right="attach:\n  nods: {from: select, except: [calm], match: [BAND]}",
)
INEFFECTIVE_CHOICE = FindingCode(
    "R273",
    "choice without an effect",
    "With nearest, sets are ordered, but without at_most all of them are taken; a preference that is considered only if more "
    "than one set is left does not need to say so. A preference never decides if all sets meet it or none does: because match "
    "requires it or the opposite, because an earlier preference is the same, or because all have the same value, as in a "
    "column by which the rule groups.",
    wrong="attach:\n  lamps: {when: {column: KIND, is: lamp}, match: [BAND], nearest: [{column: NIGHT, side: after}]}",
    right="attach:\n  lamps: {when: {column: KIND, is: lamp}, match: [BAND], nearest: [{column: NIGHT, side: after}],"
    " at_most: 1}",
)

_EARLIER = "an earlier preference is the same, so this one has no effect"
_REMOVE = "remove one of them"


@check
def ineffective_choices(subject: Subject) -> Iterator[Finding]:
    """Options of attachments that have no effect."""
    reported: dict[Finding, None] = {}
    for rule in subject.ruleset.rules:
        nodes = subject.entries(rule, "attach")
        for attachment in rule.attach:
            for finding in _problems(rule, attachment, nodes[attachment.name]):
                if finding not in reported:
                    reported[finding] = None
                    yield finding


@check
def ineffective_preferences(subject: Subject) -> Iterator[Finding]:
    """Preferences of rules that are the same for all exposures of a group; of a part, only if so in every rule that uses it."""
    uses: list[tuple[YamlNode, Finding | None]] = []
    for rule in subject.ruleset.rules:
        grouped = _key_columns(rule)
        for index, node in enumerate(preferences_of(subject.sources(rule))):
            finding = None
            if rule.prefer[index] in rule.prefer[:index]:
                finding = warning(node, INEFFECTIVE_CHOICE, _EARLIER, _REMOVE)
            elif columns_read(rule.prefer[index]) <= grouped:
                message = "{rule} groups by {columns}, so all exposures of a group pass this preference, or none does"
                facts = {"rule": rule.name, "columns": _column_words(columns_read(rule.prefer[index]))}
                finding = warning(node, INEFFECTIVE_CHOICE, message, "remove it, or the key", **facts)
            uses.append((node, finding))
    yield from in_every_use(uses)


def _problems(rule: Rule, attachment: Attachment, node: YamlNode) -> Iterator[Finding]:
    facts = {"attachment": attachment.name}
    selected = {item.name for item in rule.select}
    for entry in node["except"].items_list() if attachment.excepted else ():
        if entry.value not in selected:
            message = "{entry} is not in select of {rule}, so {attachment} ignores it"
            hint = suggestion(entry.value, selected)
            yield warning(entry, UNKNOWN_EXCEPTION, message, hint, entry=entry.value, rule=rule.name, **facts)
    if attachment.nearest and attachment.at_most is None:
        message = "{attachment} takes all sets, so nearest has no effect"
        yield warning(node["nearest"], INEFFECTIVE_CHOICE, message, "add at_most", **facts)
    same_in_all_sets = _matched_columns(attachment) & _key_columns(rule)
    for index, preference in enumerate(attachment.prefer):
        at = node["prefer"][index]
        message, hint = _why_undecided(attachment, index, same_in_all_sets)
        if message:
            read = (
                relation_columns(preference.test)
                if isinstance(preference.test, Relation)
                else columns_read(preference.test)
            )
            yield warning(at, INEFFECTIVE_CHOICE, message, hint, **facts, columns=_column_words(read))


def _why_undecided(attachment: Attachment, index: int, same: frozenset[str]) -> tuple[str, str]:
    """Why a preference never decides, and what to do; empty if it can. All sets have the same value in some columns."""
    preference, earlier = attachment.prefer[index], attachment.prefer[:index]
    test = preference.test
    if preference.when_more_than == 1:
        reason = "a preference of {attachment} never restricts a single set, so when_more_than: 1 has no effect"
        return reason, "remove when_more_than"
    if any(_is_same(other.test, test) and other.when_more_than == 0 for other in earlier):
        return _EARLIER, _REMOVE
    if not isinstance(test, Relation):
        if columns_read(test) <= same:
            message = "all sets of {attachment} have the {columns} of the group, so this preference never decides"
            return message, "remove it, or match other columns"
        return "", ""
    for relation in attachment.match:
        if is_implied(test, relation):
            return "{attachment} requires this in match, so the preference has no effect", _REMOVE
        if is_contradicted(test, relation):
            return "{attachment} requires the opposite in match, so no set meets this preference", _REMOVE
    return "", ""


def _is_same(test: Relation | Constraint, other: Relation | Constraint) -> bool:
    """Whether two tests are always passed together, whatever their names and however amounts are written."""
    if isinstance(test, Relation) and isinstance(other, Relation):
        return is_implied(test, other) and is_implied(other, test)
    return test == other


def _key_columns(rule: Rule) -> frozenset[str]:
    """The columns in which all exposures of a group have the same value."""
    return frozenset(
        key.columns[0]
        for key in rule.group_by
        if len(key.columns) == 1 and not (key.optional or key.when or key.instead or key.gap or key.separator)
    )


def _matched_columns(attachment: Attachment) -> frozenset[str]:
    """The columns in which all that an attachment takes has the value of the exposure of the group."""
    if attachment.to != (OWN,):
        return frozenset()
    return frozenset(
        relation.columns[0]
        for relation in attachment.match
        if isinstance(relation, SameValue)
        and len(relation.columns) == 1
        and replace(relation, name="") == SameValue("", relation.columns, relation.columns)
    )


def _column_words(columns: Collection[str]) -> str:
    return listed(sorted(map(str.upper, columns)), "and") if columns else ""
