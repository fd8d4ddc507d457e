"""Read rule sets from folders and files: check them against the schema and build them, or report what prevents this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asnforge.findings import Finding, FindingCode, InputError
from asnforge.json_schema import SchemaName
from asnforge.rulefiles.build import build_ruleset
from asnforge.rulefiles.build_constraints import CIRCULAR
from asnforge.rulefiles.check_schema import read_checked
from asnforge.rulefiles.shared_blocks import SharedBlocks
from asnforge.rulefiles.shipped import (
    NO_RULESET,
    RULESET_FILE,
    default_ruleset,
    path_type,
    resolve,
    rule_files,
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


def load_ruleset(*rules: str | Path, default: bool = True) -> Ruleset:
    """The default rule set with others added to it, or only the others.

    Parameters
    ----------
    *rules : str or Path
        Folders and rule files as for `read_ruleset`, or names of rule sets that ship with the package. A file or folder of
        that name takes precedence.
    default : bool
        Begin with the default rule set.

    Raises
    ------
    InputError
        With all problems; also if there is nothing to read.
    """
    return read_ruleset(*([default_ruleset()] if default else []), *map(resolve, rules))


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


def read_ruleset(*paths: str | Path) -> Ruleset:
    """A rule set from folders and single rule files.

    Parameters
    ----------
    *paths : str or Path
        Folders with a ``ruleset.yaml`` and rule files, folders with rule files only, or rule files. A later path adds to the
        earlier ones; its rules and shared blocks replace those of the same name.

    Raises
    ------
    InputError
        With all problems, each with file, line and column.
    """
    sources = read_sources(*paths)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    return sources.ruleset


def read_sources(*paths: str | Path) -> Sources:
    """Rule files with all their problems; parameters as for `read_ruleset`."""
    findings: list[Finding] = []
    shared_documents: list[YamlDocument] = []
    borrowed: set[str] = set()
    rules: dict[str, YamlNode] = {}
    complete = True
    for path in map(Path, paths):
        try:
            shared_files, files = split_files(path)
        except InputError as stop:
            findings.extend(stop.findings)
            continue
        documents = _checked(shared_files, "ruleset", findings)
        complete = complete and len(documents) == len(shared_files)
        for document in documents:
            lent = _lent(document, findings)
            complete = complete and lent is not None
            for lender in lent or ():
                if lender.file not in {known.file for known in shared_documents}:
                    shared_documents.append(lender)
                    borrowed.add(lender.file)
        shared_documents += documents
        rules.update(_rules(_checked(files, "rule", findings), findings))
    if not shared_documents and not findings:
        hint = f"add a {RULESET_FILE}, or keep the default rule set"
        message = "no {file} for these rules to share"
        findings.append(NO_RULESET.finding(message, ", ".join(map(str, paths)), hint=hint, file=RULESET_FILE))
    if not complete or not shared_documents:
        return Sources(None, rules, None, tuple(findings))
    shared = SharedBlocks(tuple(shared_documents), frozenset(borrowed))
    ruleset = build_ruleset(shared, rules.values())
    findings.extend(shared.findings)
    return Sources(shared, rules, None if findings else ruleset, tuple(findings))


def _lent(document: YamlDocument, findings: list[Finding]) -> tuple[YamlDocument, ...] | None:
    """The rule sets whose blocks a rule set shares, each after those that it shares itself; None if one cannot be read."""
    lent: dict[str, YamlDocument] = {}
    problems = len(findings)
    _collect_lent(document, (document,), lent, findings)
    return tuple(lent.values()) if len(findings) == problems else None


def _collect_lent(
    document: YamlDocument, path: tuple[YamlDocument, ...], lent: dict[str, YamlDocument], findings: list[Finding]
) -> None:
    shares = document.root.get("shares")
    for entry in shares.items_list() if shares is not None else ():
        folder = Path(document.file).parent / entry.value
        source = folder if path_type(folder) == "folder" else resolve(entry.value)
        if path_type(source / RULESET_FILE) != "file":
            message, hint = (
                "no rule set {ruleset:quoted} to share",
                "write its name, or its folder relative to this file",
            )
            findings.append(entry.finding(NO_RULESET, message, hint, ruleset=entry.value))
            continue
        if any(Path(other.file).resolve() == (source / RULESET_FILE).resolve() for other in path):
            names = [other.value["ruleset"] for other in path]
            cycle = " -> ".join((*names, entry.value))
            message = "circular definition of rule set {ruleset:quoted}: {cycle}"
            findings.append(entry.finding(CIRCULAR, message, ruleset=names[0], cycle=cycle))
            continue
        for lender in _checked([source / RULESET_FILE], "ruleset", findings):
            _collect_lent(lender, (*path, lender), lent, findings)
            lent.setdefault(lender.file, lender)


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


def read_own_rules(name: str | Path | None) -> Ruleset:
    """The rules of one path only, with the blocks that they share.

    Parameters
    ----------
    name : str or Path or None
        A folder, a rule file, or the name of a shipped rule set; None: the default rule set.

    Raises
    ------
    InputError
        With all problems, each with file, line and column.
    """
    path = default_ruleset() if name is None else resolve(name)
    paths = with_shared_blocks(path)
    ruleset = read_ruleset(*paths)
    if paths == (path,):
        return ruleset
    own = tuple(rule for rule in ruleset.rules if path in (Path(rule.location.file), Path(rule.location.file).parent))
    return replace(ruleset, rules=own)


def with_shared_blocks(path: Path) -> tuple[Path, ...]:
    """The paths to read so that the rules of one path have the blocks that they share.

    A folder with a ``ruleset.yaml`` is complete. A file in such a folder is read with the whole folder, and rules without a
    ``ruleset.yaml`` are read with the default rule set.
    """
    if path_type(path.parent / RULESET_FILE) and path in (path.parent / RULESET_FILE, *rule_files(path.parent)):
        return (path.parent,)
    if path_type(path) == "file" or (path_type(path) == "folder" and not path_type(path / RULESET_FILE)):
        return default_ruleset(), path
    return (path,)
