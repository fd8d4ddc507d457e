"""The subject of lint, a rule set with the documents that it was read from; and the registry of checks.

A check is a generator of findings. To add one, write it in any module of this package, below its `FindingCode`; nothing else
needs to know it::

    NO_TITLE = FindingCode("R399", "rule without a title", "Titles appear in ...", wrong="title: ''", right="title: Images")


    @check
    def rules_without_title(subject: Subject) -> Iterator[Finding]:
        for rule in subject.ruleset.rules:
            if not rule.title:
                yield warning(subject.documents[rule.name], NO_TITLE, "rule {rule} has no title", rule=rule.name)

`asnforge rules check` runs it, `asnforge codes` and the documentation describe it, and a test runs both examples of its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from asnforge.findings import Finding, FindingCode, SourceLocation
from asnforge.lint.references import Kind, Reference, references_of_rule, references_of_ruleset
from asnforge.lint.satisfiability import values_of_derived, values_with_fixed
from asnforge.rulefiles.build import entries_of, sources_of
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.yaml_document import YamlNode
from asnforge.rules.rule import Rule
from asnforge.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Subject:
    """A rule set with its documents.

    Attributes
    ----------
    ruleset : Ruleset
        The rules as values.
    shared : SharedBlocks
        The documents with the shared blocks.
    documents : mapping of str to YamlNode
        The document of each rule, by the rule's name.
    references : tuple of Reference
        All references by name in any of the documents.
    closed : mapping of str to frozenset of str
        The possible values of the derived columns whose values are all known.
    """

    ruleset: Ruleset
    shared: SharedBlocks
    documents: Mapping[str, YamlNode]
    references: tuple[Reference, ...]
    closed: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, ruleset: Ruleset, shared: SharedBlocks, documents: Mapping[str, YamlNode]) -> Subject:
        """The subject for a rule set, its shared blocks and the documents of its rules."""
        references = [item for document in shared.documents for item in references_of_ruleset(document.root)]
        references += [item for document in documents.values() for item in references_of_rule(document)]
        return cls(ruleset, shared, documents, tuple(references), values_of_derived(ruleset.derived))

    def entries(self, rule: Rule, block: str) -> dict[str, YamlNode]:
        """The entries of a rule's block by name, including those of the parts that it uses."""
        return entries_of(self.sources(rule), block)

    def sources(self, rule: Rule) -> tuple[YamlNode, ...]:
        """The parts that a rule uses, in order, and its own document."""
        return sources_of(self.documents[rule.name], self.shared)

    def closed_for(self, rule: Rule) -> Mapping[str, frozenset[str]]:
        """The possible values of derived columns as a rule reads them, which may have take_as."""
        if rule.take_as is None:
            return self.closed
        exptype = self.ruleset.members.exptype
        excepted = frozenset(rule.take_as.excepted)
        possible = {rule.take_as.exptype.casefold(), *(excepted & self.closed.get(exptype, excepted))}
        return values_with_fixed(self.ruleset.derived, self.closed, {exptype: frozenset(possible)})

    def names(self, kind: Kind) -> frozenset[str]:
        """The names of a kind that are referred to anywhere."""
        return frozenset(reference.name for reference in self.references if reference.kind == kind)


Check = Callable[[Subject], Iterator[Finding]]

CHECKS: list[Check] = []
"""All checks of the modules of this package that have been imported."""


def check(function: Check) -> Check:
    """Register a check."""
    CHECKS.append(function)
    return function


def warning(node: YamlNode, code: FindingCode, message: str, hint: str = "", **details: object) -> Finding:
    """A finding about something that is most likely a mistake but does not prevent rules from working."""
    return replace(node.finding(code, message, hint, **details), severity="warning")


def in_every_use(uses: Iterable[tuple[YamlNode, Finding | None]]) -> Iterator[Finding]:
    """One finding for each node that has a finding in every use: a shared part is right if it is right for one rule.

    Parameters
    ----------
    uses : iterable of (node, finding or None)
        For each use of a node, such as a constraint of a part in one of the rules, the finding about it.
    """
    by_node: dict[SourceLocation, list[Finding | None]] = {}
    for node, finding in uses:
        by_node.setdefault(node.location, []).append(finding)
    for findings in by_node.values():
        if findings[0] is not None and all(findings):
            yield findings[0]
