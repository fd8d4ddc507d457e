"""Options of attachments that have no effect, or not the one that is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asnforge.findings import Finding, FindingCode
from asnforge.lint.subject import Subject, check, warning
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.attachment import Attachment, Relation
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
    "than one set is left does not need to say so; a preference that match requires already is always met.",
    wrong="attach:\n  lamps: {when: {column: KIND, is: lamp}, match: [BAND], nearest: [{column: NIGHT, side: after}]}",
    right="attach:\n  lamps: {when: {column: KIND, is: lamp}, match: [BAND], nearest: [{column: NIGHT, side: after}],"
    " at_most: 1}",
)


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


def _problems(rule: Rule, attachment: Attachment, node: YamlNode) -> Iterator[Finding]:
    facts = {"attachment": attachment.name}
    selected = {item.name for item in rule.select}
    for entry in node["except"].items_list() if attachment.excepted else ():
        if entry.value not in selected:
            message = "{entry} is not in select of {rule}, so {attachment} ignores it"
            yield warning(entry, UNKNOWN_EXCEPTION, message, entry=entry.value, rule=rule.name, **facts)
    if attachment.nearest and attachment.at_most is None:
        message = "{attachment} takes all sets, so nearest has no effect"
        yield warning(node["nearest"], INEFFECTIVE_CHOICE, message, "add at_most", **facts)
    required = {replace(relation, name="") for relation in attachment.match}
    for index, preference in enumerate(attachment.prefer):
        at = node["prefer"][index]
        if preference.when_more_than == 1:
            message = "a preference of {attachment} never restricts a single set, so when_more_than: 1 has no effect"
            yield warning(at, INEFFECTIVE_CHOICE, message, "remove when_more_than", **facts)
        if isinstance(preference.test, Relation) and replace(preference.test, name="") in required:
            message = "{attachment} requires this in match, so the preference has no effect"
            yield warning(at, INEFFECTIVE_CHOICE, message, "remove one of them", **facts)
