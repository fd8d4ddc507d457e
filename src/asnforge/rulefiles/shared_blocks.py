"""What rules share: the blocks of one or several rule sets, looked up by name, the later rule set first."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from asnforge.findings import Finding, suggestion
from asnforge.rulefiles.documents import Document
from asnforge.rulefiles.yaml_nodes import Step, shortened
from asnforge.rules.codes import UNKNOWN_NAME

_WITH_HINT = 100


@dataclass(frozen=True, slots=True)
class Located:
    """A piece of a document: its content, and where it stands."""

    document: Document
    path: tuple[Step, ...]
    content: Any

    def __getitem__(self, step: Step) -> Located:
        """The piece under a key or at a place of a list."""
        return Located(self.document, (*self.path, step), self.content[step])

    def get(self, key: str) -> Located | None:
        """The piece under a key; None where there is none."""
        return self[key] if isinstance(self.content, dict) and key in self.content else None

    def items(self) -> Iterator[tuple[str, Located]]:
        """The pieces of a mapping with their keys."""
        for key in self.content:
            yield key, self[key]

    def each(self) -> Iterator[Located]:
        """The pieces of a list."""
        for place in range(len(self.content)):
            yield self[place]

    def texts(self) -> tuple[str, ...]:
        """The texts of a list of texts."""
        return tuple(self.content)

    def finding(self, code: str, message: str, hint: str = "") -> Finding:
        """A finding at this piece."""
        return self.document.finding(code, message, *self.path, hint=hint)


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared blocks of rule sets.

    Attributes
    ----------
    documents : tuple of Document
        The rule set files, a later one overriding an earlier.
    findings : dict of Finding to None
        Where faults are gathered while rules are built, each once.
    built : dict
        What was built once and is used again, by its block, its name and how it is used.
    """

    documents: tuple[Document, ...]
    findings: dict[Finding, None] = field(default_factory=dict)
    built: dict[Hashable, Any] = field(default_factory=dict)

    def block(self, name: str) -> Located | None:
        """A block that is not merged: the one of the last rule set that has it."""
        for document in reversed(self.documents):
            if name in document.content:
                return Located(document, (name,), document.content[name])
        return None

    def find(self, block: str, name: str) -> Located | None:
        """The entry of a block, such as one of the conditions, by its name."""
        for document in reversed(self.documents):
            if name in document.content.get(block, {}):
                return Located(document, (block, name), document.content[block][name])
        return None

    def names(self, block: str) -> tuple[str, ...]:
        """The names of all entries of a block, each once, in the order of the files."""
        return tuple(dict.fromkeys(name for document in self.documents for name in document.content.get(block, {})))

    def wanted(self, block: str, name: str, where: Located, what: str) -> Located | None:
        """The entry of a block; where there is none, a finding at the place that asks for it."""
        found = self.find(block, name)
        if found is None:
            hint = suggestion(name, self.names(block)) if len(self.findings) < _WITH_HINT else ""
            self.report(where.finding(UNKNOWN_NAME.code, f"there is no {what} {shortened(name)}", hint=hint))
        return found

    def report(self, finding: Finding) -> None:
        """Gather a fault."""
        self.findings[finding] = None
