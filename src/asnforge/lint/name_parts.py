"""Exptypes that a rule set spells in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding
from asnforge.lint.subject import Subject, warning
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.codes import SPELLED_TWICE


def spelled_differently(subject: Subject) -> Iterator[Finding]:
    """Exptypes that a rule set gives members in another spelling than the one that is written."""
    spellings = subject.ruleset.exptype_spellings()
    for piece in _exptypes_given(subject):
        written = spellings.get(piece.value.casefold(), piece.value)
        if piece.value != written:
            message = f"members have the exptype {written}, not {piece.value}"
            yield warning(piece, SPELLED_TWICE, message, f"write {written}")


def _entries(subject: Subject, block: str) -> Iterator[YamlNode]:
    for name in subject.shared.names(block):
        if (entry := subject.shared.find(block, name)) is not None:
            yield entry


def _exptypes_given(subject: Subject) -> Iterator[YamlNode]:
    """Where the rule set says which exptype exposures and members have."""
    column = subject.ruleset.members.exptype
    for name in subject.shared.names("derived"):
        entry = subject.shared.find("derived", name)
        if entry is not None and name.casefold() == column:
            yield from (value for case in entry["cases"].items_list() if (value := case.get("value")) is not None)
    for piece in (*subject.documents.values(), *_entries(subject, "parts")):
        for _, attachment in attach.items() if (attach := piece.get("attach")) is not None else ():
            if (given := attachment.get("as")) is not None:
                yield given
        for repeat in repeats.items_list() if (repeats := piece.get("repeat")) is not None else ():
            yield repeat["as"]
        if (take_as := piece.get("take_as")) is not None:
            yield take_as["exptype"]
