"""The files of rule sets as they are read: each rule set after the one that it extends, and all problems of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError, suggestion
from asnforge.json_schema import SchemaName
from asnforge.rulefiles.build import build_ruleset
from asnforge.rulefiles.build_keywords import schema_file
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.ruleset_cache import RulesetInputs
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.shipped import (
    NO_RULESET,
    RULESET_FILE,
    default_ruleset,
    named_ruleset,
    shipped_names,
    split_files,
)
from asnforge.rulefiles.yaml_document import YamlDocument, YamlNode
from asnforge.rules.ruleset import Ruleset

DUPLICATE_RULE = FindingCode(
    "R205",
    "duplicate rule in a folder",
    "Rules are identified by their names. A rule replaces another of the same name only if it comes from another path, as with "
    "asnforge generate --rules.",
    wrong="a.yaml:\n  rule: Image\nb.yaml:\n  rule: Image",
    right="a.yaml:\n  rule: Image\nb.yaml:\n  rule: Mosaic",
)

NOT_EXTENDED = FindingCode(
    "R320",
    "the rule set that another one extends or shares cannot be used",
    "extends and shares name a folder with a ruleset.yaml, relative to the file, or a rule set that is installed. Rule sets "
    "cannot extend or share each other in a cycle.",
    wrong="ruleset: mine\nextends: longslit-exampl",
    right="ruleset: mine\nextends: longslit-example",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Rule files that were read, and the rule set built from them.

    Attributes
    ----------
    shared : SharedBlocks or None
        The blocks that the rules share; None if a ruleset.yaml has a problem or there is none.
    rules : mapping of str to YamlNode
        The rules by name; a later one replaces an earlier one.
    ruleset : Ruleset or None
        The rule set; None if there is an error.
    findings : tuple of Finding
        All problems, each with file, line and column.
    """

    shared: SharedBlocks | None
    rules: Mapping[str, YamlNode]
    ruleset: Ruleset | None
    findings: tuple[Finding, ...]


def read_sources(*paths: str | Path, default: bool = False, inputs: RulesetInputs | None = None) -> Sources:
    """Rule files with all their problems.

    Parameters
    ----------
    *paths, default
        As for `asnforge.rulefiles.load.read_ruleset`.
    inputs : RulesetInputs or None
        Records what is read.
    """
    read = _Read(inputs)
    for path in map(Path, paths):
        read.add(path)
    if default and not read.shared and read.complete:
        added, read = read, _Read(inputs)
        read.ask("default")
        read.add(default_ruleset())
        read.rules.update(added.rules)
        read.findings += added.findings
    if not read.shared and not read.findings:
        hint = f"add a {RULESET_FILE}, or keep the default rule set"
        message = "no {file} for these rules to share"
        read.findings.append(NO_RULESET.finding(message, ", ".join(map(str, paths)), hint=hint, file=RULESET_FILE))
    findings = read.findings
    if not read.complete or not read.shared:
        return Sources(None, read.rules, None, tuple(findings))
    shared = SharedBlocks(tuple(read.shared), frozenset(read.borrowed))
    if (schema := schema_file(shared)) is not None:
        read.ask("content", str(schema))
    ruleset = build_ruleset(shared, read.rules.values())
    findings.extend(shared.findings)
    return Sources(shared, read.rules, None if findings else ruleset, tuple(findings))


class _Read:
    """The files of paths as they are read, each rule set after the one that it extends."""

    def __init__(self, inputs: RulesetInputs | None) -> None:
        self.shared: list[YamlDocument] = []
        self.rules: dict[str, YamlNode] = {}
        self.findings: list[Finding] = []
        self.complete = True  # whether every path can be read, and every ruleset.yaml matches the schema
        self.borrowed: set[str] = set()  # the files of rule sets whose rules are not read
        self._bases: list[Path] = []
        self._inputs = inputs

    def ask(self, *question: str) -> None:
        """Record what is read next, if inputs are recorded."""
        if self._inputs is not None:
            self._inputs.ask(*question)

    def add(self, path: Path, *, with_rules: bool = True) -> None:
        """Read the files of a path."""
        self.ask("files", str(path))
        try:
            shared_files, files = split_files(path)
        except InputError as stop:
            self.findings.extend(stop.findings)
            self.complete = False
            return
        documents = _checked(shared_files, "ruleset", self.findings)
        self.complete = self.complete and len(documents) == len(shared_files)
        for document in documents:
            self._add_bases(document, with_rules=with_rules)
        self.shared += documents
        if not with_rules:
            self.borrowed.update(document.file for document in documents)
            return
        self.rules.update(_rules(_checked(files, "rule", self.findings), self.findings))

    def _add_bases(self, document: YamlDocument, *, with_rules: bool) -> None:
        """Read the rule sets that another one shares or extends: folders relative to its file, or rule sets by their name."""
        folder = Path(document.file).parent
        self._bases.append(folder)
        for key in ("shares", "extends"):
            if (name := document.value.get(key)) is None:
                continue
            self.ask("named", str(folder), name)
            base = named_ruleset(folder, name)
            if base is None or any(_same(base, other) for other in self._bases):
                message, hint = "there is no rule set {name:quoted}", suggestion(name, shipped_names())
                if base is not None:
                    message, hint = f"the rule set would {key.removesuffix('s')} itself", "name another rule set"
                self.findings.append(document.finding(NOT_EXTENDED, message, key, hint=hint, name=name))
                self.complete = False
            else:
                self.add(base, with_rules=with_rules and key == "extends")
        self._bases.pop()


def _same(left: Path, right: Path) -> bool:
    return left.resolve() == right.resolve()


def _rules(documents: Sequence[YamlDocument], findings: list[Finding]) -> dict[str, YamlNode]:
    rules: dict[str, YamlNode] = {}
    for document in documents:
        name = document.value["rule"]
        if name in rules:
            message, file = "rule {rule:quoted} is already defined in {first_file}", rules[name].document.file
            hint = "rename one of them"
            findings.append(document.finding(DUPLICATE_RULE, message, "rule", hint=hint, rule=name, first_file=file))
        rules[name] = document.root
    return rules


def _checked(paths: Sequence[Path], schema: SchemaName, findings: list[Finding]) -> list[YamlDocument]:
    documents = []
    for path in paths:
        try:
            documents.append(read_checked(path, schema))
        except InputError as stop:
            findings.extend(stop.findings)
    return documents
