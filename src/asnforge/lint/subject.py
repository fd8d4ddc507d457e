"""What is judged: a rule set that could be read, with the documents that it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asnforge.findings import Finding, FindingCode
from asnforge.lint.references import Kind, Mention, of_rule, of_ruleset
from asnforge.lint.satisfiability import values_given, values_of_derived
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
        The documents with what rules share.
    documents : mapping of str to YamlNode
        Each rule's own document by the rule's name.
    mentions : tuple of Mention
        Everything that is named in any of the documents.
    closed : mapping of str to frozenset of str
        The derived columns whose values are all known.
    """

    ruleset: Ruleset
    shared: SharedBlocks
    documents: Mapping[str, YamlNode]
    mentions: tuple[Mention, ...]
    closed: Mapping[str, frozenset[str]]

    def heads(self) -> Iterator[YamlNode]:
        """The documents with what rules share."""
        for document in self.shared.documents:
            yield document.root

    def entries(self, rule: Rule, block: str) -> dict[str, YamlNode]:
        """Where the entries of a rule's block are written, those that it shares with others too."""
        return entries_of(sources_of(self.documents[rule.name], self.shared), block)

    def closed_for(self, rule: Rule) -> Mapping[str, frozenset[str]]:
        """The derived columns whose values are all known, as a rule sees them that takes every exposure as one exptype."""
        if rule.take_as is None:
            return self.closed
        exptype = self.ruleset.members.exptype
        excepted = frozenset(rule.take_as.excepted)
        seen = {rule.take_as.exptype.casefold(), *(excepted & self.closed.get(exptype, excepted))}
        return values_given(self.ruleset.derived, self.closed, {exptype: frozenset(seen)})

    def named(self, kind: Kind) -> frozenset[str]:
        """All names of a kind that are mentioned anywhere."""
        return frozenset(mention.name for mention in self.mentions if mention.kind == kind)


def subject(ruleset: Ruleset, shared: SharedBlocks, documents: Mapping[str, YamlNode]) -> Subject:
    """A rule set with its documents, and what all of them name."""
    heads = [document.root for document in shared.documents]
    mentions = [mention for head in heads for mention in of_ruleset(head)]
    mentions += [mention for document in documents.values() for mention in of_rule(document)]
    return Subject(ruleset, shared, documents, tuple(mentions), values_of_derived(ruleset.derived))


def _position(where: YamlNode) -> tuple[str, int | None, int | None]:
    at = where.location
    return at.file, at.line, at.column


def error(where: YamlNode, code: FindingCode, message: str, hint: str = "") -> Finding:
    """A finding that keeps rules from working, at a place."""
    return Finding(code.code, message, *_position(where), hint)


def warning(where: YamlNode, code: FindingCode, message: str, hint: str = "") -> Finding:
    """A finding that is most likely a mistake, at a place."""
    return Finding(code.code, message, *_position(where), hint, "warning")
