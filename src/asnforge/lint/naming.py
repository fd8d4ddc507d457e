"""What is written in another case than the rule set has it: templates with capital letters, exptypes in two spellings."""

from __future__ import annotations

from collections.abc import Iterator

from asnforge.findings import Finding
from asnforge.lint.context import Subject, warning
from asnforge.rules.codes import LOWERED, SPELLED_TWICE
from asnforge.rules.names import pieces
from asnforge.rules.shared import Located


def lowered_capitals(subject: Subject) -> Iterator[Finding]:
    """Templates and name parts with capital letters, which names of products and files do not keep."""
    for piece in _templates(subject):
        literal = "".join(text for text, _ in pieces(piece.content))
        if literal != literal.lower():
            message = f"the capital letters of {piece.content!r} are written in lower case"
            yield warning(piece, LOWERED, message, f"write {_in_lower_case(piece.content)!r}")
    for part in _entries(subject, "names"):
        for key in ("before", "after", "join", "empty"):
            if (text := part.get(key)) is not None and text.content != text.content.lower():
                message = f"the capital letters of {text.content!r} are written in lower case"
                yield warning(text, LOWERED, message, f"write {text.content.lower()!r}")


def spelled_differently(subject: Subject) -> Iterator[Finding]:
    """Exptypes that a rule set gives members in another spelling than the one that is written."""
    spellings = subject.ruleset.exptype_spellings()
    for piece in _exptypes_given(subject):
        written = spellings.get(piece.content.lower(), piece.content)
        if piece.content != written:
            message = f"members have the exptype {written}, not {piece.content}"
            yield warning(piece, SPELLED_TWICE, message, f"write {written}")


def _in_lower_case(template: str) -> str:
    parts = pieces(template)
    literals = (text.lower().replace("{", "{{").replace("}", "}}") for text, _ in parts)
    return "".join(text + (f"{{{name}}}" if name else "") for text, (_, name) in zip(literals, parts, strict=True))


def _templates(subject: Subject) -> Iterator[Located]:
    yield from _entries(subject, "products")
    if (keywords := subject.shared.block("keywords")) is not None:
        yield from (keywords[key] for key in ("file_name", "program", "target"))
    for document in subject.documents.values():
        if "{" in document["product"].content:
            yield document["product"]
        if (file_name := document.get("file_name")) is not None:
            yield file_name


def _entries(subject: Subject, block: str) -> Iterator[Located]:
    for name in subject.shared.names(block):
        if (entry := subject.shared.find(block, name)) is not None:
            yield entry


def _exptypes_given(subject: Subject) -> Iterator[Located]:
    """Where the rule set says which exptype exposures and members have."""
    column = subject.ruleset.members.exptype
    for name in subject.shared.names("derived"):
        entry = subject.shared.find("derived", name)
        if entry is not None and name.lower() == column:
            yield from (value for case in entry["cases"].each() if (value := case.get("value")) is not None)
    for piece in (*subject.documents.values(), *_entries(subject, "parts")):
        for _, attachment in attach.items() if (attach := piece.get("attach")) is not None else ():
            if (given := attachment.get("as")) is not None:
                yield given
        for repeat in repeats.each() if (repeats := piece.get("repeat")) is not None else ():
            yield repeat["as"]
        if (take_as := piece.get("take_as")) is not None:
            yield take_as["exptype"]
