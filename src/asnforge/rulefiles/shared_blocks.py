"""Blocks that rules share, from one or several rule sets; a later rule set takes precedence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from asnforge.findings import Finding, suggestion
from asnforge.rulefiles.yaml_document import YamlDocument, YamlNode

_HINTS = 100
"""The number of undefined references that have a hint."""


@dataclass(frozen=True, slots=True)
class SharedBlocks:
    """The blocks that the rules of rule sets share, with the findings and results of building them.

    Attributes
    ----------
    documents : tuple of YamlDocument
        The rule set files; a later one overrides an earlier one.
    borrowed : frozenset of str
        The files of rule sets that lend their blocks only, and whose rules are not read.
    findings : dict of Finding to None
        The problems of building rules, without duplicates.
    built : dict
        Results that several rules use, by block, name and purpose.
    """

    documents: tuple[YamlDocument, ...]
    borrowed: frozenset[str] = frozenset()
    findings: dict[Finding, None] = field(default_factory=dict)
    built: dict[Hashable, Any] = field(default_factory=dict)

    def block(self, name: str) -> YamlNode | None:
        """The block of the last rule set that has it; for blocks that are not merged."""
        return next((document.root[name] for document in reversed(self.documents) if name in document.value), None)

    def find(self, block: str, name: str) -> YamlNode | None:
        """An entry of a block, such as a condition, by its name."""
        for document in reversed(self.documents):
            if name in document.value.get(block, {}):
                return document.root[block][name]
        return None

    def names(self, block: str) -> tuple[str, ...]:
        """The names of all entries of a block, in the order of the files."""
        return tuple(dict.fromkeys(name for document in self.documents for name in document.value.get(block, {})))

    def entries(self, block: str) -> dict[str, YamlNode]:
        """All entries of a block by name, in the order of the files."""
        return {name: node for name in self.names(block) if (node := self.find(block, name)) is not None}

    def own_entries(self, block: str) -> dict[str, YamlNode]:
        """The entries of a block that are not borrowed from another rule set."""
        return {name: node for name, node in self.entries(block).items() if node.document.file not in self.borrowed}

    def require(self, block: str, name: str, at: YamlNode, what: str) -> YamlNode | None:
        """An entry of a block; None, and a finding at `at`, if there is none."""
        node = self.find(block, name)
        if node is None:
            self.undefined(what, name, self.names(block), at)
        return node

    def undefined(self, what: str, name: str, known: Iterable[str], at: YamlNode, hint: str | None = None) -> None:
        """Add the finding of a reference to an undefined name; the hint is by default a similar name, or those known."""
        from asnforge.rules.ruleset import UNDEFINED_REFERENCE  # imports numpy, which validating files does not need

        if hint is None:
            hint = suggestion(name, known) if len(self.findings) < _HINTS else ""
        self.add_finding(at.finding(UNDEFINED_REFERENCE, "undefined {what} {name:quoted}", hint, what=what, name=name))

    def add_finding(self, finding: Finding) -> None:
        """Add a problem."""
        self.findings[finding] = None
